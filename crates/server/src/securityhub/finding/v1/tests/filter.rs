//! Filters by flattened attributes, orders and pages.

use super::*;

fn ids(t: &Testing, filters: Value) -> String {
    let found = found_as(t, ADMINISTRATOR, filters);
    let mut ids: Vec<&str> = found
        .iter()
        .map(|one| one["Id"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    ids.concat()
}

fn filled() -> Testing {
    let t = enabled();
    import(
        &t,
        &[
            later(
                "a",
                1,
                json!({
                    "Severity": {"Label": "HIGH"}, "Types": ["X/Y"], "Compliance": {"Status": "FAILED"},
                    "Network": {"SourceIpV4": "10.1.2.3", "SourcePort": 22}, "Sample": true,
                    "ProductFields": {"name": "v", "k": "w"},
                }),
            ),
            later(
                "b",
                2,
                json!({
                    "Severity": {"Label": "LOW"}, "RecordState": "ARCHIVED", "Types": ["X/Z", "Q"],
                    "Vulnerabilities": [{"Id": "CVE-2099-1", "FixAvailable": "YES"}],
                }),
            ),
            later(
                "c",
                3,
                json!({"Title": "Other Bucket", "Resources": [{"Type": "Other", "Id": "r"}]}),
            ),
        ],
    );
    t
}

#[test]
fn attributes_find_findings() {
    let t = filled();
    let text = |comparison: &str, value: &str| json!({"Comparison": comparison, "Value": value});
    let equals = |value: &str| text("EQUALS", value);
    let cases = [
        (json!({}), "abc"),
        (json!({"SeverityLabel": [equals("HIGH")]}), "a"),
        (
            json!({"SeverityLabel": [equals("HIGH"), equals("LOW")]}),
            "ab",
        ),
        (
            json!({"SeverityLabel": [text("NOT_EQUALS", "HIGH"), text("NOT_EQUALS", "LOW")]}),
            "c",
        ),
        (
            json!({"SeverityLabel": [equals("HIGH")], "RecordState": [equals("ARCHIVED")]}),
            "",
        ),
        (json!({"RecordState": [equals("ACTIVE")]}), "ac"),
        (json!({"Type": [text("PREFIX", "X/")]}), "ab"),
        (
            json!({"Type": [text("PREFIX", "X/"), text("PREFIX_NOT_EQUALS", "Q")]}),
            "a",
        ),
        (json!({"ComplianceStatus": [equals("FAILED")]}), "a"),
        (json!({"ResourceType": [equals("AwsS3Bucket")]}), "ab"),
        (json!({"SeverityNormalized": [{"Gte": 1, "Lt": 40}]}), "b"),
        (json!({"SeverityNormalized": [{"Eq": 1}, {"Eq": 70}]}), "ab"),
        (
            json!({"UpdatedAt": [{"Start": "2025-12-02T00:00:00Z"}]}),
            "bc",
        ),
        (
            json!({"UpdatedAt": [{"DateRange": {"Unit": "DAYS", "Value": 30}}]}),
            "bc",
        ),
        (json!({"NetworkSourceIpV4": [{"Cidr": "10.0.0.0/8"}]}), "a"),
        (json!({"NetworkSourcePort": [{"Eq": 22}]}), "a"),
        (json!({"Sample": [{"Value": true}]}), "a"),
        (
            json!({"ProductFields": [{"Comparison": "EQUALS", "Key": "name", "Value": "v"}]}),
            "a",
        ),
        (
            json!({"ProductFields": [{"Comparison": "NOT_EQUALS", "Key": "k", "Value": "w"}]}),
            "bc",
        ),
        (
            json!({"ResourceTags": [{"Comparison": "EQUALS", "Key": "name", "Value": "x"}]}),
            "ab",
        ),
        (json!({"VulnerabilitiesFixAvailable": [equals("YES")]}), "b"),
        (json!({"Keyword": [{"Value": "other bucket"}]}), "c"),
        (json!({"WorkflowStatus": [equals("NEW")]}), "abc"),
    ];
    for (filters, expected) in cases {
        assert_eq!(ids(&t, filters.clone()), expected, "{filters}");
    }
}

#[test]
fn filters_that_say_nothing_are_refused_with_their_place() {
    let t = enabled();
    let text = |comparison: &str| json!([{"Comparison": comparison, "Value": "x"}]);
    let eleven = [
        "Id",
        "Title",
        "Region",
        "Type",
        "ProductArn",
        "ProductName",
        "CompanyName",
        "Description",
        "GeneratorId",
        "RecordState",
        "ResourceId",
    ];
    let eleven: serde_json::Map<String, Value> = eleven
        .into_iter()
        .map(|name| (name.to_owned(), text("EQUALS")))
        .collect();
    let conflict =
        json!([{"Comparison": "EQUALS", "Value": "x"}, {"Comparison": "NOT_EQUALS", "Value": "x"}]);
    let many = Value::from(vec![json!({"Comparison": "EQUALS", "Value": "x"}); 21]);
    for (filters, place) in [
        (
            json!({"Title": text("CONTAINS")}),
            "/Filters/Title/0/Comparison",
        ),
        (
            json!({"Title": text("NOT_CONTAINS")}),
            "/Filters/Title/0/Comparison",
        ),
        (
            json!({"Title": text("CONTAINS_WORD")}),
            "/Filters/Title/0/Comparison",
        ),
        (json!({"Title": conflict}), "/Filters/Title/1/Comparison"),
        (json!({"Title": many}), "/Filters/Title"),
        (
            json!({"Title": [{"Value": "x"}]}),
            "/Filters/Title/0/Comparison",
        ),
        (json!({"Keyword": [{}]}), "/Filters/Keyword/0/Value"),
        (json!({"Confidence": [{}]}), "/Filters/Confidence/0"),
        (
            json!({"UpdatedAt": [{"Start": "x"}]}),
            "/Filters/UpdatedAt/0/Start",
        ),
        (
            json!({"NetworkSourceIpV4": [{"Cidr": "x"}]}),
            "/Filters/NetworkSourceIpV4/0/Cidr",
        ),
        (
            json!({"ProductFields": [{"Comparison": "CONTAINS", "Key": "k", "Value": "v"}]}),
            "/Filters/ProductFields/0/Comparison",
        ),
        (Value::Object(eleven), "/Filters"),
    ] {
        let answer = t.call("securityhub", "GetFindings", json!({"Filters": filters}));
        let Err(failure) = answer else {
            panic!("{filters} is taken");
        };
        let message = failure.message();
        assert!(
            message.contains(&format!("'{place}'")),
            "{place}: {message}"
        );
    }
}

#[test]
fn findings_come_in_order_page_by_page() {
    let t = filled();
    let ordered = |criteria: Value| {
        let mut ids = String::new();
        let mut token = Value::Null;
        loop {
            let input = json!({"MaxResults": 1, "SortCriteria": criteria, "NextToken": token});
            let answer = t.call("securityhub", "GetFindings", input).unwrap();
            ids += answer["Findings"][0]["Id"].as_str().unwrap();
            token = answer["NextToken"].clone();
            if token.is_null() {
                return ids;
            }
        }
    };
    assert_eq!(ordered(json!([])), "cba");
    assert_eq!(
        ordered(json!([{"Field": "SeverityNormalized", "SortOrder": "desc"}])),
        "acb"
    );
    assert_eq!(
        ordered(json!([{"Field": "RecordState"}, {"Field": "Title", "SortOrder": "desc"}])),
        "cab"
    );
    for field in ["severity_id", "ProductFields", "Keyword"] {
        let input = json!({"SortCriteria": [{"Field": field}]});
        assert!(matches!(
            t.call("securityhub", "GetFindings", input),
            Err(Failure::Invalid(_))
        ));
    }
}
