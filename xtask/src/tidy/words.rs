//! Words that name nothing, and places that only one machine has.

use super::Fault;
use super::exceptions;
use super::rust;
use super::sources::{Source, Tree};

/// Names that say nothing of what a thing is.
const EMPTY: &[&str] = &["manager", "helper", "helpers", "util", "utils", "common"];

/// Names that others gave.
const DEPENDENCIES: &[&str] = &["http_body_util", "hyper_util"];

/// Folders of machines. In pieces, since this file is read too.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/tm", "p/"),
    concat!("/ho", "me/"),
];

/// Hosts and mirrors of package registries: which one is used is each machine's own matter.
const REGISTRIES: &[&str] = &[
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("crates.io", "-index"),
    concat!("pypi.org", "/simple"),
    concat!("files.", "pythonhosted.org"),
    concat!("registry.", "npmjs.org"),
    concat!("proxy.", "golang.org"),
];

const CRATES_IO: &str = concat!("registry+https://github.com/rust-lang/crates.io", "-index");

pub fn faults(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut used = Vec::new();
    for file in tree.written() {
        empty_names(file, &mut used, &mut faults);
    }
    for file in &tree.files {
        match file.path.as_str() {
            "Cargo.lock" => lock_sources(file, &mut faults),
            _ => machine_words(file, &mut faults),
        }
    }
    faults.extend(exceptions::unused(exceptions::WORDS, &used, tree));
    faults
}

fn empty_names(file: &Source, used: &mut Vec<(String, String)>, faults: &mut Vec<Fault>) {
    let in_path = file.path.split(['/', '.']).map(|part| (0, part));
    for (line, word) in in_path.chain(rust::words(&file.code)) {
        let parts = segments(word);
        let Some(empty) = EMPTY.iter().find(|empty| parts.iter().any(|p| p == *empty)) else {
            continue;
        };
        if DEPENDENCIES.contains(&word) {
            continue;
        }
        if exceptions::allows(exceptions::WORDS, &file.path, empty) {
            used.push((file.path.clone(), (*empty).into()));
            continue;
        }
        faults.push(Fault {
            place: file.at(line),
            rule: format!("`{word}`: a name with `{empty}` does not say what the thing is"),
        });
    }
}

/// The lower-case parts of a snake-case or camel-case name.
fn segments(word: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut before = '_';
    for c in word.chars() {
        let begins = c == '_' || (c.is_uppercase() && !before.is_uppercase());
        if begins {
            parts.push(String::new());
        }
        if c != '_' {
            let last = parts.last_mut();
            last.into_iter()
                .for_each(|part| part.extend(c.to_lowercase()));
        }
        before = c;
    }
    parts
}

fn machine_words(file: &Source, faults: &mut Vec<Fault>) {
    for (at, line) in file.text.lines().enumerate() {
        if file.tests.get(at).copied().unwrap_or(false) {
            continue;
        }
        let found = MACHINE_PATHS.iter().find(|path| names_folder(line, path));
        let registry = REGISTRIES.iter().find(|host| line.contains(**host));
        if let Some(word) = found.or(registry) {
            faults.push(Fault {
                place: file.at(at + 1),
                rule: format!("`{word}` is of one machine and has no place here"),
            });
        }
    }
}

/// Whether a line has an absolute path; `crates/work/` is none.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| rust::is_word(c) || matches!(c, '.' | '-' | '}' | '~'))
    })
}

fn lock_sources(file: &Source, faults: &mut Vec<Fault>) {
    for (at, line) in file.text.lines().enumerate() {
        if line.starts_with("source = ") && !line.contains(CRATES_IO) {
            faults.push(Fault {
                place: file.at(at + 1),
                rule: "a package must come from crates.io".into(),
            });
        }
    }
}
