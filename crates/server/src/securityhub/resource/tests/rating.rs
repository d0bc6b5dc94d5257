//! How critical automation rules find resources.

use super::*;

fn rule(order: f64, criticality: &str, criteria: Value) -> Value {
    json!({
        "RuleName": format!("rate {criticality}"), "Description": "Rates.", "RuleOrder": order,
        "Criteria": {"ResourceCriteria": criteria},
        "Actions": [
            {"Type": "RESOURCE_FIELDS_UPDATE", "ResourceFieldsUpdate": {"Criticality": criticality}},
        ],
    })
}

fn create_as(t: &Testing, account: &str, rule: Value) -> String {
    let made = call_as(t, account, "CreateAutomationRuleV2", rule).unwrap();
    made["RuleArn"].as_str().unwrap().to_owned()
}

fn named(name: &str) -> Value {
    let mut bucket = bucket();
    bucket["name"] = json!(name);
    bucket
}

#[test]
fn the_rule_of_highest_order_that_matches_has_the_last_word() {
    let t = enabled();
    let buckets = text("ResourceType", "EQUALS", "AWS::S3::Bucket");
    let shop = text("ResourceName", "CONTAINS", "shop");
    let arn = create_as(&t, ADMINISTRATOR, rule(20.0, "Very High", shop));
    create_as(&t, ADMINISTRATOR, rule(10.0, "Low", buckets));
    import(
        &t,
        &[about("a", json!([named("the-shop"), {"uid": QUEUE}]))],
    );
    let shown = resource(&t, BUCKET);
    assert_eq!(shown["ResourceCriticality"], "Very High");
    let sources = json!([{
        "Source": "AutomationRule", "Reason": format!("The automation rule rate Very High ({arn})"),
    }]);
    assert_eq!(shown["CriticalitySources"], sources);
    assert_eq!(resource(&t, QUEUE).get("ResourceCriticality"), None);
    let rated = text("ResourceCriticality", "EQUALS", "Very High");
    assert_eq!(ids(&get(&t, json!({"Filters": rated}))), [BUCKET]);
    // What is another way now is rated anew.
    import(&t, &[about("a", json!([named("the-stable")]))]);
    assert_eq!(resource(&t, BUCKET)["ResourceCriticality"], "Low");
}

#[test]
fn a_rule_rates_what_is_named_after_it_was_made_and_rests_when_it_is_off() {
    let t = enabled();
    import(&t, &[about("a", json!([bucket()]))]);
    let all = json!({"CompositeFilters": []});
    let arn = create_as(&t, ADMINISTRATOR, rule(1.0, "High", all));
    import(&t, &[about("a", json!([bucket()]))]);
    assert_eq!(resource(&t, BUCKET).get("ResourceCriticality"), None);
    // Nothing is new of the resource, but it is named by something new.
    import(&t, &[about("b", json!([bucket()]))]);
    assert_eq!(resource(&t, BUCKET)["ResourceCriticality"], "High");
    let off = json!({"Identifier": arn, "RuleStatus": "DISABLED"});
    call_as(&t, ADMINISTRATOR, "UpdateAutomationRuleV2", off).unwrap();
    import(&t, &[about("c", json!([bucket()]))]);
    assert_eq!(resource(&t, BUCKET).get("ResourceCriticality"), None);
}

#[test]
fn a_members_rule_rates_its_own_and_the_administrators_all() {
    let t = enabled();
    let all = json!({"CompositeFilters": []});
    create_as(&t, MEMBER, rule(2.0, "High", all.clone()));
    let documents = [
        about("a", json!([bucket()])),
        about_of(MEMBER, "b", json!([{"uid": "theirs"}])),
    ];
    import(&t, &documents);
    assert_eq!(resource(&t, BUCKET).get("ResourceCriticality"), None);
    assert_eq!(resource(&t, "theirs")["ResourceCriticality"], "High");
    create_as(&t, ADMINISTRATOR, rule(1.0, "Low", all));
    import(
        &t,
        &[
            about("c", json!([bucket()])),
            about_of(MEMBER, "d", json!([{"uid": "theirs"}])),
        ],
    );
    assert_eq!(resource(&t, BUCKET)["ResourceCriticality"], "Low");
    assert_eq!(resource(&t, "theirs")["ResourceCriticality"], "High");
}

