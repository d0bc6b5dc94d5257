//! Filters of resources against a plain reading of what is shown.

use balefire_api::generated::securityhub::ResourcesStringField;

use super::*;

/// Whether a text passes a filter with a value.
type Passes = fn(&str, &str) -> bool;

fn store() -> Testing {
    let t = enabled();
    let name = |tx: &mut balefire_store::Tx<'_>| {
        let sql = "UPDATE account SET name = 'Lamps and more' WHERE id = '222222222222'";
        tx.execute(sql, &[])
    };
    t.store.write_blocking("a", name).unwrap().unwrap();
    import(
        &t,
        &[
            about(
                "a",
                json!([bucket(), {"uid": QUEUE, "type": "AWS::SQS::Queue", "name": "jobs"}]),
            ),
            about(
                "b",
                json!([{"uid": "m", "type": "SelfHosted::AI::Model", "provider": "azure"}]),
            ),
            about_of(
                MEMBER,
                "c",
                json!([
                    {"uid": "host", "region": "westus2", "tags": [{"name": "team", "value": "a"}]},
                ]),
            ),
        ],
    );
    let done = json!({
        "resources": [{"uid": "quiet", "tags": [{"name": "team", "value": "b"}]}], "status_id": 4,
        "status": "Resolved",
    });
    t.advance_ms(60_000);
    import(&t, &[document_of(ADMINISTRATOR, "d", done)]);
    t
}

/// The texts that a resource shows at a field.
fn texts<'r>(resource: &'r Value, field: &str) -> Vec<&'r str> {
    let mut found = vec![resource];
    for name in field.split('.') {
        let inner = found.into_iter().filter_map(|value| value.get(name));
        found = inner
            .flat_map(|value| match value {
                Value::Array(elements) => elements.iter().collect(),
                one => vec![one],
            })
            .collect();
    }
    found.into_iter().filter_map(Value::as_str).collect()
}

#[test]
fn string_filters_mean_what_they_mean_on_what_is_shown() {
    let t = store();
    let all = get(&t, json!({}));
    assert_eq!(all.len(), 5);
    let mut found_some = 0;
    for field in ResourcesStringField::VALUES {
        let mut values: Vec<&str> = all.iter().flat_map(|one| texts(one, field)).collect();
        values.sort_unstable();
        values.dedup();
        values.push("nothing");
        for value in values {
            let start = value.get(..3).unwrap_or(value);
            let asked: [(&str, &str, Passes); 5] = [
                ("EQUALS", value, |text, value| text == value),
                ("NOT_EQUALS", value, |text, value| text == value),
                ("PREFIX", start, |text, value| text.starts_with(value)),
                ("PREFIX_NOT_EQUALS", start, |text, value| {
                    text.starts_with(value)
                }),
                ("CONTAINS_WORD", value, |text, value| text == value),
            ];
            for (comparison, value, passes) in asked {
                let mut filters = text(field, comparison, value);
                if *field == "ResourceSubCategory" {
                    let ai = text("ResourceCategory", "EQUALS", "AI/ML");
                    filters["CompositeFilters"]
                        .as_array_mut()
                        .unwrap()
                        .push(ai["CompositeFilters"][0].clone());
                    filters["CompositeOperator"] = json!("OR");
                }
                let found = get(&t, json!({"Filters": filters}));
                let is_negative = comparison.contains("NOT");
                let expected = all.iter().filter(|one| {
                    let any = texts(one, field).iter().any(|text| passes(text, value));
                    any != is_negative
                        || *field == "ResourceSubCategory" && one["ResourceCategory"] == "AI/ML"
                });
                let expected: Vec<Value> = expected.cloned().collect();
                // A word may be in more than the whole text.
                if comparison != "CONTAINS_WORD" || value == "nothing" {
                    assert_eq!(ids(&found), ids(&expected), "{field} {comparison} {value}");
                } else {
                    let contains = |one: &Value| found.contains(one);
                    assert!(expected.iter().all(contains), "{field} {value}");
                }
                found_some += usize::from(!found.is_empty());
            }
        }
    }
    assert!(found_some > 100, "{found_some}");
}

