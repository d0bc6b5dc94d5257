//! Members see and change their own findings, the administrator all.

use super::*;

#[test]
fn findings_are_the_accounts_own_and_the_administrators() {
    let t = enabled();
    import(&t, &[finding("ours", json!({}))]);
    import_as(&t, MEMBER, &[finding_of(MEMBER, "theirs", json!({}))]).unwrap();
    let ids = |account: &str| -> Vec<Value> {
        let found = found_as(&t, account, json!({}));
        found.iter().map(|one| one["Id"].clone()).collect()
    };
    assert_eq!(ids(MEMBER), ["theirs"]);
    let mut all = ids(ADMINISTRATOR);
    all.sort_by_key(ToString::to_string);
    assert_eq!(all, ["ours", "theirs"]);

    let name = |account: &str, id: &str| json!({"Id": id, "ProductArn": own_product(account)});
    let ours = json!({"FindingIdentifiers": [name(ADMINISTRATOR, "ours")], "Confidence": 1});
    let answer = t
        .call_as(MEMBER, "securityhub", "BatchUpdateFindings", ours)
        .unwrap();
    assert_eq!(
        answer["UnprocessedFindings"][0]["ErrorCode"],
        "FindingNotFound"
    );
    let theirs = json!({"FindingIdentifiers": [name(MEMBER, "theirs")], "Confidence": 1});
    let answer = t
        .call("securityhub", "BatchUpdateFindings", theirs)
        .unwrap();
    assert_eq!(answer["UnprocessedFindings"], json!([]));
    assert_eq!(found_as(&t, MEMBER, json!({}))[0]["Confidence"], 1);

    let records = |account: &str, identifier: Value| {
        let input = json!({"FindingIdentifier": identifier});
        let answer = t
            .call_as(account, "securityhub", "GetFindingHistory", input)
            .unwrap();
        answer["Records"].as_array().unwrap().len()
    };
    assert_eq!(records(MEMBER, name(ADMINISTRATOR, "ours")), 0);
    assert_eq!(records(MEMBER, name(MEMBER, "theirs")), 2);
    assert_eq!(records(ADMINISTRATOR, name(MEMBER, "theirs")), 2);
}

#[test]
fn the_administrator_names_findings_of_products_that_name_no_account() {
    let t = enabled();
    let product = "arn:aws:securityhub:eu-central-1::product/aws/guardduty";
    import_as(
        &t,
        MEMBER,
        &[finding_of(MEMBER, "g", json!({"ProductArn": product}))],
    )
    .unwrap();
    let input =
        json!({"FindingIdentifiers": [{"Id": "g", "ProductArn": product}], "Criticality": 9});
    let answer = t.call("securityhub", "BatchUpdateFindings", input).unwrap();
    assert_eq!(answer["UnprocessedFindings"], json!([]));
}

#[test]
fn while_it_is_off_all_is_refused() {
    let t = Testing::new();
    t.call("securityhub", "EnableSecurityHubV2", json!({}))
        .unwrap();
    let name = json!({"Id": "a", "ProductArn": "p"});
    for (operation, input) in [
        (
            "BatchImportFindings",
            json!({"Findings": [finding("a", json!({}))]}),
        ),
        (
            "BatchUpdateFindings",
            json!({"FindingIdentifiers": [name], "Confidence": 1}),
        ),
        ("GetFindings", json!({})),
        ("GetFindingHistory", json!({"FindingIdentifier": name})),
        ("DescribeProducts", json!({})),
    ] {
        let answer = t.call("securityhub", operation, input);
        assert!(
            matches!(answer, Err(Failure::NotSubscribed(_))),
            "{operation}"
        );
    }
}
