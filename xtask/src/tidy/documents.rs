//! What the documents point at is there.

use super::Fault;
use super::sources::{Source, Tree};

/// First parts of paths that belong to the tree.
const TOP: &[&str] = &[
    "benches/", "crates/", "docs/", "tests/", "xtask/", ".ci/", ".cargo/",
];

pub fn faults(tree: &Tree) -> Vec<Fault> {
    let documents = tree.files.iter().filter(|file| file.path.ends_with(".md"));
    documents.flat_map(|file| dead_paths(file, tree)).collect()
}

fn dead_paths(file: &Source, tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fenced = false;
    for (at, line) in file.text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let named: Vec<&str> = if fenced {
            arguments(line).collect()
        } else {
            let quoted = line.split('`').skip(1).step_by(2);
            quoted.filter(|t| is_path(t)).chain(links(line)).collect()
        };
        for path in named {
            if !leads_somewhere(path, file, tree) {
                faults.push(Fault {
                    place: file.at(at + 1),
                    rule: format!("`{path}` is not there"),
                });
            }
        }
    }
    faults
}

/// Whether a text in back-ticks means one file or folder of the tree.
fn is_path(text: &str) -> bool {
    let plain = !text.contains([' ', '<', '{', '*', '…', '$', '(']);
    let ends_as_file = [".md", ".toml", ".json", ".txt"];
    let at_root = !text.contains('/') && ends_as_file.iter().any(|end| text.ends_with(end));
    plain && (at_root || TOP.iter().any(|top| text.starts_with(top)))
}

/// The words of a command that mean a file or folder of the tree. Other names may be of the reader's files.
fn arguments(line: &str) -> impl Iterator<Item = &str> {
    let words = line.split_whitespace();
    words.filter(|word| is_path(word) && TOP.iter().any(|top| word.starts_with(top)))
}

/// The targets of links that stay in the tree.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1);
    targets
        .filter_map(|rest| rest.split([')', '#']).next())
        .filter(|target| !target.is_empty() && !target.contains(':'))
}

/// From the root or from the document's folder. A `path:line` means the path.
fn leads_somewhere(path: &str, file: &Source, tree: &Tree) -> bool {
    let path = path.split(':').next().unwrap_or_default();
    let path = path.trim_end_matches('/');
    let mut folder: Vec<&str> = file.path.split('/').collect();
    folder.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => _ = folder.pop(),
            part => folder.push(part),
        }
    }
    tree.paths.contains(path) || tree.paths.contains(&folder.join("/"))
}
