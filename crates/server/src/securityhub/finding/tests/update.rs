//! What customers set on findings, on which, and what they are told of the others.

use super::*;

pub fn processed(output: &Value) -> Vec<Value> {
    output["ProcessedFindings"].as_array().unwrap().clone()
}

fn triple(account: &str, product: &str, uid: &str) -> Value {
    json!({"CloudAccountUid": account, "MetadataProductUid": product, "FindingInfoUid": uid})
}

fn unprocessed(output: &Value) -> Vec<Value> {
    output["UnprocessedFindings"].as_array().unwrap().clone()
}

#[test]
fn severity_status_and_comment_are_set_and_nothing_else_moves() {
    let t = enabled();
    let info = json!({
        "uid": "f", "title": "x", "modified_time": 1_750_000_000_001_i64,
        "modified_time_dt": "2025-06-15T15:06:40.001Z",
    });
    import(
        &t,
        &[document(
            "f",
            json!({"finding_info": info, "time_dt": "2025-06-15T15:06:40Z"}),
        )],
    );
    let before = finding(&t, "f");
    t.advance_ms(5000);
    update(
        &t,
        "f",
        json!({"SeverityId": 6, "StatusId": 4, "Comment": "fixed \"it\""}),
    );
    let mut expected = before;
    for (name, value) in [
        ("severity_id", json!(6)),
        ("severity", json!("Fatal")),
        ("status_id", json!(4)),
        ("status", json!("Resolved")),
        ("comment", json!("fixed \"it\"")),
        (
            "vendor_attributes",
            json!({"severity_id": 3, "severity": "Medium"}),
        ),
    ] {
        expected[name] = value;
    }
    assert_eq!(finding(&t, "f"), expected);
    // A later change leaves what it does not name, and the provider's severity where it is.
    update(&t, "f", json!({"SeverityId": 0}));
    expected["severity_id"] = 0.into();
    expected["severity"] = "Unknown".into();
    assert_eq!(finding(&t, "f"), expected);
}

#[test]
fn each_value_has_its_caption() {
    let t = enabled();
    import(&t, &[document("f", json!({}))]);
    let severities = [
        (0, "Unknown"),
        (1, "Informational"),
        (2, "Low"),
        (3, "Medium"),
        (4, "High"),
        (5, "Critical"),
        (6, "Fatal"),
        (99, "Other"),
    ];
    for (id, caption) in severities {
        update(&t, "f", json!({"SeverityId": id}));
        let found = finding(&t, "f");
        assert_eq!(
            (&found["severity_id"], &found["severity"]),
            (&json!(id), &json!(caption))
        );
    }
    let statuses = [
        (0, "Unknown"),
        (1, "New"),
        (2, "In Progress"),
        (3, "Suppressed"),
        (4, "Resolved"),
        (5, "Archived"),
        (99, "Other"),
    ];
    for (id, caption) in statuses {
        update(&t, "f", json!({"StatusId": id}));
        let found = finding(&t, "f");
        assert_eq!(
            (&found["status_id"], &found["status"]),
            (&json!(id), &json!(caption))
        );
    }
}

#[test]
fn inputs_that_break_a_rule_change_nothing() {
    let t = enabled();
    import(&t, &[document("f", json!({}))]);
    let uid = uid_of(ADMINISTRATOR, "f");
    let identifier = triple(ADMINISTRATOR, PRODUCT, "f");
    let cases = [
        (
            json!({"MetadataUids": [uid], "FindingIdentifiers": [identifier], "StatusId": 1}),
            "either",
        ),
        (json!({"StatusId": 1}), "either"),
        (json!({"MetadataUids": [], "StatusId": 1}), "either"),
        (
            json!({"MetadataUids": [uid]}),
            "one of SeverityId, StatusId and Comment",
        ),
        (
            json!({"MetadataUids": vec![uid.clone(); 101], "StatusId": 1}),
            "MetadataUids",
        ),
        (
            json!({"FindingIdentifiers": vec![identifier.clone(); 101], "StatusId": 1}),
            "FindingIdentifiers",
        ),
        (json!({"MetadataUids": [uid], "Comment": " "}), "Comment"),
        (json!({"MetadataUids": [uid], "Comment": ""}), "Comment"),
        (
            json!({"MetadataUids": [uid], "Comment": "x".repeat(513)}),
            "512",
        ),
        (json!({"MetadataUids": [uid], "Comment": "a\0b"}), "NUL"),
        (
            json!({"MetadataUids": [uid], "SeverityId": 7}),
            "SeverityId",
        ),
        (
            json!({"MetadataUids": [uid], "SeverityId": -1}),
            "SeverityId",
        ),
        (json!({"MetadataUids": [uid], "StatusId": 6}), "StatusId"),
        (json!({"MetadataUids": [uid], "StatusId": 98}), "StatusId"),
        (
            json!({"MetadataUids": [uid], "SeverityId": 7, "StatusId": 6}),
            "StatusId",
        ),
        (
            json!({"FindingIdentifiers": [{"CloudAccountUid": ADMINISTRATOR}], "StatusId": 1}),
            "null",
        ),
    ];
    for (input, why) in cases {
        let refused = update_as(&t, ADMINISTRATOR, input.clone()).unwrap_err();
        assert!(matches!(refused, Failure::Invalid(_)), "{input}");
        assert!(
            refused.message().contains(why),
            "{input}: {}",
            refused.message()
        );
    }
    assert_eq!(log(&t).len(), 1);
    assert_eq!(finding(&t, "f")["status"], "New");
    update(&t, "f", json!({"Comment": "é".repeat(512)}));
}

