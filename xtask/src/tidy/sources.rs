//! The files of the tree, and which of their lines are tests.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::exceptions::Allowed;
use super::rust;

/// All text files that are, or would be, under version control.
pub struct Tree {
    pub files: Vec<Source>,
    /// Every path of the tree, folders included.
    pub paths: BTreeSet<String>,
}

pub struct Source {
    /// From the root, with `/`.
    pub path: String,
    pub text: String,
    /// Of Rust files: the text with comments and the insides of literals blanked.
    pub code: String,
    /// For each line, whether only tests have it.
    pub tests: Vec<bool>,
}

impl Tree {
    pub fn read(root: &Path) -> Result<Tree> {
        let listed = Command::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(root)
            .output()
            .context("running git, which names the files of the tree")?;
        if !listed.status.success() {
            bail!("git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
        }
        let mut texts = Vec::new();
        for path in String::from_utf8(listed.stdout)?.split('\0') {
            // A file may be gone and still be listed; what is not text has no rules.
            let bytes = std::fs::read(root.join(path)).unwrap_or_default();
            if let Ok(text) = String::from_utf8(bytes)
                && root.join(path).is_file()
            {
                texts.push((path.to_owned(), text));
            }
        }
        Ok(Tree::of(texts))
    }

    /// A tree of paths and texts.
    pub fn of(texts: Vec<(String, String)>) -> Tree {
        let mut files: Vec<Source> = texts
            .into_iter()
            .map(|(path, text)| Source::new(path, text))
            .collect();
        let test_modules: Vec<String> = files.iter().flat_map(Source::test_modules).collect();
        for file in &mut files {
            let stem = file.path.trim_end_matches(".rs");
            let within =
                |module: &String| stem == module || file.path.starts_with(&format!("{module}/"));
            if test_modules.iter().any(within) {
                file.tests.fill(true);
            }
        }
        let mut paths = BTreeSet::new();
        for file in &files {
            let parts = file.path.match_indices('/').map(|(at, _)| &file.path[..at]);
            paths.extend(parts.map(str::to_owned));
            paths.insert(file.path.clone());
        }
        Tree { files, paths }
    }

    /// Whether it is this project's tree, whose exceptions must all be needed, and not one of a test.
    pub fn is_ours(&self) -> bool {
        self.paths.contains(Allowed::PLACE)
    }

    /// The Rust files that people write.
    pub fn written(&self) -> impl Iterator<Item = &Source> {
        let generated = |file: &&Source| !file.path.contains("/generated/");
        self.files
            .iter()
            .filter(|file| file.path.ends_with(".rs"))
            .filter(generated)
    }
}

impl Source {
    fn new(path: String, text: String) -> Source {
        let is_rust = path.ends_with(".rs");
        let code = if is_rust {
            rust::blanked(&text)
        } else {
            text.clone()
        };
        let mut tests = vec![is_test_path(&path); text.lines().count()];
        if is_rust {
            for range in rust::test_blocks(&code) {
                tests[range].fill(true);
            }
        }
        Source {
            path,
            text,
            code,
            tests,
        }
    }

    /// The code's lines that are not tests, counted from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.code.lines().zip(&self.tests).enumerate();
        lines
            .filter(|(_, (_, test))| !**test)
            .map(|(at, (line, _))| (at + 1, line))
    }

    /// Paths, without ending, of the modules in files of their own that only tests have.
    fn test_modules(&self) -> Vec<String> {
        let (folder, name) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        let inside = match name.trim_end_matches(".rs") {
            "mod" | "lib" | "main" => folder.to_owned(),
            stem => format!("{folder}/{stem}"),
        };
        let mut lines = self.code.lines().peekable();
        let mut found = Vec::new();
        while let Some(line) = lines.next() {
            let next = lines.peek().map_or("", |next| next.trim());
            let declared = next
                .strip_suffix(';')
                .and_then(|next| next.split("mod ").nth(1));
            if let (true, Some(module)) = (line.trim() == "#[cfg(test)]", declared) {
                found.push(format!("{inside}/{module}"));
            }
        }
        found
    }

    /// A line of this file.
    pub fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.path)
    }
}

/// Folders whose files are tests or measure, as cargo and pytest know them.
fn is_test_path(path: &str) -> bool {
    let mut parts = path.split('/');
    parts.any(|part| matches!(part, "tests" | "benches" | "examples" | "tests.rs"))
}
