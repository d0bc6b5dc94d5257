//! Other people's tools, each in a Python environment of its own, run against the server.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::ci::{must, pytest, tools};

/// A tool, which is the name of its file of requirements, and the least Python that it runs on.
const TOOLS: [(&str, (u32, u32)); 4] = [
    ("awsfindingsmanagerlib-1", (3, 10)),
    ("awsfindingsmanagerlib-2", (3, 12)),
    ("c7n", (3, 10)),
    ("prowler", (3, 10)),
];
const PYTHONS: [&str; 3] = ["python3", "python3.13", "python3.12"];
/// What was installed, once it all was.
const INSTALLED: &str = "installed.txt";

/// Tools that cannot be installed here are named, and their tests skipped.
pub fn run(root: &Path) -> Result<()> {
    tools::python_environment(root)?;
    let place = crate::target(root).join("client-tools");
    for (name, least) in TOOLS {
        if let Err(reason) = install(root, &place.join(name), name, least) {
            println!("skipped: {name}, since it cannot be installed here: {reason:#}");
        }
    }
    let python = crate::target(root).join("venv/bin/python");
    let mut tests = pytest(root, &python)?;
    tests
        .args(["-c", "tests/tools/pytest.ini", "tests/tools"])
        .env("BALEFIRE_TOOLS", &place);
    must(&mut tests)
}

fn install(root: &Path, folder: &Path, name: &str, least: (u32, u32)) -> Result<()> {
    let requirements = root.join(format!("tests/tools/requirements/{name}.txt"));
    let wanted = fs::read_to_string(&requirements)
        .with_context(|| format!("reading {}", requirements.display()))?;
    if fs::read_to_string(folder.join(INSTALLED)).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    let (major, minor) = least;
    let python = PYTHONS
        .into_iter()
        .find(|python| version(python) >= Some(least))
        .with_context(|| format!("it needs Python {major}.{minor}"))?;
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    println!("installing {name}");
    must(Command::new(python).args(["-m", "venv"]).arg(folder))?;
    // The file names everything, so nothing is left to be resolved.
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
    ];
    let mut install = Command::new(folder.join("bin/python"));
    must(install.args(pip).arg("--requirement").arg(&requirements))?;
    fs::write(folder.join(INSTALLED), wanted).context("noting what was installed")
}

/// The version of a Python, if there is one by this name.
fn version(python: &str) -> Option<(u32, u32)> {
    let asked = ["-c", "import sys, venv; print(*sys.version_info[:2])"];
    let output = Command::new(python).args(asked).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = text.trim().split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