#[test]
fn findings_are_named_by_uid_or_by_triple_and_echoed_the_same_way() {
    let t = enabled();
    import(&t, &[document("f", json!({})), document("g", json!({}))]);
    let uids = [
        uid_of(ADMINISTRATOR, "g"),
        "nothing".into(),
        uid_of(ADMINISTRATOR, "f"),
    ];
    let input = json!({"MetadataUids": uids, "StatusId": 2});
    let output = update_as(&t, ADMINISTRATOR, input).unwrap();
    let expected = [
        json!({"MetadataUid": uids[0]}),
        json!({"MetadataUid": uids[2]}),
    ];
    assert_eq!(processed(&output), expected);
    let missed = unprocessed(&output);
    assert_eq!(missed.len(), 1);
    assert_eq!(missed[0]["MetadataUid"], "nothing");
    assert_eq!(missed[0]["ErrorCode"], "ResourceNotFoundException");
    assert!(missed[0].get("FindingIdentifier").is_none());

    let known = triple(ADMINISTRATOR, PRODUCT, "f");
    let unknown = [
        triple(MEMBER, PRODUCT, "f"),
        triple(ADMINISTRATOR, "Scanner", "f"),
        triple(ADMINISTRATOR, PRODUCT, "F"),
        triple("1", PRODUCT, "f"),
    ];
    let all: Vec<&Value> = unknown.iter().chain([&known]).collect();
    let input = json!({"FindingIdentifiers": all, "StatusId": 4});
    let output = update_as(&t, ADMINISTRATOR, input).unwrap();
    assert_eq!(processed(&output), [json!({"FindingIdentifier": known})]);
    let missed = unprocessed(&output);
    assert_eq!(missed.len(), 4);
    for (missed, unknown) in missed.iter().zip(&unknown) {
        assert_eq!(missed["FindingIdentifier"], *unknown);
        assert_eq!(missed["ErrorCode"], "ResourceNotFoundException");
    }
    assert_eq!(finding(&t, "f")["status"], "Resolved");
    assert_eq!(finding(&t, "g")["status"], "In Progress");
}

#[test]
fn of_one_finding_named_twice_the_first_naming_counts() {
    let t = enabled();
    import(&t, &[document("f", json!({}))]);
    let uid = uid_of(ADMINISTRATOR, "f");
    let input = json!({"MetadataUids": [uid, uid, "nothing", "nothing"], "StatusId": 2});
    let output = update_as(&t, ADMINISTRATOR, input).unwrap();
    assert_eq!(processed(&output).len(), 1);
    let codes: Vec<Value> = unprocessed(&output)
        .iter()
        .map(|one| one["ErrorCode"].clone())
        .collect();
    let missing = "ResourceNotFoundException";
    assert_eq!(codes, ["ConflictException", missing, missing]);
}

#[test]
fn members_update_their_own_and_a_foreign_finding_looks_missing() {
    let t = enabled();
    import(
        &t,
        &[
            document("f", json!({})),
            document_of(MEMBER, "g", json!({})),
        ],
    );
    let uids = [
        uid_of(ADMINISTRATOR, "f"),
        uid_of(MEMBER, "g"),
        uid_of(MEMBER, "none"),
    ];
    let input = json!({"MetadataUids": uids, "StatusId": 4});
    let output = update_as(&t, MEMBER, input.clone()).unwrap();
    assert_eq!(processed(&output), [json!({"MetadataUid": uids[1]})]);
    let missed = unprocessed(&output);
    let without_name = |index: usize| (&missed[index]["ErrorCode"], &missed[index]["ErrorMessage"]);
    assert_eq!(without_name(0), without_name(1));
    assert_eq!(finding(&t, "f")["status"], "New");
    // The administrator updates members' findings, and both see one finding.
    let output = update_as(&t, ADMINISTRATOR, input).unwrap();
    assert_eq!(processed(&output).len(), 2);
    let comment = json!({"MetadataUids": [uids[1]], "Comment": "from above"});
    update_as(&t, ADMINISTRATOR, comment).unwrap();
    let own = get_as(&t, MEMBER, json!({})).unwrap();
    assert_eq!(own["Findings"][0]["comment"], "from above");
}

/// A uid in other letters is another text, and no finding's.
#[test]
fn a_uid_is_taken_by_its_letters() {
    let t = enabled();
    import(&t, &[document("f", json!({}))]);
    let uid = uid_of(ADMINISTRATOR, "f").to_uppercase();
    let input = json!({"MetadataUids": [uid], "StatusId": 4});
    let output = update_as(&t, ADMINISTRATOR, input).unwrap();
    assert_eq!(
        unprocessed(&output)[0]["ErrorCode"],
        "ResourceNotFoundException"
    );
    assert_eq!(finding(&t, "f")["status"], "New");
}
