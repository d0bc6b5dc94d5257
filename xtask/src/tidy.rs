//! Holds the tree against the house's rules: arrows between parts, sizes, words, documents.

mod documents;
mod exceptions;
mod layers;
mod opening;
mod rust;
mod sizes;
mod sources;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;
use std::path::Path;

use anyhow::{Result, bail};

use sources::Tree;

/// A rule that a place does not keep.
#[derive(Debug, PartialEq)]
pub struct Fault {
    /// Path from the root, with the line where there is one.
    pub place: String,
    pub rule: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.rule)
    }
}

/// Fails with all faults of the tree at `root`.
pub fn check(root: &Path) -> Result<()> {
    let tree = Tree::read(root)?;
    let faults = faults(&tree);
    if faults.is_empty() {
        println!("tidy: {} files", tree.files.len());
        return Ok(());
    }
    let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
    bail!("the tree is not tidy:\n{}", lines.join("\n"))
}

fn faults(tree: &Tree) -> Vec<Fault> {
    let rules = [
        opening::faults,
        layers::faults,
        sizes::faults,
        words::faults,
        documents::faults,
    ];
    rules.iter().flat_map(|rule| rule(tree)).collect()
}
