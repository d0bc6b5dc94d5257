//! What providers may bring in, and what they may change.

use super::*;
use crate::securityhub::asff;

#[test]
fn a_finding_is_shown_by_both_versions() {
    let t = enabled();
    import(&t, &[finding("a", json!({}))]);
    let shown = get(&t, "a");
    let arn = own_product(ADMINISTRATOR);
    let mut expected = finding("a", json!({}));
    for (name, value) in [
        ("ProductName", json!("Default")),
        ("CompanyName", json!("Personal")),
        ("Region", json!(REGION)),
        ("RecordState", json!("ACTIVE")),
        ("Workflow", json!({"Status": "NEW"})),
        ("WorkflowState", json!("NEW")),
        ("Types", json!([])),
        ("ProcessedAt", json!("2026-01-01T00:00:00Z")),
        ("Severity", json!({"Label": "MEDIUM", "Normalized": 40})),
        (
            "FindingProviderFields",
            json!({"Severity": {"Label": "MEDIUM"}}),
        ),
        (
            "ProductFields",
            json!({
                "aws/securityhub/FindingId": format!("{arn}/a"), "aws/securityhub/ProductName": "Default",
                "aws/securityhub/CompanyName": "Personal", "aws/securityhub/SeverityLabel": "MEDIUM",
            }),
        ),
    ] {
        expected[name] = value;
    }
    assert_eq!(shown, expected);
    let ocsf = get_v2(&t, "a");
    assert_eq!(ocsf["severity"], "Medium");
    assert_eq!(ocsf["metadata"]["product"]["uid"], arn);
    assert_eq!(ocsf["resources"][0]["type"], "AWS::S3::Bucket");
    let mut sent = asff::to_asff(&ocsf);
    sent["Types"] = json!([]);
    assert_eq!(sent, shown);
}

#[test]
fn each_finding_is_refused_for_itself() {
    let t = enabled();
    let prowler = "arn:aws:securityhub:eu-central-1::product/prowler/prowler";
    let cases = [
        (
            json!({"SchemaVersion": "2019"}),
            "InvalidInput",
            "SchemaVersion",
        ),
        (json!({"AwsAccountId": "x"}), "InvalidInput", "AwsAccountId"),
        (json!({"AwsAccountId": MEMBER}), "InvalidAccess", MEMBER),
        (json!({"ProductArn": "arn:x"}), "InvalidInput", "ProductArn"),
        (
            json!({"ProductArn": own_product(MEMBER)}),
            "InvalidAccess",
            "another account",
        ),
        (
            json!({"ProductArn": prowler}),
            "InvalidAccess",
            "EnableImportFindingsForProduct",
        ),
        (json!({"Title": "x".repeat(257)}), "InvalidInput", "Title"),
        (
            json!({"Description": "x".repeat(1025)}),
            "InvalidInput",
            "Description",
        ),
        (
            json!({"UpdatedAt": "yesterday"}),
            "InvalidInput",
            "UpdatedAt",
        ),
        (json!({"Resources": []}), "InvalidInput", "Resources"),
        (
            json!({"Resources": vec![json!({"Type": "Other", "Id": "x"}); 33]}),
            "InvalidInput",
            "Resources",
        ),
        (
            json!({"Severity": {"Product": 1.0}}),
            "InvalidInput",
            "Severity",
        ),
        (
            json!({"Severity": {"Normalized": 101}}),
            "InvalidInput",
            "Severity.Normalized",
        ),
        (json!({"Confidence": 101}), "InvalidInput", "Confidence"),
        (
            json!({"Resources": [{"Type": "Other", "Id": "x", "Details": {"k": "x".repeat(250_000)}}]}),
            "InvalidInput",
            "bytes",
        ),
    ];
    let mut findings: Vec<Value> = cases
        .iter()
        .map(|(set, ..)| finding("bad", set.clone()))
        .collect();
    findings.push(finding("good", json!({})));
    let answer = import_as(&t, ADMINISTRATOR, &findings).unwrap();
    assert_eq!(answer["SuccessCount"], 1, "{answer}");
    assert_eq!(answer["FailedCount"], cases.len());
    for ((set, code, word), failed) in cases
        .iter()
        .zip(answer["FailedFindings"].as_array().unwrap())
    {
        assert_eq!(
            (&failed["Id"], &failed["ErrorCode"]),
            (&json!("bad"), &json!(code)),
            "{failed}"
        );
        let message = failed["ErrorMessage"].as_str().unwrap();
        assert!(
            message.contains(word),
            "{message} of {}",
            set.to_string().len()
        );
    }
    let on = json!({"ProductArn": prowler});
    t.call("securityhub", "EnableImportFindingsForProduct", on.clone())
        .unwrap();
    import(&t, &[finding("p", on)]);
    assert_eq!(get(&t, "p")["CompanyName"], "Prowler");
    let wrong = import_as(&t, ADMINISTRATOR, &vec![finding("a", json!({})); 101]);
    assert!(matches!(wrong, Err(Failure::Invalid(_))));
}

