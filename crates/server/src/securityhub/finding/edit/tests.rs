//! Edits over documents, as text and parsed alike, and what reopens a finding.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;

fn edit(severity_id: Option<i64>, status_id: Option<i64>, comment: Option<&str>) -> Edit {
    Edit {
        severity_id,
        status_id,
        comment: comment.map(str::to_owned),
        ..Edit::default()
    }
}

#[test]
fn rules_set_what_no_customer_has_and_nothing_else() {
    let fields = |severity_id, status_id, comment: Option<&str>| Fields {
        severity_id,
        status_id,
        comment: comment.map(str::to_owned),
    };
    let now = Timestamp(7);
    let none = Edit::new("u");
    let ruled = none.by_rules(&fields(Some(5), None, Some("r")), "rule", now);
    assert_eq!(
        (ruled.severity_id, ruled.status_id, ruled.comment.as_deref()),
        (Some(5), None, Some("r"))
    );
    assert_eq!((ruled.edited_ms, ruled.edited_by.as_str()), (7, "rule"));
    // The same once more changes nothing, and none clears what was set.
    let later = Timestamp(8);
    let same = fields(Some(5), None, Some("r"));
    assert_eq!(ruled.by_rules(&same, "other", later), ruled);
    let cleared = ruled.by_rules(&Fields::default(), "", later);
    assert_eq!((cleared.severity_id, cleared.comment), (None, None));
    // What a customer sets, be it the same, is the customer's from then on.
    let own = ruled.by_customer(&fields(Some(5), Some(2), None), "user", later);
    assert_ne!(own, ruled);
    let again = own.by_rules(&fields(Some(1), Some(1), Some("s")), "rule", later);
    assert_eq!(
        (again.severity_id, again.status_id, again.comment.as_deref()),
        (Some(5), Some(2), Some("s"))
    );
}

fn overlaid(edit: &Edit, document: &Json) -> Json {
    let text = document.to_string();
    serde_json::from_str(&edit.overlay(&text).unwrap()).unwrap()
}

#[test]
fn only_what_was_set_changes() {
    let document =
        json!({"severity_id": 2, "severity": "Low", "status_id": 1, "status": "New", "x": 1});
    let cases = [
        (edit(None, None, None), json!({})),
        (
            edit(Some(5), None, None),
            json!({"severity_id": 5, "severity": "Critical",
                   "vendor_attributes": {"severity_id": 2, "severity": "Low"}}),
        ),
        (
            edit(None, Some(3), None),
            json!({"status_id": 3, "status": "Suppressed"}),
        ),
        (edit(None, None, Some("a\"b")), json!({"comment": "a\"b"})),
    ];
    for (edit, set) in cases {
        let mut expected = document.clone();
        for (name, value) in set.as_object().unwrap() {
            expected[name] = value.clone();
        }
        assert_eq!(overlaid(&edit, &document), expected);
    }
}

#[test]
fn vendor_attributes_that_a_provider_sent_keep_what_else_they_have() {
    let vendor = json!({"severity": "old", "k": 1});
    let document = json!({"severity_id": 2, "severity": "Low", "vendor_attributes": vendor});
    let made = overlaid(&edit(Some(1), None, None), &document);
    let expected = json!({"severity": "Low", "severity_id": 2, "k": 1});
    assert_eq!(made["vendor_attributes"], expected);
}

proptest! {
    #[test]
    fn text_and_parsed_documents_get_the_same(
        severity_id in prop::option::of(0..7_i64),
        status_id in prop::option::of(0..6_i64),
        comment in prop::option::of(".*"),
        vendor in prop::sample::select(vec![Json::Null, json!({}), json!({"k": [1]}), json!(7)]),
        severity in prop::option::of("[a-z]*"),
    ) {
        let document = json!({
            "severity_id": 3, "severity": severity, "status_id": 1, "vendor_attributes": vendor,
            "x": {"y": []},
        });
        let text = document.to_string();
        let edit = edit(severity_id, status_id, comment.as_deref());
        let mut parsed = document;
        edit.apply(&mut parsed);
        let overlaid: Json = serde_json::from_str(&edit.overlay(&text).unwrap()).unwrap();
        prop_assert_eq!(parsed, overlaid);
    }
}

