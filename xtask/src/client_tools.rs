//! Other people's tools, each in a Python environment of its own, run against the server.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::ci::{must, pytest, tools};

/// A tool, by the name of its file of requirements.
struct Tool {
    name: &'static str,
    /// The least Python that it runs on.
    python: (u32, u32),
    /// It takes minutes to install and to run, so CI leaves it out.
    is_slow: bool,
}

const TOOLS: [Tool; 4] = [
    Tool {
        name: "awsfindingsmanagerlib-1",
        python: (3, 10),
        is_slow: false,
    },
    Tool {
        name: "awsfindingsmanagerlib-2",
        python: (3, 12),
        is_slow: false,
    },
    Tool {
        name: "c7n",
        python: (3, 10),
        is_slow: false,
    },
    Tool {
        name: "prowler",
        python: (3, 10),
        is_slow: true,
    },
];
/// Names a Python that the tools may have besides those on the path.
const PYTHON: &str = "BALEFIRE_TOOLS_PYTHON";
const PYTHONS: [&str; 3] = ["python3", "python3.13", "python3.12"];
/// What was installed, once it all was.
const INSTALLED: &str = "installed.txt";

/// Runs all of them.
pub fn run(root: &Path) -> Result<()> {
    run_some(root, true)
}

/// Runs those that CI has the time for.
pub fn run_quick(root: &Path) -> Result<()> {
    run_some(root, false)
}

/// Tools that are left out or cannot be installed here are named, and their tests skipped.
fn run_some(root: &Path, slow_too: bool) -> Result<()> {
    tools::python_environment(root)?;
    let place = crate::target(root).join("client-tools");
    let python = crate::target(root).join("venv/bin/python");
    let mut tests = pytest(root, &python)?;
    tests
        .args(["-c", "tests/tools/pytest.ini", "tests/tools"])
        .env("BALEFIRE_TOOLS", &place);
    for tool in &TOOLS {
        let name = tool.name;
        if tool.is_slow && !slow_too {
            println!("skipped: {name}, which takes minutes; cargo xtask tools runs it");
            tests.arg(format!("--ignore=tests/tools/test_{name}.py"));
        } else if let Err(reason) = install(root, &place.join(name), tool) {
            println!("skipped: {name}, since it cannot be installed here: {reason:#}");
        }
    }
    must(&mut tests)
}

fn install(root: &Path, folder: &Path, tool: &Tool) -> Result<()> {
    let name = tool.name;
    let requirements = root.join(format!("tests/tools/requirements/{name}.txt"));
    let wanted = fs::read_to_string(&requirements)
        .with_context(|| format!("reading {}", requirements.display()))?;
    if fs::read_to_string(folder.join(INSTALLED)).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    let (major, minor) = tool.python;
    let named = std::env::var(PYTHON).ok();
    let python = named
        .iter()
        .map(String::as_str)
        .chain(PYTHONS)
        .find(|python| version(python) >= Some(tool.python))
        .with_context(|| format!("it needs Python {major}.{minor}; name one by {PYTHON}"))?;
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
