//! Patterns that are refused, each with what is wrong and where.

use super::Pattern;

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (pattern, path, reason) in [
        ("", "", "not JSON"),
        ("{", "", "line 1"),
        ("[]", "", "must be a JSON object"),
        ("\"x\"", "", "must be a JSON object"),
        ("{}", "", "empty object"),
        (r#"{"a": {}}"#, "a", "empty object"),
        (r#"{"a": "x"}"#, "a", r#"such as ["x"]"#),
        (r#"{"a": {"b": 5}}"#, "a.b", "such as [5]"),
        (r#"{"a": null}"#, "a", "an object or an array"),
        (r#"{"a": []}"#, "a", "empty array"),
        (r#"{"a": [["x"]]}"#, "a", "may not hold arrays"),
        (r#"{"a": ["x"], "a": ["y"]}"#, "", "'a' is there twice"),
        (r#"{"a": [{}]}"#, "a", "exactly one name"),
        (
            r#"{"a": [{"prefix": "x", "suffix": "y"}]}"#,
            "a",
            "exactly one name",
        ),
        (
            r#"{"a": [{"starts-with": "x"}]}"#,
            "a",
            "'starts-with' is no comparison",
        ),
        (r#"{"a": [{"exists": "true"}]}"#, "a", "true or false"),
        (r#"{"a": [{"prefix": 5}]}"#, "a", "prefix takes a string"),
        (
            r#"{"a": [{"prefix": {"wildcard": "x"}}]}"#,
            "a",
            "in prefix stands equals-ignore-case",
        ),
        (
            r#"{"a": [{"prefix": {"equals-ignore-case": 1}}]}"#,
            "a",
            "in prefix stands",
        ),
        (r#"{"a": [{"suffix": null}]}"#, "a", "suffix takes a string"),
        (
            r#"{"a": [{"equals-ignore-case": ["x"]}]}"#,
            "a",
            "equals-ignore-case takes a string",
        ),
        (
            r#"{"a": [{"wildcard": 1}]}"#,
            "a",
            "wildcard takes a string",
        ),
        (r#"{"a": [{"wildcard": "a**b"}]}"#, "a", "two '*' in a row"),
        (r#"{"a": [{"wildcard": "a\\b"}]}"#, "a", "backslash"),
        (r#"{"a": [{"wildcard": "a\\"}]}"#, "a", "backslash"),
        (r#"{"a": [{"cidr": 1}]}"#, "a", "cidr takes a string"),
        (r#"{"a": [{"cidr": "10.0.0.0"}]}"#, "a", "no '/'"),
        (r#"{"a": [{"cidr": "10.0.0/8"}]}"#, "a", "no address"),
        (r#"{"a": [{"cidr": "10.0.0.0/33"}]}"#, "a", "up to 32"),
        (r#"{"a": [{"cidr": "10.0.0.0/+8"}]}"#, "a", "up to 32"),
        (r#"{"a": [{"cidr": "::/129"}]}"#, "a", "up to 128"),
        (r#"{"a": [{"numeric": 5}]}"#, "a", "numeric takes"),
        (r#"{"a": [{"numeric": []}]}"#, "a", "numeric takes"),
        (r#"{"a": [{"numeric": ["<"]}]}"#, "a", "numeric takes"),
        (r#"{"a": [{"numeric": ["<", "5"]}]}"#, "a", "numeric takes"),
        (r#"{"a": [{"numeric": ["!=", 5]}]}"#, "a", "numeric takes"),
        (
            r#"{"a": [{"numeric": ["=", 5, "<", 6]}]}"#,
            "a",
            "numeric takes",
        ),
        (
            r#"{"a": [{"numeric": ["<", 5, ">", 0]}]}"#,
            "a",
            "range from below",
        ),
        (
            r#"{"a": [{"numeric": [">", 0, ">", 5]}]}"#,
            "a",
            "range from below",
        ),
        (
            r#"{"a": [{"numeric": [">", 5, "<", 5]}]}"#,
            "a",
            "less than the second",
        ),
        (
            r#"{"a": [{"numeric": [">", 0, "<", 5, "<", 6]}]}"#,
            "a",
            "numeric takes",
        ),
        (r#"{"a": [{"numeric": ["<", 5000000001]}]}"#, "a", "5.0e9"),
        (r#"{"a": [{"numeric": ["=", -5.1e9]}]}"#, "a", "5.0e9"),
        (
            r#"{"a": [{"anything-but": null}]}"#,
            "a",
            "anything-but takes",
        ),
        (
            r#"{"a": [{"anything-but": true}]}"#,
            "a",
            "anything-but takes",
        ),
        (
            r#"{"a": [{"anything-but": []}]}"#,
            "a",
            "anything-but takes",
        ),
        (
            r#"{"a": [{"anything-but": ["x", 1]}]}"#,
            "a",
            "anything-but takes",
        ),
        (
            r#"{"a": [{"anything-but": [null]}]}"#,
            "a",
            "anything-but takes",
        ),
        (
            r#"{"a": [{"anything-but": {"numeric": ["<", 5]}}]}"#,
            "a",
            "anything-but takes",
        ),
        (
            r#"{"a": [{"anything-but": {"prefix": ""}}]}"#,
            "a",
            "empty string",
        ),
        (
            r#"{"a": [{"anything-but": {"suffix": ["x", ""]}}]}"#,
            "a",
            "empty string",
        ),
        (
            r#"{"a": [{"anything-but": {"prefix": []}}]}"#,
            "a",
            "at least one string",
        ),
        (
            r#"{"a": [{"anything-but": {"wildcard": 1}}]}"#,
            "a",
            "takes strings",
        ),
        (r#"{"$or": []}"#, "", "at least two objects"),
        (
            r#"{"d": {"$or": [{"a": [1]}]}}"#,
            "d",
            "at least two objects",
        ),
        (r#"{"$or": [{"a": [1]}, {}]}"#, "", "empty object"),
        (r#"{"$or": [{"a": [1]}, {"b": 1}]}"#, "b", "such as [1]"),
        (r#"{"$or": {"a": 1}}"#, "$or.a", "such as [1]"),
    ] {
        let malformed = Pattern::compile(pattern).expect_err(pattern);
        assert_eq!(malformed.path, path, "{pattern}: {malformed}");
        assert!(malformed.reason.contains(reason), "{pattern}: {malformed}");
    }
}

#[test]
fn depth_is_bounded() {
    let deep = |depth| format!("{}[1]{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    assert!(Pattern::compile(&deep(100)).is_ok());
    assert!(Pattern::compile(&deep(100_000)).is_err());
}

#[test]
fn a_refusal_reads_as_a_sentence() {
    let malformed = Pattern::compile(r#"{"detail": {"state": "x"}}"#).unwrap_err();
    assert_eq!(
        malformed.to_string(),
        r#"Event pattern is not valid at 'detail.state': it must be an object or an array, such as ["x"]."#
    );
}
