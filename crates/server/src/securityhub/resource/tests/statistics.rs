//! How many resources there are of each value.

use super::*;

type Counts = &'static [(&'static str, i64)];

fn store() -> Testing {
    let t = enabled();
    let name = |tx: &mut balefire_store::Tx<'_>| {
        let sql = "UPDATE account SET name = 'Lamps' WHERE id = '111111111111'";
        tx.execute(sql, &[])
    };
    t.store.write_blocking("a", name).unwrap().unwrap();
    let mut scan = about("v", json!([bucket()]));
    scan["class_uid"] = json!(2002);
    scan["class_name"] = json!("Vulnerability Finding");
    scan["type_uid"] = json!(200_201);
    scan["vulnerabilities"] = json!([{"cve": {"uid": "CVE-2099-1"}}]);
    let model = json!({"uid": "m", "type": "SelfHosted::AI::Model"});
    let queue = json!({"uid": QUEUE, "type": "AWS::SQS::Queue", "region": "eu-west-1"});
    import(
        &t,
        &[
            scan,
            about("a", json!([bucket(), queue])),
            about("b", json!([model])),
            about_of(MEMBER, "c", json!([bucket()])),
        ],
    );
    t
}

fn counts(t: &Testing, field: &str, more: Value) -> Vec<(String, i64)> {
    let mut input = json!({"GroupByRules": [{"GroupByField": field}]});
    for (name, value) in more.as_object().unwrap() {
        match name.as_str() {
            "Filters" => input["GroupByRules"][0]["Filters"] = value.clone(),
            name => input[name] = value.clone(),
        }
    }
    let output = call_as(t, ADMINISTRATOR, "GetResourcesStatisticsV2", input).unwrap();
    let result = &output["GroupByResults"][0];
    assert_eq!(result["GroupByField"], field);
    let values = result["GroupByValues"].as_array().unwrap().iter();
    let value = |value: &Value| {
        let text = value["FieldValue"].as_str().unwrap().to_owned();
        (text, value["Count"].as_i64().unwrap())
    };
    values.map(value).collect()
}

fn pairs(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    let owned = expected
        .iter()
        .map(|(text, count)| ((*text).to_owned(), *count));
    owned.collect()
}

#[test]
fn resources_are_counted_by_field() {
    let t = store();
    let ai = text("ResourceCategory", "EQUALS", "AI/ML");
    let cases: &[(&str, Value, Counts)] = &[
        (
            "ResourceType",
            json!({}),
            &[
                ("AWS::S3::Bucket", 2),
                ("AWS::SQS::Queue", 1),
                ("SelfHosted::AI::Model", 1),
            ],
        ),
        (
            "ResourceRegion",
            json!({"SortOrder": "asc"}),
            &[("eu-west-1", 1), ("eu-central-1", 3)],
        ),
        (
            "AccountId",
            json!({"MaxStatisticResults": 1}),
            &[(ADMINISTRATOR, 3)],
        ),
        ("AccountName", json!({}), &[("Lamps", 3)]),
        (
            "FindingsSummary.FindingType",
            json!({}),
            &[("Detection Finding", 4), ("Vulnerability Finding", 1)],
        ),
        (
            "FindingsSummary.FindingType",
            json!({"SortOrder": "asc", "MaxStatisticResults": 1}),
            &[("Vulnerability Finding", 1)],
        ),
        (
            "ResourceType",
            json!({"Filters": text("FindingsSummary.FindingType", "PREFIX", "Vuln")}),
            &[("AWS::S3::Bucket", 1)],
        ),
        ("ResourceCriticality", json!({}), &[]),
        (
            "ResourceSubCategory",
            json!({"Filters": ai}),
            &[("Model", 1)],
        ),
        (
            "ResourceInfo.AIDetails.CanonicalId",
            json!({"Filters": ai}),
            &[],
        ),
    ];
    for (field, more, expected) in cases {
        assert_eq!(
            counts(&t, field, more.clone()),
            pairs(expected),
            "{field} {more}"
        );
    }
}

#[test]
fn rules_are_few_and_groups_of_ai_are_asked_among_resources_of_ai() {
    let t = store();
    let refused = |rules: Value| {
        let input = json!({"GroupByRules": rules});
        wrong(call_as(
            &t,
            ADMINISTRATOR,
            "GetResourcesStatisticsV2",
            input,
        ))
    };
    let rule = json!({"GroupByField": "Region"});
    assert_eq!(
        refused(json!([rule, rule, rule, rule, rule, rule])),
        ["/GroupByRules"]
    );
    for field in [
        "ResourceSubCategory",
        "ResourceInfo.AIDetails.HostResourceType",
        "ResourceInfo.AIDetails.CanonicalId",
    ] {
        let alone = json!([rule, {"GroupByField": field}]);
        assert_eq!(refused(alone), ["/GroupByRules/1/Filters"], "{field}");
    }
}
