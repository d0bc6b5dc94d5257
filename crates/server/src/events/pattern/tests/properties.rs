//! What holds of every pattern and every event.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Pattern, matches};

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3..3_i64).prop_map(Value::from),
        (-3.0..3.0_f64).prop_map(Value::from),
        "[ab*\\\\.é]{0,4}".prop_map(Value::from),
    ]
}

/// Objects, arrays and scalars in each other, with few names so that they meet.
fn event() -> impl Strategy<Value = Value> {
    let value = scalar().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-c]", inner, 0..4).prop_map(object),
        ]
    });
    prop::collection::btree_map("[a-c]", value, 1..4).prop_map(object)
}

fn object(entries: std::collections::BTreeMap<String, Value>) -> Value {
    Value::Object(entries.into_iter().collect())
}

/// The pattern that asks for each leaf of an event as it stands; `None` where there is no leaf.
fn itself(event: &Value) -> Option<Value> {
    let object = event.as_object()?;
    let fields = object.iter().filter_map(|(name, value)| {
        let pattern = match value {
            Value::Object(_) => itself(value)?,
            Value::Array(_) => return None,
            scalar => json!([scalar]),
        };
        Some((name.clone(), pattern))
    });
    let fields: Map<String, Value> = fields.collect();
    (!fields.is_empty()).then_some(Value::Object(fields))
}

/// A wildcard the slow and certain way.
fn like(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', rest @ ..] => (0..=text.len()).any(|at| like(rest, &text[at..])),
        [first, rest @ ..] => text.first() == Some(first) && like(rest, &text[1..]),
    }
}

proptest! {
    #[test]
    fn an_event_matches_what_it_is(event in event()) {
        if let Some(pattern) = itself(&event) {
            prop_assert!(matches(&pattern, &event), "{pattern} on {event}");
        }
    }

    #[test]
    fn presence_and_absence_are_opposites(event in event(), path in "[a-c](/[a-c]){0,2}") {
        let asking = |exists: bool| {
            let leaf = json!([{"exists": exists}]);
            path.rsplit('/').fold(leaf, |inner, name| json!({name: inner}))
        };
        prop_assert_ne!(matches(&asking(true), &event), matches(&asking(false), &event));
    }

    #[test]
    fn of_one_value_anything_but_is_the_opposite(value in scalar(), other in "[ab]{0,2}") {
        let event = json!({"a": value});
        let (is, is_not) = (json!({"a": [other]}), json!({"a": [{"anything-but": other}]}));
        prop_assert_ne!(matches(&is, &event), matches(&is_not, &event));
    }

    #[test]
    fn alternatives_are_a_union(event in event(), first in event(), second in event()) {
        if let (Some(first), Some(second)) = (itself(&first), itself(&second)) {
            let either = matches(&json!({"$or": [first, second]}), &event);
            prop_assert_eq!(either, matches(&first, &event) || matches(&second, &event));
        }
    }

    #[test]
    fn wildcards_agree_with_trying_every_place(
        pattern in "\\*?([ab]{1,2}\\*){0,3}[ab]{0,2}", text in "[ab]{0,8}"
    ) {
        let characters = |text: &str| text.chars().collect::<Vec<char>>();
        let expected = like(&characters(&pattern), &characters(&text));
        let pattern = json!({"a": [{"wildcard": pattern}]});
        prop_assert_eq!(matches(&pattern, &json!({"a": text})), expected);
    }

    #[test]
    fn any_text_is_compiled_or_refused(text in "[\\[\\]{}:,\"$a-z0-9 -]{0,60}") {
        let _ = Pattern::compile(&text);
    }

    #[test]
    fn any_json_is_compiled_or_refused(value in event()) {
        if let Ok(pattern) = Pattern::compile(&value.to_string()) {
            pattern.matches(&value);
        }
    }
}
