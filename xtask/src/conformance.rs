//! Runs the official restJson1 server suite against the contract crate's engine and generator.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::codegen;

const MANIFEST: &str = r#"[package]
name = "protocol-harness"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
balefire-api = { path = "API" }
base64 = "0.22"
http = "1"
serde_json = "1"

[workspace]
"#;

/// `suite` is the folder with the two test models, the cases and `runner.py`.
pub fn run(root: &Path, suite: &Path) -> Result<()> {
    let suite = suite
        .canonicalize()
        .with_context(|| format!("no suite at {}", suite.display()))?;
    let package = crate::target(root).join("protocol-harness");
    let source = package.join("src");
    fs::create_dir_all(&source)?;
    let api = root.join("crates/api");
    fs::write(
        package.join("Cargo.toml"),
        MANIFEST.replace("API", &api.display().to_string()),
    )?;
    // The workspace's lock file keeps the dependencies the same.
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock"))?;
    fs::write(
        source.join("main.rs"),
        include_str!("conformance/harness.rs"),
    )?;
    for (model, module) in [
        ("restjson1", "plain"),
        ("restjson1-validation", "validation"),
    ] {
        let model = suite.join(format!("{model}.service-2.json"));
        codegen::write_one(&model, &source.join(module))?;
    }
    let target = crate::target(root).join("protocol-harness-build");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--manifest-path"])
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .status()?;
    if !status.success() {
        bail!("the harness does not compile");
    }
    let status = Command::new("python3")
        .arg(suite.join("runner.py"))
        .env("PROTO_CMD", target.join("debug/protocol-harness"))
        .status()?;
    if !status.success() {
        bail!("not every case passes");
    }
    Ok(())
}
