//! Insights are made, changed, asked and forgotten.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::securityhub::finding::v1::tests::finding_of;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

fn call(t: &Testing, operation: &str, input: Value) -> Result<Value, Failure> {
    t.call("securityhub", operation, input)
}

fn enabled() -> Testing {
    let t = Testing::new();
    for account in [ADMINISTRATOR, MEMBER] {
        t.call_as(account, "securityhub", "EnableSecurityHub", json!({}))
            .unwrap();
    }
    t
}

fn severe(group: &str) -> Value {
    let filters = json!({"SeverityLabel": [{"Value": "HIGH", "Comparison": "EQUALS"}]});
    json!({"Name": "severe", "Filters": filters, "GroupByAttribute": group})
}

fn create(t: &Testing, input: Value) -> String {
    let created = call(t, "CreateInsight", input).unwrap();
    created["InsightArn"].as_str().unwrap().to_owned()
}

#[test]
fn insights_live_and_die() {
    let t = enabled();
    let arn = create(&t, severe("ResourceType"));
    let start =
        format!("arn:aws:securityhub:{REGION}:{ADMINISTRATOR}:insight/{ADMINISTRATOR}/custom/");
    assert!(arn.starts_with(&start), "{arn}");
    let other = create(&t, severe("Type"));
    let mut expected = severe("ResourceType");
    expected["InsightArn"] = json!(arn);
    let one = call(&t, "GetInsights", json!({"InsightArns": [arn]})).unwrap();
    assert_eq!(one["Insights"], json!([expected]));
    let first = call(&t, "GetInsights", json!({"MaxResults": 1})).unwrap();
    assert_eq!(first["Insights"], json!([expected]));
    let second = json!({"MaxResults": 1, "NextToken": first["NextToken"]});
    let second = call(&t, "GetInsights", second).unwrap();
    assert_eq!(second["Insights"][0]["InsightArn"], other);
    assert!(second.get("NextToken").is_none());

    let change = json!({"InsightArn": arn, "Name": "renamed"});
    assert_eq!(call(&t, "UpdateInsight", change).unwrap(), json!({}));
    expected["Name"] = "renamed".into();
    let one = call(&t, "GetInsights", json!({"InsightArns": [arn]})).unwrap();
    assert_eq!(one["Insights"], json!([expected]));

    let named = json!({"InsightArn": arn});
    for operation in ["UpdateInsight", "GetInsightResults", "DeleteInsight"] {
        let foreign = t.call_as(MEMBER, "securityhub", operation, named.clone());
        assert!(
            matches!(foreign, Err(Failure::NotFound { .. })),
            "{operation}"
        );
    }
    assert_eq!(call(&t, "DeleteInsight", named.clone()).unwrap(), named);
    assert!(matches!(
        call(&t, "DeleteInsight", named),
        Err(Failure::NotFound { .. })
    ));
}

#[test]
fn inputs_that_break_a_rule_make_no_insight() {
    let t = enabled();
    let mut contains = severe("Type");
    contains["Filters"]["SeverityLabel"][0]["Comparison"] = "CONTAINS".into();
    let mut long = severe("Type");
    long["Name"] = "x".repeat(129).into();
    for input in [severe("Keyword"), severe("severity"), contains, long] {
        let answer = call(&t, "CreateInsight", input.clone());
        assert!(matches!(answer, Err(Failure::Invalid(_))), "{input}");
    }
    for _ in 0..100 {
        create(&t, severe("Type"));
    }
    let answer = call(&t, "CreateInsight", severe("Type"));
    assert!(matches!(answer, Err(Failure::Limit { .. })));
}

#[test]
fn results_count_findings_by_value() {
    let t = enabled();
    let import = |account: &str, findings: Vec<Value>| {
        let input = json!({"Findings": findings});
        let answer = t
            .call_as(account, "securityhub", "BatchImportFindings", input)
            .unwrap();
        assert_eq!(answer["FailedCount"], 0, "{answer}");
    };
    let high = |id: &str, types: Value| {
        finding_of(
            ADMINISTRATOR,
            id,
            json!({"Severity": {"Label": "HIGH"}, "Types": types}),
        )
    };
    import(
        ADMINISTRATOR,
        vec![
            high("a", json!(["X", "Y"])),
            high("b", json!(["Y", "Y"])),
            high("c", json!([])),
            finding_of(ADMINISTRATOR, "d", json!({"Types": ["Z"]})),
        ],
    );
    let theirs = json!({"Severity": {"Label": "HIGH"}, "Types": ["Y", "W"]});
    import(MEMBER, vec![finding_of(MEMBER, "e", theirs)]);
    let arn = create(&t, severe("Type"));
    let results = call(&t, "GetInsightResults", json!({"InsightArn": arn})).unwrap();
    let value = |value: &str, count: i32| json!({"GroupByAttributeValue": value, "Count": count});
    let expected = json!({
        "InsightArn": arn, "GroupByAttribute": "Type",
        "ResultValues": [value("Y", 3), value("W", 1), value("X", 1)],
    });
    assert_eq!(results["InsightResults"], expected);
    let own = t
        .call_as(MEMBER, "securityhub", "CreateInsight", severe("Type"))
        .unwrap();
    let own = t
        .call_as(MEMBER, "securityhub", "GetInsightResults", own)
        .unwrap();
    assert_eq!(
        own["InsightResults"]["ResultValues"],
        json!([value("W", 1), value("Y", 1)])
    );
}