#[test]
fn numbers_dates_and_maps_are_asked_as_those_of_findings_are() {
    let t = store();
    let found = |kind: &str, field: &str, filter: Value| {
        let filters = all_of(kind, json!([{"FieldName": field, "Filter": filter}]));
        let found = get(&t, json!({"Filters": filters}));
        found
            .iter()
            .map(|one| one["ResourceId"].as_str().unwrap().to_owned())
            .collect::<Vec<String>>()
    };
    let number = |field: &str, filter: Value| found("NumberFilters", field, filter);
    let open = [BUCKET, QUEUE, "host", "m"];
    let total = "FindingsSummary.TotalFindings";
    assert_eq!(number(total, json!({"Gte": 1.0})), open);
    assert_eq!(number(total, json!({"Gt": 1.0})), [""; 0]);
    assert_eq!(
        number("FindingsSummary.Severities.Medium", json!({"Eq": 1.0})),
        open
    );
    assert_eq!(
        number("FindingsSummary.Severities.Critical", json!({"Eq": 0.0})),
        open
    );
    let of_ai = "ResourceInfo.AIDetails.SelfHostedTotalAIResourceCount";
    assert_eq!(number(of_ai, json!({"Gte": 0.0})), [""; 0]);
    let captured = |filter: Value| found("DateFilters", "ResourceDetailCaptureTime", filter);
    assert_eq!(
        captured(json!({"Start": "2026-01-01T00:01:00Z"})),
        ["quiet"]
    );
    assert_eq!(captured(json!({"End": "2026-01-01T00:00:30Z"})), open);
    let within = json!({"DateRange": {"Value": 1, "Unit": "DAYS"}});
    assert_eq!(captured(within).len(), 5);
    let tagged = |comparison: &str, value: &str| {
        let filter = json!({"Key": "team", "Value": value, "Comparison": comparison});
        found("MapFilters", "ResourceTags", filter)
    };
    assert_eq!(tagged("EQUALS", "a"), ["host"]);
    assert_eq!(tagged("NOT_EQUALS", "a"), [BUCKET, QUEUE, "m", "quiet"]);
}

#[test]
fn composites_nest_and_join() {
    let t = store();
    let one =
        |field: &str, value: &str| text(field, "EQUALS", value)["CompositeFilters"][0].clone();
    let mut nested = one("AccountId", ADMINISTRATOR);
    nested["Operator"] = json!("AND");
    nested["NestedCompositeFilters"] = json!([one("ResourceType", "AWS::S3::Bucket")]);
    let filters = json!({
        "CompositeOperator": "OR", "CompositeFilters": [nested, one("AccountId", MEMBER)],
    });
    assert_eq!(ids(&get(&t, json!({"Filters": filters}))), [BUCKET, "host"]);
    let mut deep = one("Region", "x");
    deep["NestedCompositeFilters"] = json!([{"NestedCompositeFilters": [one("Region", "y")]}]);
    let refused = |filters: Value| {
        wrong(call_as(
            &t,
            ADMINISTRATOR,
            "GetResourcesV2",
            json!({"Filters": filters}),
        ))
    };
    let deep = refused(json!({"CompositeFilters": [deep]}));
    assert_eq!(
        deep,
        ["/Filters/CompositeFilters/0/NestedCompositeFilters/0/NestedCompositeFilters"]
    );
    let contains = refused(text("ResourceId", "CONTAINS", "x"));
    assert_eq!(
        contains,
        ["/Filters/CompositeFilters/0/StringFilters/0/Filter/Comparison"]
    );
}

#[test]
fn a_sub_category_is_asked_among_resources_of_ai() {
    let t = store();
    let alone = text("ResourceSubCategory", "EQUALS", "Model");
    let input = json!({"Filters": alone});
    assert_eq!(
        wrong(call_as(&t, ADMINISTRATOR, "GetResourcesV2", input)),
        ["/Filters"]
    );
    let among = |category: &str, comparison: &str| {
        let filter = |field: &str, comparison: &str, value: &str| {
            let filter = json!({"Value": value, "Comparison": comparison});
            json!({"FieldName": field, "Filter": filter})
        };
        all_of(
            "StringFilters",
            json!([
                filter("ResourceSubCategory", "EQUALS", "Model"),
                filter("ResourceCategory", comparison, category),
            ]),
        )
    };
    assert_eq!(
        ids(&get(&t, json!({"Filters": among("AI/ML", "EQUALS")}))),
        ["m"]
    );
    for (category, comparison) in [("AI/ML", "PREFIX"), ("Compute", "EQUALS")] {
        let input = json!({"Filters": among(category, comparison)});
        assert_eq!(
            wrong(call_as(&t, ADMINISTRATOR, "GetResourcesV2", input)),
            ["/Filters"]
        );
    }
}
