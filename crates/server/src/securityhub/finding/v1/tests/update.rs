//! What customers set through one version is seen through the other.

use super::*;
use crate::securityhub::finding::tests::document;

#[test]
fn updates_show_in_both_versions_and_outlive_imports() {
    let t = enabled();
    import(&t, &[finding("a", json!({"Confidence": 1}))]);
    let answer = update(
        &t,
        "a",
        json!({
            "Severity": {"Normalized": 75, "Product": 8.5}, "Workflow": {"Status": "NOTIFIED"},
            "Note": {"Text": "looking", "UpdatedBy": "me"}, "Confidence": 99,
            "Criticality": 7, "Types": ["A/B"],
            "VerificationState": "TRUE_POSITIVE", "UserDefinedFields": {"ticket": "7"},
            "RelatedFindings": [{"Id": "r", "ProductArn": "p"}],
        }),
    );
    assert_eq!(answer["ProcessedFindings"][0]["Id"], "a");
    assert_eq!(answer["UnprocessedFindings"], json!([]));
    let is_set = |shown: &Value| {
        assert_eq!(
            shown["Severity"],
            json!({"Label": "HIGH", "Normalized": 75, "Product": 8.5})
        );
        let note =
            json!({"Text": "looking", "UpdatedBy": "me", "UpdatedAt": "2026-01-01T00:00:00Z"});
        assert_eq!(shown["Note"], note);
        assert_eq!(
            (&shown["Confidence"], &shown["Criticality"]),
            (&json!(99), &json!(7))
        );
        assert_eq!(
            (&shown["Types"], &shown["UserDefinedFields"]),
            (&json!(["A/B"]), &json!({"ticket": "7"}))
        );
        assert_eq!(shown["VerificationState"], "TRUE_POSITIVE");
        assert_eq!(shown["RelatedFindings"][0]["Id"], "r");
        assert_eq!(shown["Workflow"]["Status"], "NOTIFIED");
    };
    let shown = get(&t, "a");
    is_set(&shown);
    assert_eq!(shown["UpdatedAt"], "2025-12-01T00:00:00Z");
    assert_eq!(
        shown["FindingProviderFields"],
        json!({"Severity": {"Label": "MEDIUM"}, "Confidence": 1})
    );
    let ocsf = get_v2(&t, "a");
    let seen = [
        &ocsf["severity"],
        &ocsf["status"],
        &ocsf["comment"],
        &ocsf["vendor_attributes"]["severity"],
    ];
    assert_eq!(
        seen,
        [
            &json!("High"),
            &json!("In Progress"),
            &json!("looking"),
            &json!("Medium")
        ]
    );
    assert_eq!(
        (&ocsf["confidence_score"], &ocsf["finding_info"]["types"]),
        (&json!(99), &json!(["A/B"]))
    );

    import(
        &t,
        &[later(
            "a",
            2,
            json!({"Severity": {"Label": "LOW"}, "Confidence": 2, "Title": "again"}),
        )],
    );
    let shown = get(&t, "a");
    is_set(&shown);
    assert_eq!(shown["Title"], "again");
    assert_eq!(
        shown["FindingProviderFields"],
        json!({"Severity": {"Label": "LOW"}, "Confidence": 2})
    );
    assert_eq!(get_v2(&t, "a")["confidence_score"], 99);
}

#[test]
fn edits_of_the_second_version_show_in_the_first() {
    let t = enabled();
    import(&t, &[finding("a", json!({}))]);
    let edit = |set: Value| {
        let mut input = set;
        input["MetadataUids"] = json!([get_v2(&t, "a")["metadata"]["uid"]]);
        let answer = t
            .call("securityhub", "BatchUpdateFindingsV2", input)
            .unwrap();
        assert_eq!(answer["UnprocessedFindings"], json!([]));
        get(&t, "a")
    };
    let shown = edit(json!({"SeverityId": 6, "StatusId": 3, "Comment": "known"}));
    assert_eq!(
        shown["Severity"],
        json!({"Label": "CRITICAL", "Normalized": 90})
    );
    assert_eq!(shown["Workflow"]["Status"], "SUPPRESSED");
    assert_eq!(shown["Note"]["Text"], "known");
    assert_eq!(
        shown["Note"]["UpdatedBy"],
        format!("arn:aws:iam::{ADMINISTRATOR}:user/tester")
    );
    assert_eq!(edit(json!({"StatusId": 5}))["RecordState"], "ARCHIVED");
    assert_eq!(
        edit(json!({"SeverityId": 0}))["Severity"]["Label"],
        "MEDIUM",
        "unknown is the provider's"
    );
}

