//! The workspace's own tasks: `cargo xtask codegen`, `cargo xtask conformance`, `cargo xtask tidy`.

mod codegen;
mod conformance;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

const USAGE: &str = "usage: cargo xtask <task>

  codegen              writes crates/api/src/generated from the pinned models
  codegen --check      compares instead, and fails where the files differ
  codegen --model FILE --out DIR
                       writes the module of one model elsewhere
  conformance DIR      runs the restJson1 server suite in DIR";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["codegen"] => codegen::write_all(&root()),
        ["codegen", "--check"] => codegen::check_all(&root()),
        ["codegen", "--model", model, "--out", out] => {
            codegen::write_one(Path::new(model), Path::new(out))
        }
        ["conformance", suite] => conformance::run(&root(), Path::new(suite)),
        _ => bail!("{USAGE}"),
    }
}

/// The workspace's root, from where this crate was compiled.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}
