//! The workspace's own tasks: code generation, conformance, coverage, tidiness, and all of them as CI.

mod ci;
mod client_tools;
mod codegen;
mod conformance;
mod coverage;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "usage: cargo xtask <task>

  codegen              writes crates/api/src/generated from the pinned models
  codegen --check      compares instead, and fails where the files differ
  codegen --model FILE --out DIR
                       writes the module of one model elsewhere
  conformance DIR      runs the restJson1 server suite in DIR
  coverage             writes the coverage table of ARCHITECTURE.md
  coverage --check     compares instead, and fails where the table is stale
  tools                runs other people's tools against the server; installs those that are missing
  tidy                 checks arrows, sizes, words and documents
  ci                   everything, in order; installs what is missing";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["codegen"] => codegen::write_all(&root()),
        ["codegen", "--check"] => codegen::check_all(&root()),
        ["codegen", "--model", model, "--out", out] => {
            codegen::write_one(Path::new(model), Path::new(out))
        }
        ["conformance", suite] => conformance::run(&root(), Path::new(suite)),
        ["coverage"] => coverage::run(&root(), false),
        ["coverage", "--check"] => coverage::run(&root(), true),
        ["tidy"] => tidy::check(&root()),
        ["tools"] => client_tools::run(&root()),
        ["ci"] => ci::run(&root()),
        _ => bail!("{USAGE}"),
    }
}

/// The workspace's root, as cargo says when it runs this: clones that share a target folder share what was
/// compiled in one of them.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR");
    let package = package.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&package)
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// Where everything that is made is kept: cargo's target folder.
fn target(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => std::path::absolute(&folder).unwrap_or_else(|_| folder.into()),
        None => root.join("target"),
    }
}
