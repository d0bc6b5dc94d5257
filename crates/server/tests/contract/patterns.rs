//! The regular expressions of every model's inputs, whether their operation is answered or not.

use std::collections::BTreeSet;

use balefire_api::pattern::Pattern;
use balefire_api::shape::{Shape, Text};

use crate::modelled;
use crate::samples;

/// Every text shape with a pattern, once.
fn patterns() -> Vec<(&'static Text, &'static Pattern)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<&'static Shape> = Vec::new();
    let specs = modelled::all()
        .into_iter()
        .filter_map(|operation| operation.spec);
    let structures = specs.filter_map(|spec| spec.input);
    open.extend(structures.flat_map(|structure| structure.members.iter().map(|m| m.shape)));
    while let Some(shape) = open.pop() {
        if !seen.insert(std::ptr::from_ref(shape).addr()) {
            continue;
        }
        match shape {
            Shape::Text(text) => found.extend(text.pattern.map(|pattern| (text, pattern))),
            Shape::List(list) => open.push(list.item),
            Shape::Map(map) => open.extend([map.key, map.value]),
            Shape::Structure(structure) => open.extend(structure.members.iter().map(|m| m.shape)),
            _ => {}
        }
    }
    found
}

#[test]
fn every_pattern_of_an_input_compiles_and_has_a_sample() {
    let patterns = patterns();
    assert!(patterns.len() > 50);
    for (text, pattern) in patterns {
        assert!(pattern.compile().is_some(), "{}", pattern.shown);
        assert!(
            samples::fitting(text).is_some(),
            "no sample: {}",
            pattern.shown
        );
    }
}

/// Patterns that say themselves that white space may stand at the end, or leave the end open.
const OPEN_ENDED: &[&str] = &[
    r".*[0-9]{12}.*",
    r".*\S.*",
    r".*\b[a-f0-9]{8}\b-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-\b[a-f0-9]{12}\b.*",
    r"^[.\s\S]*$",
    r"^[:a-zA-Z0-9_\-\s\.\\/]*$",
    r"^[\\a-zA-Z0-9_@#%*+=:?.\/!\s-]*$",
    r"^[a-zA-Z0-9_\-\s\.]*$",
    r"^arn:aws:securityhub:.*",
    r"[^\x00-\x09\x0B\x0C\x0E-\x1F\x7F]+",
    r"^(?!\s*$).+",
    r"(^arn:aws([a-z]|\-)*:secretsmanager:[a-z0-9-.]+:.*)|(\$(\.[\w_-]+(\[(\d+|\*)\])*)*)",
];

#[test]
fn no_pattern_lets_a_line_break_follow() {
    let mut open = BTreeSet::new();
    for (text, pattern) in patterns() {
        let sample = samples::fitting(text).expect("a sample");
        if pattern.matches(&format!("{sample}\n")) {
            open.insert(pattern.shown);
        }
    }
    let allowed: BTreeSet<&str> = OPEN_ENDED.iter().copied().collect();
    assert_eq!(open, allowed);
}
