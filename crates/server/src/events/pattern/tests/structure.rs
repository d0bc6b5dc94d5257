//! Presence, alternatives, and fields within fields.

use serde_json::json;

use super::matches;

#[test]
fn presence_and_absence() {
    let there = json!({"d": {"a": [{"exists": true}]}});
    let absent = json!({"d": {"a": [{"exists": false}]}});
    for (event, expected) in [
        (json!({"d": {"a": 1}}), true),
        (json!({"d": {"a": null}}), true),
        (json!({"d": {"a": ""}}), true),
        (json!({"d": {"a": [1]}}), true),
        (json!({"d": [{"b": 1}, {"a": 1}]}), true),
        (json!({"d": {"b": 1}}), false),
        (json!({"d": {}}), false),
        (json!({"d": 1}), false),
        (json!({}), false),
        // Only leaves count.
        (json!({"d": {"a": {"x": 1}}}), false),
        (json!({"d": {"a": []}}), false),
        (json!({"d": {"a": [[], [{}]]}}), false),
    ] {
        assert_eq!(matches(&there, &event), expected, "{event}");
        assert_eq!(matches(&absent, &event), !expected, "{event}");
    }
    let either = json!({"a": [{"exists": false}, "x"]});
    for (event, expected) in [
        (json!({}), true),
        (json!({"a": "x"}), true),
        (json!({"a": "y"}), false),
    ] {
        assert_eq!(matches(&either, &event), expected, "{event}");
    }
    let with_more = json!({"d": {"a": [{"exists": false}], "b": [1]}});
    assert!(matches(&with_more, &json!({"d": {"b": 1}})));
    assert!(
        !matches(&with_more, &json!({"d": {}})),
        "the other field must hold"
    );
}

#[test]
fn fields_are_joined_and_alternatives_are_not() {
    let pattern = json!({"source": ["s"], "$or": [{"c": [1]}, {"d": {"e": [2]}}]});
    for (event, expected) in [
        (json!({"source": "s", "c": 1}), true),
        (json!({"source": "s", "d": {"e": 2}}), true),
        (json!({"source": "s", "c": 2, "d": {"e": 2}}), true),
        (json!({"source": "s", "c": 2, "d": {"e": 1}}), false),
        (json!({"source": "t", "c": 1}), false),
        (json!({"source": "s"}), false),
    ] {
        assert_eq!(matches(&pattern, &event), expected, "{event}");
    }
    let inner = json!([{"x": [1]}, {"y": [1]}]);
    let outer = json!([{"a": [1], "$or": inner}, {"b": [{"exists": false}]}]);
    let nested = json!({"d": {"$or": outer}});
    assert!(matches(&nested, &json!({"d": {"a": 1, "b": 0, "y": 1}})));
    assert!(!matches(&nested, &json!({"d": {"a": 1, "b": 0}})));
    assert!(matches(&nested, &json!({"d": {"z": 0}})));
    // A field may be called so.
    let field = json!({"$or": [{"prefix": "a"}, "b"]});
    assert!(matches(&field, &json!({"$or": "ab"})) && !matches(&field, &json!({"a": 1})));
}

#[test]
fn fields_of_an_array_hold_in_one_element() {
    let pattern = json!({"people": {"first": ["Anna"], "last": ["Jones"]}});
    for (event, expected) in [
        (
            json!({"people": [{"first": "Anna", "last": "Smith"}, {"first": "Jo", "last": "Jones"}]}),
            false,
        ),
        (
            json!({"people": [{"first": "Jo", "last": "Smith"}, {"first": "Anna", "last": "Jones"}]}),
            true,
        ),
        (
            json!({"people": [[{"first": ["Jo", "Anna"], "last": "Jones"}]]}),
            true,
        ),
        (json!({"people": "Anna"}), false),
    ] {
        assert_eq!(matches(&pattern, &event), expected, "{event}");
    }
    let absent = json!({"people": {"first": [{"exists": false}]}});
    let some_have = json!({"people": [{"last": "Jones"}, {"first": "Anna"}]});
    assert!(!matches(&absent, &some_have), "it is there in the event");
    assert!(matches(&absent, &json!({"people": [{"last": "Jones"}]})));
}