#[test]
fn what_is_not_newer_changes_nothing() {
    let t = enabled();
    import(&t, &[later("a", 5, json!({}))]);
    t.advance_ms(1000);
    for day in [4, 5] {
        import(&t, &[later("a", day, json!({"Title": "other"}))]);
        assert_eq!(get(&t, "a")["Title"], "Finding a");
    }
    import(
        &t,
        &[
            later("a", 6, json!({"Title": "other"})),
            later("a", 7, json!({"Title": "last"})),
        ],
    );
    let shown = get(&t, "a");
    assert_eq!(shown["Title"], "last");
    assert_eq!(shown["ProcessedAt"], "2026-01-01T00:00:01Z");
    assert_eq!(get_v2(&t, "a")["finding_info"]["title"], "last");
}

#[test]
fn providers_suggest_and_leave_the_customers_fields_alone() {
    let t = enabled();
    let first = json!({
        "Note": {"Text": "n", "UpdatedBy": "p", "UpdatedAt": "2025-12-01T00:00:00Z"},
        "FindingProviderFields": {"Severity": {"Label": "LOW"}, "Confidence": 10},
        "Severity": {"Label": "HIGH"}, "Types": ["A/B/C"], "SourceUrl": "https://s.example",
    });
    import(&t, &[finding("a", first)]);
    let shown = get(&t, "a");
    assert_eq!(
        shown["Severity"],
        json!({"Label": "LOW", "Normalized": 1}),
        "new: the provider's fields count"
    );
    assert_eq!(
        (
            &shown["Confidence"],
            &shown["FindingProviderFields"]["Confidence"]
        ),
        (&json!(10), &json!(10))
    );
    assert_eq!(shown["FindingProviderFields"]["Types"], json!(["A/B/C"]));
    assert_eq!(get_v2(&t, "a")["vendor_attributes"]["severity"], "Low");

    let second = json!({
        "FindingProviderFields": {"Severity": {"Label": "LOW"}}, "Severity": {"Normalized": 95},
        "Confidence": 20, "Workflow": {"Status": "RESOLVED"}, "VerificationState": "TRUE_POSITIVE",
        "Note": {"Text": "m", "UpdatedBy": "p", "UpdatedAt": "2025-12-01T00:00:00Z"},
        "UserDefinedFields": {"a": "b"},
    });
    import(&t, &[later("a", 2, second)]);
    let shown = get(&t, "a");
    assert_eq!(
        shown["Severity"],
        json!({"Label": "CRITICAL", "Normalized": 95}),
        "known: each to its place"
    );
    assert_eq!(
        shown["FindingProviderFields"]["Severity"],
        json!({"Label": "LOW"})
    );
    assert_eq!(
        (
            &shown["Confidence"],
            &shown["FindingProviderFields"]["Confidence"]
        ),
        (&json!(20), &json!(20))
    );
    assert_eq!(
        shown["SourceUrl"], "https://s.example",
        "what is not sent stays"
    );
    assert_eq!(shown["Note"]["Text"], "n");
    assert_eq!(shown["Workflow"]["Status"], "NEW");
    assert!(shown.get("VerificationState").is_none() && shown.get("UserDefinedFields").is_none());
}

#[test]
fn ocsf_that_came_since_counts() {
    let t = enabled();
    import(&t, &[finding("a", json!({"Network": {"Protocol": "tcp"}}))]);
    let mut newer = asff::to_ocsf(&get(&t, "a")).unwrap();
    newer["finding_info"]["title"] = "newer".into();
    newer["finding_info"]["modified_time_dt"] = "2025-12-05T00:00:00Z".into();
    let imported = t
        .call("balefire", "ImportFindings", json!({"Findings": [newer]}))
        .unwrap();
    assert_eq!(imported["Updated"], 1);
    let shown = get(&t, "a");
    assert_eq!(
        (&shown["Title"], &shown["UpdatedAt"]),
        (&json!("newer"), &json!("2025-12-05T00:00:00Z"))
    );
    assert_eq!(shown["Network"]["Protocol"], "tcp");
    import(&t, &[later("a", 4, json!({"Title": "older"}))]);
    assert_eq!(get(&t, "a")["Title"], "newer");
    import(&t, &[later("a", 6, json!({"Title": "last"}))]);
    assert_eq!(get(&t, "a")["Title"], "last");
}

