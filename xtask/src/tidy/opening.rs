//! Each Rust file says in one sentence what it is.

use super::Fault;
use super::exceptions::{Allowed, OPENINGS};
use super::sources::Tree;

pub fn faults(tree: &Tree) -> Vec<Fault> {
    let rust = tree.files.iter().filter(|file| file.path.ends_with(".rs"));
    let faults = rust.filter_map(|file| {
        let excepted = OPENINGS.contains(&file.path.as_str());
        let rule = match (wrong(&file.text), excepted) {
            (Some(rule), false) => rule.to_owned(),
            (None, true) if tree.is_ours() => {
                format!("opens well now: take it out of {}", Allowed::PLACE)
            }
            _ => return None,
        };
        Some(Fault {
            place: file.path.clone(),
            rule,
        })
    });
    faults.collect()
}

fn wrong(text: &str) -> Option<&'static str> {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    let paragraph: Vec<&str> = lines.take_while(|line| !line.trim().is_empty()).collect();
    let paragraph = paragraph.join("");
    let sentence = paragraph.trim();
    match sentence {
        "" => Some("the file must begin with one `//!` sentence that says what it is"),
        _ if !sentence.ends_with('.') => Some("the opening sentence must end with a full stop"),
        _ if sentence.contains(". ") => Some("the opening must be one sentence"),
        _ => None,
    }
}