#[test]
fn what_came_as_ocsf_is_shown_and_updated_too() {
    let t = enabled();
    let documents = json!({"Findings": [document("native", json!({}))]});
    t.call("balefire", "ImportFindings", documents).unwrap();
    let shown = get(&t, "native");
    assert_eq!(
        shown["ProductArn"],
        "arn:aws:securityhub:eu-central-1::product/scanner/scanner"
    );
    let identifier = json!({"Id": "native", "ProductArn": shown["ProductArn"]});
    let input = json!({
        "FindingIdentifiers": [identifier], "Workflow": {"Status": "RESOLVED"}, "Severity": {"Label": "LOW"},
        "UserDefinedFields": {"k": "v"},
    });
    let answer = t.call("securityhub", "BatchUpdateFindings", input).unwrap();
    assert_eq!(answer["ProcessedFindings"], json!([identifier]));
    let shown = get(&t, "native");
    assert_eq!(
        (
            &shown["Severity"]["Normalized"],
            &shown["UserDefinedFields"]["k"]
        ),
        (&json!(1), &json!("v"))
    );
    let ocsf = get_v2(&t, "native");
    assert_eq!(
        (&ocsf["status_id"], &ocsf["severity_id"]),
        (&json!(4), &json!(2))
    );
}

#[test]
fn members_of_the_severity_are_set_each_for_itself_until_the_second_version_sets_one() {
    let severity = |label: &str, normalized: i64, product: Option<f64>| {
        let mut severity = json!({"Label": label, "Normalized": normalized});
        if let Some(product) = product {
            severity["Product"] = product.into();
        }
        severity
    };
    let first = |set: Value| (1, json!({"Severity": set}));
    let second = |id: i64| (2, json!({"SeverityId": id}));
    let cases = [
        (
            vec![first(json!({"Product": 5.0}))],
            severity("MEDIUM", 40, Some(5.0)),
        ),
        (
            vec![
                first(json!({"Label": "LOW"})),
                first(json!({"Product": 5.0})),
            ],
            severity("LOW", 1, Some(5.0)),
        ),
        (
            vec![
                first(json!({"Normalized": 75})),
                first(json!({"Product": 5.0})),
            ],
            severity("HIGH", 75, Some(5.0)),
        ),
        (
            vec![
                first(json!({"Product": 5.0})),
                first(json!({"Label": "HIGH"})),
            ],
            severity("HIGH", 70, Some(5.0)),
        ),
        (
            vec![
                first(json!({"Normalized": 75})),
                first(json!({"Label": "HIGH"})),
            ],
            severity("HIGH", 70, None),
        ),
        // The label counts where the number is another's.
        (
            vec![first(
                json!({"Label": "LOW", "Normalized": 75, "Product": 5.0}),
            )],
            severity("LOW", 1, Some(5.0)),
        ),
        // What is set through the second version is a severity of its own.
        (
            vec![first(json!({"Normalized": 75, "Product": 3.0})), second(2)],
            severity("LOW", 1, None),
        ),
        (
            vec![
                first(json!({"Normalized": 75, "Product": 3.0})),
                second(2),
                second(4),
            ],
            severity("HIGH", 70, None),
        ),
        (
            vec![
                first(json!({"Normalized": 75, "Product": 3.0})),
                second(2),
                first(json!({"Product": 4.0})),
            ],
            severity("LOW", 1, Some(4.0)),
        ),
        // The same once more changes nothing.
        (
            vec![first(json!({"Normalized": 75, "Product": 3.0})), second(4)],
            severity("HIGH", 75, Some(3.0)),
        ),
    ];
    let t = enabled();
    for (n, (steps, expected)) in cases.into_iter().enumerate() {
        let id = format!("f-{n}");
        import(&t, &[finding(&id, json!({}))]);
        for (version, mut set) in steps {
            t.advance_ms(1000);
            if version == 1 {
                let answer = update(&t, &id, set);
                assert_eq!(answer["UnprocessedFindings"], json!([]));
            } else {
                set["MetadataUids"] = json!([get_v2(&t, &id)["metadata"]["uid"]]);
                t.call("securityhub", "BatchUpdateFindingsV2", set).unwrap();
            }
            t.step();
        }
        assert_eq!(get(&t, &id)["Severity"], expected, "{id}");
        t.advance_ms(1000);
        update(&t, &id, json!({"Workflow": {"Status": "NOTIFIED"}}));
        assert_eq!(get(&t, &id)["Severity"], expected, "{id}");
    }
}

