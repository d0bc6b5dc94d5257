//! Facts that hold for every generated table.

use std::collections::HashSet;

use balefire_api::generated::SERVICES;
use balefire_api::shape::{Shape, Structure, Text};

/// Calls `each` on every shape that the services reach.
fn every_shape(mut each: impl FnMut(&'static Shape)) {
    let mut seen = HashSet::new();
    let mut open: Vec<&'static Shape> = Vec::new();
    let members =
        |structure: &'static Structure| structure.members.iter().map(|member| member.shape);
    for spec in SERVICES.iter().flat_map(|service| service.operations) {
        let errors = spec.errors.iter().map(|error| error.structure);
        for structure in spec.input.into_iter().chain(spec.output).chain(errors) {
            open.extend(members(structure));
        }
    }
    while let Some(shape) = open.pop() {
        if !seen.insert(std::ptr::from_ref(shape)) {
            continue;
        }
        each(shape);
        match shape {
            Shape::List(list) => open.push(list.item),
            Shape::Map(map) => open.extend([map.key, map.value]),
            Shape::Structure(structure) => open.extend(members(structure)),
            _ => {}
        }
    }
}

#[test]
fn every_pattern_compiles() {
    let mut count = 0;
    every_shape(|shape| {
        if let Shape::Text(Text {
            pattern: Some(pattern),
            ..
        }) = shape
        {
            assert!(
                pattern.compile().is_some(),
                "{} does not compile as {}",
                pattern.shown,
                pattern.expression
            );
            count += 1;
        }
    });
    assert!(count > 80, "only {count} patterns were reached");
}

#[test]
fn the_services_have_the_operations_of_the_plan() {
    let count = |name: &str| {
        let service = SERVICES
            .iter()
            .find(|service| service.name == name)
            .expect("a service");
        (
            service.operations.len(),
            service.operations.len() + service.named_only.len(),
        )
    };
    assert_eq!(count("ssm-incidents"), (31, 31));
    assert_eq!(count("ssm-contacts"), (39, 39));
    assert_eq!(count("securityhub").1, 126);
    assert_eq!(count("inspector2"), (84, 84));
    assert_eq!(count("inspector-scan"), (1, 1));
    assert_eq!(count("events").0, 15);
    assert_eq!(count("sts").0, 1);
}

#[test]
fn awkward_patterns_mean_what_the_model_means() {
    let find = |shown: &str| {
        let mut found = None;
        every_shape(|shape| {
            if let Shape::Text(Text {
                pattern: Some(pattern),
                ..
            }) = shape
                && pattern.shown == shown
            {
                found = Some(*pattern);
            }
        });
        found.unwrap_or_else(|| panic!("no pattern {shown}"))
    };
    let tag_key = find("^(?!aws:)[a-zA-Z+-=._:/]+$");
    // `+-=` is a range, so digits and a comma pass; a trailing line break does not.
    for (text, expected) in [
        ("team", true),
        ("a1,<", true),
        ("aws:x", false),
        ("x\n", false),
        ("x y", false),
    ] {
        assert_eq!(tag_key.matches(text), expected, "{text:?}");
    }
    let account = find(r"\d{12}");
    for (text, expected) in [
        ("123456789012", true),
        ("x123456789012", false),
        ("१२३४५६७८९०१२", false),
    ] {
        assert_eq!(account.matches(text), expected, "{text:?}");
    }
    let not_blank = find(r".*\S.*");
    for (text, expected) in [
        ("a", true),
        ("\n a \n", true),
        (" \t\n", false),
        ("", false),
    ] {
        assert_eq!(not_blank.matches(text), expected, "{text:?}");
    }
}