#[test]
fn rules_over_resources_leave_findings_alone() {
    let t = enabled();
    let none = text("ResourceType", "NOT_EQUALS", "x");
    create_as(&t, ADMINISTRATOR, rule(1.0, "High", none));
    let before = about("a", json!([bucket()]));
    import(&t, std::slice::from_ref(&before));
    let found = crate::securityhub::finding::tests::finding(&t, "a");
    assert_eq!(found["severity"], before["severity"]);
    assert_eq!(found.get("comment"), None);
}

fn tried_as(t: &Testing, account: &str, input: Value) -> Value {
    t.call_as(account, "balefire", "TestAutomationRule", input)
        .unwrap()
}

/// A rule that is only thought of.
fn thought(criticality: &str, criteria: Value) -> Value {
    let rule = rule(1.0, criticality, criteria);
    json!({"Criteria": rule["Criteria"], "Actions": rule["Actions"], "Days": 1})
}

#[test]
fn a_rule_is_tried_on_all_resources_and_counts_those_that_it_would_rate_anew() {
    let t = enabled();
    let low = text("ResourceType", "EQUALS", "AWS::S3::Bucket");
    let arn = create_as(&t, ADMINISTRATOR, rule(1.0, "Low", low));
    import(
        &t,
        &[
            about("a", json!([bucket(), {"uid": QUEUE}])),
            about_of(MEMBER, "m", json!([{"uid": "theirs"}])),
        ],
    );
    t.advance_ms(30 * 24 * 60 * 60 * 1000);
    let log = |t: &Testing| crate::securityhub::finding::tests::log(t).len();
    let before = log(&t);
    let all = || json!({"CompositeFilters": []});
    let buckets = text("ResourceId", "PREFIX", "arn:aws:s3:");
    for (account, input, counts, ids) in [
        (
            ADMINISTRATOR,
            thought("Low", all()),
            [3, 3, 2],
            vec![BUCKET, QUEUE, "theirs"],
        ),
        (
            ADMINISTRATOR,
            thought("High", buckets.clone()),
            [3, 1, 1],
            vec![BUCKET],
        ),
        (
            ADMINISTRATOR,
            thought("Low", buckets.clone()),
            [3, 1, 0],
            vec![BUCKET],
        ),
        (
            ADMINISTRATOR,
            json!({"Identifier": arn, "Days": 1}),
            [3, 1, 0],
            vec![BUCKET],
        ),
        (MEMBER, thought("Low", all()), [1, 1, 1], vec!["theirs"]),
        (MEMBER, thought("Low", buckets), [1, 0, 0], vec![]),
    ] {
        let output = tried_as(&t, account, input.clone());
        assert_eq!(output["Subject"], "RESOURCES");
        let counted = ["Examined", "Matched", "Changed"].map(|name| output[name].as_i64());
        assert_eq!(counted, counts.map(Some), "{input}");
        let mut named: Vec<&str> = strings(&output["SampleUids"]);
        named.sort_unstable();
        assert_eq!(named, ids, "{input}");
    }
    assert_eq!(log(&t), before);
}

fn strings(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| one.as_str().unwrap()).collect()
}

/// What rules are not told of a resource, they are not tried on either.
#[test]
fn a_rule_is_tried_on_what_it_would_be_told() {
    let t = enabled();
    import(&t, &[about("a", json!([bucket()]))]);
    let findings = text("FindingsSummary.FindingType", "EQUALS", "Detection Finding");
    let asked = json!({"Filters": findings});
    assert_eq!(get(&t, asked).len(), 1);
    let output = tried_as(&t, ADMINISTRATOR, thought("High", findings.clone()));
    assert_eq!(output["Matched"], 0);
    create_as(&t, ADMINISTRATOR, rule(1.0, "High", findings));
    import(&t, &[about("b", json!([bucket()]))]);
    assert_eq!(resource(&t, BUCKET).get("ResourceCriticality"), None);
}

#[test]
fn at_most_ten_of_the_resources_that_match_are_named() {
    let t = enabled();
    let many: Vec<Value> = (0..30).map(|n| json!({"uid": format!("r{n}")})).collect();
    import(&t, &[about("a", json!(many))]);
    let all = json!({"CompositeFilters": []});
    let output = tried_as(&t, ADMINISTRATOR, thought("High", all));
    assert_eq!(output["Changed"], 30);
    assert_eq!(strings(&output["SampleUids"]).len(), 10);
}