#[test]
fn a_finding_reopens_when_it_was_over_and_is_not_any_more() {
    let standing = |document: Json| Standing::of(&document.to_string()).unwrap();
    let open = json!({"status_id": 1, "activity_id": 1});
    let cases = [
        (json!({"status_id": 4}), open.clone(), true),
        (json!({"status_id": 5}), json!({"status_id": 2}), true),
        (json!({"status_id": 6}), open.clone(), true),
        (
            json!({"status_id": 1, "activity_id": 3}),
            open.clone(),
            true,
        ),
        (json!({"status_id": 4}), json!({"status_id": 5}), false),
        (json!({"status_id": 3}), open.clone(), false),
        (open.clone(), open.clone(), false),
        (open.clone(), json!({"status_id": 4}), false),
        (
            json!({"compliance": {"status_id": 1}}),
            json!({"compliance": {"status_id": 3}}),
            true,
        ),
        (json!({"compliance": {"status_id": 1}}), open.clone(), true),
        (
            json!({"compliance": {"status_id": 1}}),
            json!({"compliance": {"status_id": 1}}),
            false,
        ),
        (
            json!({"status_id": 5, "compliance": {"status_id": 1}}),
            json!({"status_id": 1, "compliance": {"status_id": 1}}),
            true,
        ),
        (
            json!({"compliance": {"status_id": 1}}),
            json!({"status_id": 5, "compliance": {"status_id": 3}}),
            false,
        ),
        (
            json!({"compliance": {"status_id": 2}}),
            json!({"compliance": {"status_id": 3}}),
            false,
        ),
    ];
    for (before, after, reopens) in cases {
        assert_eq!(
            standing(before.clone()).reopens(standing(after.clone())),
            reopens,
            "{before} {after}"
        );
    }
    let statuses = [0, 1, 2, 3, 4, 5, 6, 99];
    let ends = statuses.map(ends_with_reopening);
    assert_eq!(ends, [false, false, true, false, true, true, true, false]);
}

#[test]
fn what_is_open_is_neither_over_nor_suppressed_by_its_provider() {
    for (document, is_open) in [
        (json!({}), true),
        (json!({"status_id": 1}), true),
        (
            json!({"status_id": 2, "compliance": {"status_id": 3}}),
            true,
        ),
        (json!({"status_id": 3}), false),
        (json!({"status_id": 4}), false),
        (json!({"status_id": 1, "activity_id": 3}), false),
        (
            json!({"status_id": 1, "compliance": {"status_id": 1}}),
            false,
        ),
    ] {
        let standing = Standing::of(&document.to_string()).unwrap();
        assert_eq!(standing.is_open(), is_open, "{document}");
    }
}

#[test]
fn a_status_that_ended_is_nobodys_and_free_for_rules() {
    let status = |id| Fields {
        status_id: Some(id),
        ..Fields::default()
    };
    let all = Fields {
        severity_id: Some(5),
        status_id: Some(4),
        comment: Some("c".into()),
    };
    let own = Edit::new("u").by_customer(&all, "ann", Timestamp(1));
    assert_eq!(own.customers_status(), Some(4));
    let ended = own.without_status();
    assert_eq!((ended.status_id, ended.customers_status()), (None, None));
    assert_eq!((ended.severity_id, &ended.comment), (Some(5), &own.comment));
    let ruled = ended.by_rules(&status(2), "rule", Timestamp(2));
    assert_eq!((ruled.status_id, ruled.customers_status()), (Some(2), None));
    assert_eq!(
        ruled
            .without_status()
            .by_rules(&status(2), "rule", Timestamp(3))
            .status_id,
        Some(2)
    );
}

#[test]
fn a_comment_is_of_who_wrote_it() {
    let commented = |comment: &str| Fields {
        comment: Some(comment.to_owned()),
        ..Fields::default()
    };
    let status = Fields {
        status_id: Some(2),
        ..Fields::default()
    };
    let author = |edit: &Edit| (edit.commented_ms, edit.commented_by.clone());
    let of = |ms: i64, by: &str| (ms, by.to_owned());
    let ruled = Edit::new("u").by_rules(&commented("r"), "rule", Timestamp(1));
    let worked = ruled.by_customer(&status, "ann", Timestamp(2));
    assert_eq!(author(&worked), of(1, "rule"));
    assert_eq!((worked.edited_ms, worked.edited_by.as_str()), (2, "ann"));
    let ruled_again = worked.by_rules(&commented("r"), "other", Timestamp(3));
    assert_eq!(author(&ruled_again), of(1, "rule"));
    let own = ruled_again.by_customer(&commented("c"), "bob", Timestamp(4));
    assert_eq!(
        author(&own.by_rules(&commented("s"), "rule", Timestamp(5))),
        of(4, "bob")
    );
    let cleared = ruled.by_rules(&Fields::default(), "", Timestamp(6));
    assert_eq!(author(&cleared), of(0, ""));
}
