//! What is taken from providers, what is refused and why, and what is made uniform.

use serde_json::{Value, json};

use super::*;

const IMPORTER: &str = "999999999999";

/// A document with everything that must be there.
fn whole() -> Value {
    json!({
        "class_uid": 2004, "class_name": "Detection Finding", "category_uid": 2,
        "activity_id": 1, "activity_name": "Create", "type_uid": 200_401,
        "severity_id": 4, "severity": "High",
        "status_id": 1, "status": "New", "time": 1_750_000_000_000_i64,
        "metadata": {"product": {"uid": "scanner"}, "version": "1.6.0"},
        "finding_info": {"uid": "f-1", "title": "A title"},
        "cloud": {"account": {"uid": "123456789012"}, "provider": "AWS"},
    })
}

/// `whole` with one attribute set, or taken away by null.
fn with(path: &str, value: Value) -> Value {
    let mut document = whole();
    *document
        .pointer_mut(&format!("/{}", path.replace('.', "/")))
        .unwrap_or_else(|| panic!("no {path}")) = value;
    document
}

fn accepted(document: &Value) -> Value {
    let accepted = accept(&document.to_string(), IMPORTER, None).unwrap();
    serde_json::from_str(&accepted.text).unwrap()
}

#[test]
fn trends_read_what_is_kept() {
    let bare = |removed: &[&str]| {
        let mut document = whole();
        let members = document.as_object_mut().unwrap();
        removed.iter().for_each(|name| drop(members.remove(*name)));
        document
    };
    let mut old = bare(&["finding_info"]);
    old["class_uid"] = 2001.into();
    old["type_uid"] = 200_101.into();
    old["finding"] = json!({"uid": "old", "title": "Old", "types": ["a", "b"]});
    let mut odd = with("status", json!(["sent", {"a": "b"}]));
    odd.as_object_mut().unwrap().remove("status_id");
    for document in [
        whole(),
        old,
        odd,
        bare(&[
            "status",
            "status_id",
            "class_name",
            "activity_name",
            "severity",
            "cloud",
        ]),
        with(
            "cloud",
            json!({"region": ["a", ["b", 7, true]], "provider": null}),
        ),
        with("severity", json!(null)),
        with("metadata", json!({"product": {"uid": "u", "name": "N"}})),
    ] {
        let accepted = accept(&document.to_string(), IMPORTER, None).unwrap();
        let state = trend::State::of(&accepted.account, &accepted.text).unwrap();
        assert_eq!(accepted.state, state, "{document}");
    }
}

fn refusal(text: &str) -> String {
    accept(text, IMPORTER, None).unwrap_err()
}

#[test]
fn a_whole_document_gets_its_uid_and_nothing_else() {
    let mut expected = whole();
    let accepted = accept(&whole().to_string(), IMPORTER, None).unwrap();
    let identity = Identity {
        account: "123456789012",
        product_uid: "scanner",
        finding_uid: "f-1",
    };
    assert_eq!(accepted.uid, identity.uid());
    assert_eq!(accepted.account, "123456789012");
    expected["metadata"]["uid"] = identity.uid().into();
    let text: Value = serde_json::from_str(&accepted.text).unwrap();
    assert_eq!(text, expected);
    // What was exported can be imported again and is the same.
    assert_eq!(accept(&accepted.text, IMPORTER, None).unwrap(), accepted);
}