#[test]
fn a_finding_that_breaks_the_model_fails_alone() {
    let t = enabled();
    let mut untitled = finding("untitled", json!({}));
    untitled.as_object_mut().unwrap().remove("Title");
    let mut nameless = finding("", json!({}));
    nameless.as_object_mut().unwrap().remove("Id");
    let sent = json!({"Findings": [
        untitled,
        nameless,
        finding("blank", json!({"Description": " "})),
        finding("archived", json!({"RecordState": "GONE"})),
        finding("sound", json!({})),
    ]});
    let answer = t.call("securityhub", "BatchImportFindings", sent).unwrap();
    let counts = (&answer["SuccessCount"], &answer["FailedCount"]);
    assert_eq!(counts, (&json!(1), &json!(4)));
    for (failed, (id, place)) in answer["FailedFindings"].as_array().unwrap().iter().zip([
        ("untitled", "'/Title'"),
        ("-", "'/Id'"),
        ("blank", "'/Description'"),
        ("archived", "'/RecordState'"),
    ]) {
        assert_eq!(
            (&failed["Id"], &failed["ErrorCode"]),
            (&json!(id), &json!("InvalidInput"))
        );
        assert!(
            failed["ErrorMessage"].as_str().unwrap().contains(place),
            "{failed}"
        );
    }
    assert_eq!(get(&t, "sound")["Title"], "Finding sound");
    let none = t.call(
        "securityhub",
        "BatchImportFindings",
        json!({"Findings": []}),
    );
    assert!(matches!(none, Err(Failure::Invalid(_))), "{none:?}");
}

#[test]
fn entries_without_a_value_are_left_out() {
    let t = enabled();
    let resource = json!({"Type": "Other", "Id": "r", "Tags": {"team": "", "env": "live"}});
    let fields = json!({"unit": "", "name": "lamp"});
    import(
        &t,
        &[finding(
            "a",
            json!({"ProductFields": fields, "Resources": [resource]}),
        )],
    );
    let shown = get(&t, "a");
    assert_eq!(shown["Resources"][0]["Tags"], json!({"env": "live"}));
    assert_eq!(shown["ProductFields"]["name"], "lamp");
    assert!(shown["ProductFields"].get("unit").is_none());
}

#[test]
fn a_class_is_no_reason_to_refuse_a_finding() {
    let t = enabled();
    let inspector = format!("arn:aws:securityhub:{REGION}::product/aws/inspector");
    import(
        &t,
        &[
            finding("reachable", json!({"ProductArn": inspector})),
            finding("void", json!({"Compliance": {}})),
            finding("checked", json!({"Compliance": {"Status": "FAILED"}})),
        ],
    );
    for (id, class) in [
        ("reachable", "Detection Finding"),
        ("void", "Detection Finding"),
        ("checked", "Compliance Finding"),
    ] {
        assert_eq!(get_v2(&t, id)["class_name"], class);
        assert_eq!(get(&t, id)["Title"], format!("Finding {id}"));
    }
}

#[test]
fn a_severity_with_a_label_in_one_place_is_that_of_both_versions() {
    let t = enabled();
    let scored = json!({
        "Severity": {"Label": "CRITICAL"}, "FindingProviderFields": {"Severity": {"Original": "9.8"}},
    });
    import(&t, &[finding("a", scored)]);
    assert_eq!(get(&t, "a")["Severity"]["Label"], "CRITICAL");
    assert_eq!(get_v2(&t, "a")["severity"], "Critical");
}

#[test]
fn details_of_files_that_have_no_form_keep_no_finding_out_of_answers() {
    let t = enabled();
    import(&t, &[finding("a", json!({}))]);
    let broken = |id: &str, data: Value| {
        let mut ocsf = asff::to_ocsf(&get(&t, "a")).unwrap();
        ocsf["finding_info"]["uid"] = id.into();
        ocsf["resources"][0]["data"] = data;
        ocsf
    };
    let files = [
        broken("b", json!("text")),
        broken(
            "c",
            json!({"AwsEc2Instance": {"LaunchedAt": 5, "Type": "t3"}, "Container": []}),
        ),
    ];
    let input = json!({"Findings": files});
    let imported = t.call("balefire", "ImportFindings", input).unwrap();
    assert_eq!(imported["Created"], 2);
    assert!(get(&t, "b")["Resources"][0].get("Details").is_none());
    let details = &get(&t, "c")["Resources"][0]["Details"];
    assert_eq!(details, &json!({"AwsEc2Instance": {"Type": "t3"}}));
    for id in ["b", "c"] {
        assert_eq!(get(&t, id)["Title"], "Finding a");
    }
}
