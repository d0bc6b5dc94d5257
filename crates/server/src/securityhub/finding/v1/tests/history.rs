//! What is told of a finding's changes.

use super::*;

fn history(t: &Testing, id: &str, more: Value) -> Value {
    let mut input = more;
    input["FindingIdentifier"] = json!({"Id": id, "ProductArn": own_product(ADMINISTRATOR)});
    t.call("securityhub", "GetFindingHistory", input).unwrap()
}

/// A server on which a finding has been brought in, updated and brought in again, a day apart.
fn told() -> Testing {
    let t = enabled();
    import(&t, &[finding("a", json!({}))]);
    t.advance_ms(86_400_000);
    update(
        &t,
        "a",
        json!({"Workflow": {"Status": "NOTIFIED"}, "Confidence": 5}),
    );
    update(&t, "a", json!({"Confidence": 5}));
    t.advance_ms(86_400_000);
    import(
        &t,
        &[later(
            "a",
            2,
            json!({"Title": "again", "Compliance": {"Status": "FAILED"}}),
        )],
    );
    import(&t, &[later("a", 3, json!({"Title": "again"}))]);
    t
}

#[test]
fn changes_are_told_newest_first() {
    let t = told();
    let arn = own_product(ADMINISTRATOR);
    let identifier = json!({"Id": "a", "ProductArn": arn});
    let import = json!({"Type": "BATCH_IMPORT_FINDINGS", "Identity": arn});
    let customer = format!("arn:aws:iam::{ADMINISTRATOR}:user/tester");
    let update = json!({"Type": "BATCH_UPDATE_FINDINGS", "Identity": customer});
    let expected = json!([
        {
            "FindingIdentifier": identifier, "FindingCreated": false, "UpdateTime": "2026-01-03T00:00:00Z",
            "UpdateSource": import,
            "Updates": [
                {"UpdatedField": "Compliance.Status", "NewValue": "FAILED"},
                {"UpdatedField": "Title", "OldValue": "Finding a", "NewValue": "again"},
            ],
        },
        {
            "FindingIdentifier": identifier, "FindingCreated": false, "UpdateTime": "2026-01-02T00:00:00Z",
            "UpdateSource": update,
            "Updates": [
                {"UpdatedField": "Confidence", "NewValue": "5"},
                {"UpdatedField": "Workflow.Status", "OldValue": "NEW", "NewValue": "NOTIFIED"},
            ],
        },
        {
            "FindingIdentifier": identifier, "FindingCreated": true, "UpdateTime": "2026-01-01T00:00:00Z",
            "UpdateSource": import, "Updates": [],
        },
    ]);
    assert_eq!(history(&t, "a", json!({}))["Records"], expected);
}

#[test]
fn windows_and_pages_show_parts_of_it() {
    let t = told();
    let times = |answer: &Value| -> Vec<String> {
        let records = answer["Records"].as_array().unwrap().iter();
        records
            .map(|one| one["UpdateTime"].as_str().unwrap()[8..10].to_owned())
            .collect()
    };
    let part = |more: Value| times(&history(&t, "a", more));
    assert_eq!(
        part(json!({"StartTime": "2026-01-02T00:00:00Z"})),
        ["03", "02"]
    );
    assert_eq!(
        part(json!({"EndTime": "2026-01-02T00:00:00Z"})),
        ["02", "01"]
    );
    let first = history(&t, "a", json!({"MaxResults": 2}));
    assert_eq!(times(&first), ["03", "02"]);
    assert_eq!(
        part(json!({"MaxResults": 2, "NextToken": first["NextToken"]})),
        ["01"]
    );
    assert!(part(json!({})).len() == 3 && history(&t, "other", json!({}))["Records"] == json!([]));
    t.advance_ms(89 * 86_400_000);
    assert_eq!(
        part(json!({})),
        ["03", "02"],
        "changes are told for 90 days"
    );
    let wrong = json!({
        "FindingIdentifier": {"Id": "a", "ProductArn": "p"},
        "StartTime": "2026-01-02T00:00:00Z", "EndTime": "2026-01-01T00:00:00Z",
    });
    let wrong = t.call("securityhub", "GetFindingHistory", wrong);
    assert!(matches!(wrong, Err(Failure::Invalid(_))));
}

#[test]
fn a_comment_stays_its_authors_when_others_set_something_else() {
    let t = enabled();
    import(&t, &[finding("a", json!({}))]);
    let uid = get_v2(&t, "a")["metadata"]["uid"].clone();
    let comment = json!({"MetadataUids": [uid], "Comment": "known"});
    t.call("securityhub", "BatchUpdateFindingsV2", comment)
        .unwrap();
    let note = get(&t, "a")["Note"].clone();
    assert_eq!(note["UpdatedAt"], "2026-01-01T00:00:00Z");
    t.advance_ms(86_400_000);
    update(&t, "a", json!({"Workflow": {"Status": "NOTIFIED"}}));
    assert_eq!(get(&t, "a")["Note"], note);
    let told = history(&t, "a", json!({}));
    let updates =
        json!([{"UpdatedField": "Workflow.Status", "OldValue": "NEW", "NewValue": "NOTIFIED"}]);
    assert_eq!(told["Records"][0]["Updates"], updates);
}