#[test]
fn each_fault_is_named_by_its_attribute() {
    let cases: &[(&str, Value, &str)] = &[
        (
            "class_uid",
            json!(1001),
            "class_uid must be one of 2001, 2002",
        ),
        ("class_uid", json!(null), "class_uid is missing"),
        ("class_uid", json!("2004"), "class_uid must be an integer"),
        ("category_uid", json!(3), "category_uid must be 2"),
        ("category_uid", json!(null), "category_uid is missing"),
        (
            "activity_id",
            json!(7),
            "activity_id must be one of 0, 1, 2, 3, 99, not 7",
        ),
        ("severity_id", json!(1.5), "severity_id must be an integer"),
        ("severity_id", json!(7), "severity_id must be one of"),
        ("status_id", json!(-1), "status_id must be one of"),
        ("time", json!(null), "time is missing"),
        (
            "time",
            json!("2026-01-01"),
            "time must be a number of milliseconds",
        ),
        ("time", json!(-5), "time must be"),
        ("time", json!(1e18), "time must be"),
        ("metadata", json!(null), "metadata is missing"),
        (
            "metadata.product",
            json!([1]),
            "metadata.product must be a JSON object",
        ),
        (
            "metadata.product.uid",
            json!(null),
            "metadata.product.uid is missing",
        ),
        (
            "metadata.product.uid",
            json!(" "),
            "metadata.product.uid must be a text that is not empty",
        ),
        ("finding_info", json!(null), "finding_info is missing"),
        (
            "finding_info.uid",
            json!(7),
            "finding_info.uid must be a text",
        ),
        (
            "finding_info.title",
            json!(""),
            "finding_info.title must be a text",
        ),
        ("cloud", json!("aws"), "cloud must be a JSON object"),
        (
            "cloud.account.uid",
            json!("<project>"),
            "cloud.account.uid must be an account id of twelve",
        ),
        (
            "cloud",
            json!({"account": {"uid": "a-project"}}),
            "cloud.account.uid must be an account id of twelve",
        ),
        (
            "cloud",
            json!({"account": {"uid": 7}, "provider": "gcp"}),
            "cloud.account.uid must be an account id of twelve",
        ),
        (
            "cloud.account.uid",
            json!(123_456_789_012_i64),
            "cloud.account.uid must be an account id",
        ),
    ];
    for (path, value, reason) in cases {
        let refused = refusal(&with(path, value.clone()).to_string());
        assert!(refused.starts_with(reason), "{path} = {value}: {refused}");
        assert!(
            !refused.contains(';') || reason.ends_with("is missing"),
            "{refused}"
        );
    }
}

