//! Installs what the steps need and the machine does not have.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use super::{cargo, must, postgres};

/// The version that the steps were written for.
const CARGO_DENY: &str = "0.20.2";

pub fn install(root: &Path) -> Result<()> {
    rust_components()?;
    let mut packages = Vec::new();
    if !works("cc", &["--version"]) {
        packages.push("build-essential");
    }
    // Debian's Python comes without the part that makes environments with pip.
    if !works("python3", &["-c", "import ensurepip, venv"]) {
        packages.push("python3-venv");
    }
    // The models come by pip.
    if !works("python3", &["-m", "pip", "--version"]) {
        packages.push("python3-pip");
    }
    if postgres::programs().is_none() {
        packages.push("postgresql");
    }
    system_packages(&packages)?;
    python_environment(root)?;
    install_cargo_deny(root)
}

fn rust_components() -> Result<()> {
    for (component, command) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if !works(env!("CARGO"), &[command, "--version"]) {
            must(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

fn system_packages(packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let wanted = packages.join(" ");
    if !is_root() || !works("apt-get", &["--version"]) {
        bail!("missing: {wanted}. As root on Debian: apt-get install {wanted}");
    }
    println!("installing {wanted}");
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    must(apt().args(["update", "--quiet"]))?;
    must(
        apt()
            .args(["install", "--quiet", "--yes", "--no-install-recommends"])
            .args(packages),
    )
}

/// The Python of the black-box tests, with exactly the packages they name.
pub fn python_environment(root: &Path) -> Result<()> {
    let folder = crate::target(root).join("venv");
    let python = folder.join("bin/python");
    if !python.exists() {
        must(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    let requirements = root.join("tests/black_box/requirements.txt");
    let mut pip = Command::new(python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
    ]);
    must(pip.arg(requirements))
}

/// Where cargo-deny is: the machine's own, or ours in the target folder.
pub fn cargo_deny(root: &Path) -> PathBuf {
    if works("cargo-deny", &["--version"]) {
        return "cargo-deny".into();
    }
    crate::target(root).join("tools/bin/cargo-deny")
}

fn install_cargo_deny(root: &Path) -> Result<()> {
    let program = cargo_deny(root);
    if works(&program.to_string_lossy(), &["--version"]) {
        return Ok(());
    }
    // Not optimised: it runs for seconds, and building it is the longer part.
    let mut install = cargo(root);
    install.args([
        "install",
        "cargo-deny",
        "--locked",
        "--debug",
        "--version",
        CARGO_DENY,
        "--root",
    ]);
    must(install.arg(crate::target(root).join("tools")))
}

/// Whether a program is there and can do this.
fn works(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    let quiet = command
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Whether this process may install packages, and must give its rights away to run PostgreSQL.
pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout == b"0\n")
}