#[test]
fn the_same_words_written_anew_are_of_who_wrote_them_last() {
    let t = enabled();
    import(&t, &[finding("a", json!({}))]);
    let comment = |text: &str| {
        t.advance_ms(1000);
        let uid = get_v2(&t, "a")["metadata"]["uid"].clone();
        let set = json!({"MetadataUids": [uid], "Comment": text});
        t.call("securityhub", "BatchUpdateFindingsV2", set).unwrap();
        get(&t, "a")["Note"].clone()
    };
    let by = format!("arn:aws:iam::{ADMINISTRATOR}:user/tester");
    update(
        &t,
        "a",
        json!({"Note": {"Text": "looking", "UpdatedBy": "alice"}}),
    );
    assert_eq!(get(&t, "a")["Note"]["UpdatedBy"], "alice");
    comment("fixed");
    let expected = json!({"Text": "looking", "UpdatedBy": by, "UpdatedAt": "2026-01-01T00:00:02Z"});
    assert_eq!(comment("looking"), expected);
    t.advance_ms(1000);
    update(
        &t,
        "a",
        json!({"Note": {"Text": "looking", "UpdatedBy": "carol"}}),
    );
    let expected =
        json!({"Text": "looking", "UpdatedBy": "carol", "UpdatedAt": "2026-01-01T00:00:03Z"});
    assert_eq!(get(&t, "a")["Note"], expected);
}

/// A document that says it was ASFF, and was not.
#[test]
fn what_only_looks_like_asff_breaks_nothing() {
    let t = enabled();
    let product = own_product(ADMINISTRATOR);
    let metadata = json!({"log_version": "2018-10-08", "product": {"uid": product}});
    let unmapped = json!({
        "Id": 5, "AwsAccountId": "999999999999", "Severity": "x", "Workflow": ["y"], "Note": 1,
        "FindingProviderFields": "z", "ProductFields": [], "Resources": {"a": "b"}, "Confidence": {},
    });
    for (id, unmapped) in [("a", unmapped), ("b", json!("text")), ("c", json!([1]))] {
        let set = json!({"metadata": metadata, "unmapped": unmapped, "comment": "n"});
        let documents = json!({"Findings": [document(id, set)]});
        let taken = t.call("balefire", "ImportFindings", documents).unwrap();
        assert_eq!(taken["Created"], 1, "{taken}");
        let shown = get(&t, id);
        assert_eq!(
            (&shown["AwsAccountId"], &shown["Severity"]["Label"]),
            (&json!(ADMINISTRATOR), &json!("MEDIUM"))
        );
        update(
            &t,
            id,
            json!({"Severity": {"Label": "LOW"}, "Workflow": {"Status": "NOTIFIED"}, "Confidence": 1}),
        );
        let again = json!({
            "UpdatedAt": "2026-06-01T00:00:00Z", "FindingProviderFields": {"Confidence": 2},
        });
        import(&t, &[finding(id, again)]);
        let shown = get(&t, id);
        assert_eq!(
            (&shown["Severity"]["Label"], &shown["Confidence"]),
            (&json!("LOW"), &json!(1))
        );
        assert_eq!(shown["Title"], format!("Finding {id}"));
    }
}