#[test]
fn all_faults_are_reported_together() {
    let refused = refusal(r#"{"class_uid":2004,"finding_info":{}}"#);
    for part in [
        "category_uid",
        "activity_id",
        "severity_id",
        "time",
        "metadata",
        "finding_info.title",
        "finding_info.uid",
    ] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
}

#[test]
fn what_could_not_be_read_later_is_refused_now() {
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    for (member, what) in [
        (r#""x":"\ud800""#, "hex escape"),
        (r#""x":1e999"#, "out of range"),
        (&format!(r#""x":{deep}"#), "recursion"),
        (r#""time":1,"time":2"#, "twice"),
    ] {
        let text = whole()
            .to_string()
            .replacen('{', &format!("{{{member},"), 1);
        let refused = refusal(&text);
        assert!(refused.contains(what), "{refused}");
    }
    for text in ["[]", "7", "\"x\"", "null"] {
        assert!(refusal(text).contains("object"), "{text}");
    }
    let mut large = whole();
    large["raw"] = "x".repeat(DOCUMENT_BYTES_MAX).into();
    assert!(refusal(&large.to_string()).contains("at most 245760"));
}

#[test]
fn seconds_become_milliseconds() {
    for (sent, kept) in [
        (json!(1_795_173_316), json!(1_795_173_316_000_i64)),
        (json!(1_795_173_316.25), json!(1_795_173_316_250_i64)),
        (json!(1_750_000_000_000_i64), json!(1_750_000_000_000_i64)),
        (json!(99_999_999_999_i64), json!(99_999_999_999_000_i64)),
        (json!(100_000_000_000_i64), json!(100_000_000_000_i64)),
    ] {
        assert_eq!(accepted(&with("time", sent.clone()))["time"], kept);
        let mut document = whole();
        document["finding_info"]["created_time"] = sent;
        assert_eq!(accepted(&document)["finding_info"]["created_time"], kept);
    }
    let mut document = whole();
    document["finding_info"]["modified_time"] = json!("2024-06-03T14:15:19.382075");
    assert_eq!(
        accepted(&document)["finding_info"],
        document["finding_info"]
    );
}

#[test]
fn an_absent_account_is_the_importers() {
    for (path, value) in [
        ("cloud", json!(null)),
        ("cloud", json!({})),
        ("cloud", json!({"account": null, "provider": "AWS"})),
        ("cloud", json!({"account": {"name": "x"}})),
        ("cloud.account.uid", json!("")),
    ] {
        let document = with(path, value);
        let made = accepted(&document);
        assert_eq!(made["cloud"]["account"]["uid"], IMPORTER, "{document}");
        assert_eq!(
            made["cloud"].get("provider"),
            document["cloud"].get("provider")
        );
    }
}

#[test]
fn captions_and_status_are_filled_in_where_they_are_absent() {
    let mut bare = whole();
    for name in ["class_name", "activity_name", "severity", "status"] {
        bare.as_object_mut().unwrap().remove(name);
    }
    let made = accepted(&bare);
    for name in ["class_name", "activity_name", "severity", "status"] {
        assert_eq!(made[name], whole()[name], "{name}");
    }
    let cases: &[(Value, Value, Value, Value)] = &[
        (json!(null), json!(null), json!(1), json!("New")),
        (json!(null), json!("resolved"), json!(4), json!("resolved")),
        (json!(null), json!("odd"), json!(99), json!("odd")),
        (json!(3), json!(null), json!(3), json!("Suppressed")),
        (json!(3), json!("Muted"), json!(3), json!("Muted")),
    ];
    for (id, text, kept_id, kept_text) in cases {
        let mut document = with("status_id", id.clone());
        document["status"] = text.clone();
        let made = accepted(&document);
        assert_eq!((&made["status_id"], &made["status"]), (kept_id, kept_text));
    }
}

#[test]
fn the_providers_own_event_uid_is_kept_unless_its_place_is_taken() {
    let mut document = whole();
    document["metadata"]["uid"] = "theirs \"1\"".into();
    assert_eq!(
        accepted(&document)["metadata"]["original_event_uid"],
        "theirs \"1\""
    );
    document["metadata"]["original_event_uid"] = "first".into();
    let made = accepted(&document);
    assert_eq!(made["metadata"]["original_event_uid"], "first");
    assert_eq!(made["metadata"]["uid"].as_str().unwrap().len(), 44);
}

#[test]
fn an_account_of_another_cloud_makes_the_finding_its_importers() {
    let subscription = "6f1d1f4b-9d3e-4a36-8a7c-0c8f1b2a3d4e";
    for (cloud, expected) in [
        (
            json!({"provider": "azure", "account": {"uid": subscription, "type": "Azure AD Account"}}),
            json!({
                "provider": "azure", "project_uid": subscription,
                "account": {"uid": IMPORTER, "type": "Azure AD Account", "name": subscription},
            }),
        ),
        (
            json!({"provider": "gcp", "account": {"uid": "shop-1", "name": "Shop"}}),
            json!({
                "provider": "gcp", "project_uid": "shop-1",
                "account": {"uid": IMPORTER, "name": "Shop"},
            }),
        ),
        (
            json!({"provider": "gcp", "project_uid": "p", "account": {"uid": "shop-1", "name": ""}}),
            json!({
                "provider": "gcp", "project_uid": "p",
                "account": {"uid": IMPORTER, "name": "shop-1"},
            }),
        ),
    ] {
        let accepted = accept(&with("cloud", cloud).to_string(), IMPORTER, None).unwrap();
        assert_eq!(accepted.account, IMPORTER);
        let made: Value = serde_json::from_str(&accepted.text).unwrap();
        assert_eq!(made["cloud"], expected);
        // As it is when it is closed, or comes back from an export.
        let again = accept(&accepted.text, IMPORTER, None).unwrap();
        assert_eq!(again.text, accepted.text);
    }
}
