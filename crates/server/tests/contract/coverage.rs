//! The list of operations that are not answered yet says the truth.

use std::collections::BTreeSet;

use crate::modelled;

const NOT_YET: &str = include_str!("../../not_yet.txt");

fn listed() -> Vec<&'static str> {
    let lines = NOT_YET.lines();
    lines
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .collect()
}

#[test]
fn an_operation_is_answered_or_listed_and_never_both() {
    let listed: BTreeSet<String> = listed().into_iter().map(str::to_owned).collect();
    let missing: BTreeSet<String> = modelled::all()
        .iter()
        .filter(|operation| operation.is_planned())
        .filter(|operation| !modelled::is_answered(operation.service.name, operation.name))
        .map(modelled::Modelled::id)
        .collect();
    let answered: Vec<&String> = listed.difference(&missing).collect();
    let unlisted: Vec<&String> = missing.difference(&listed).collect();
    assert!(
        answered.is_empty(),
        "answered or unknown: take these lines out of crates/server/not_yet.txt: {answered:#?}"
    );
    assert!(
        unlisted.is_empty(),
        "neither answered nor in crates/server/not_yet.txt: {unlisted:#?}"
    );
}

#[test]
fn the_list_is_sorted_and_has_each_line_once() {
    let listed = listed();
    assert!(
        listed.is_sorted_by(|a, b| a < b),
        "sort crates/server/not_yet.txt bytewise, each operation once"
    );
}

#[test]
fn every_handler_is_of_a_model_and_stands_in_one_table_only() {
    let known: BTreeSet<String> = modelled::answered()
        .iter()
        .map(modelled::Modelled::id)
        .collect();
    let mut seen = BTreeSet::new();
    for handler in balefire::operations(&std::sync::Arc::default()) {
        let id = format!("{}:{}", handler.spec.service, handler.spec.name);
        assert!(known.contains(&id), "{id} is in no model");
        assert!(seen.insert(id.clone()), "{id} has two handlers");
    }
    assert!(!seen.is_empty());
}