#[test]
fn each_finding_that_is_not_updated_says_why() {
    let t = enabled();
    import(&t, &[finding("a", json!({}))]);
    let name = |id: &str| json!({"Id": id, "ProductArn": own_product(ADMINISTRATOR)});
    let input = json!({
        "FindingIdentifiers": [name("a"), name("b"), name("a")], "Confidence": 3,
    });
    let answer = t.call("securityhub", "BatchUpdateFindings", input).unwrap();
    assert_eq!(answer["ProcessedFindings"], json!([name("a")]));
    let expected = json!([
        {"FindingIdentifier": name("b"), "ErrorCode": "FindingNotFound", "ErrorMessage": "Finding Not Found"},
        {
            "FindingIdentifier": name("a"), "ErrorCode": "DuplicatedFindingIdentifier",
            "ErrorMessage": "Finding Identifier is duplicated",
        },
    ]);
    assert_eq!(answer["UnprocessedFindings"], expected);
    let large = json!({"k": "x".repeat(250_000)});
    let answer = update(&t, "a", json!({"UserDefinedFields": large}));
    assert_eq!(
        answer["UnprocessedFindings"][0]["ErrorCode"],
        "FindingSizeExceeded"
    );
    for refused in [
        json!({"FindingIdentifiers": [name("a")]}),
        json!({"FindingIdentifiers": [], "Confidence": 1}),
        json!({"FindingIdentifiers": vec![name("a"); 101], "Confidence": 1}),
        json!({"FindingIdentifiers": [name("a")], "Confidence": 101}),
        json!({"FindingIdentifiers": [name("a")], "Note": {"Text": "x".repeat(513), "UpdatedBy": "me"}}),
        json!({"FindingIdentifiers": [name("a")], "Severity": {}}),
    ] {
        let answer = t.call("securityhub", "BatchUpdateFindings", refused.clone());
        assert!(matches!(answer, Err(Failure::Invalid(_))), "{refused}");
    }
}

#[test]
fn rules_judge_what_the_provider_sent_and_not_what_customers_set() {
    let t = enabled();
    let plan = format!("arn:aws:ssm-incidents::{ADMINISTRATOR}:response-plan/p");
    let filter = json!({"FieldName": "confidence_score", "Filter": {"Gte": 90}});
    let criteria =
        json!({"OcsfFindingCriteria": {"CompositeFilters": [{"NumberFilters": [filter]}]}});
    let action = json!({
        "Type": "EXTERNAL_INTEGRATION", "ExternalIntegrationConfiguration": {"ConnectorArn": plan},
    });
    let rule = json!({
        "RuleName": "sure", "Description": "d", "RuleOrder": 1, "Criteria": criteria, "Actions": [action],
    });
    t.call("securityhub", "CreateAutomationRuleV2", rule)
        .unwrap();
    let openings = || {
        let read = |tx: &mut balefire_store::Tx<'_>| {
            tx.query("SELECT id FROM job WHERE kind = 'open_rule_incidents'", &[])
        };
        t.store.read_blocking(read).unwrap().unwrap().len()
    };
    // What the provider sends first, what a customer sets, and what the provider sends then.
    let cases = [
        ("low", 10, 20, 99, 1),
        ("high", 10, 95, 99, 1),
        ("seen", 95, 10, 99, 0),
        ("unsure", 10, 99, 20, 0),
    ];
    for (id, first, set, then, expected) in cases {
        import(&t, &[finding(id, json!({"Confidence": first}))]);
        t.advance_ms(1000);
        update(&t, id, json!({"Confidence": set}));
        t.advance_ms(1000);
        let before = openings();
        import(&t, &[later(id, 2, json!({"Confidence": then}))]);
        assert_eq!(openings() - before, expected, "{id}");
        assert_eq!(get(&t, id)["Confidence"], set);
        assert_eq!(get_v2(&t, id)["confidence_score"], set);
    }
}
