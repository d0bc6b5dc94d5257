//! From findings to incidents, by rules whose action is a response plan.

use serde_json::{Value, json};

use crate::securityhub::automation_rule::tests::equals;
use crate::securityhub::finding::tests::{document, enabled, import, uid_of};
use crate::testing::incident::{items, move_replication_set, record, told};
use crate::testing::{ADMINISTRATOR, REGION, Testing};

const BUCKET: &str = "arn:aws:s3:::orders";

/// A hub and a response plan.
fn ready(template: Value) -> Testing {
    let t = enabled();
    let regions = json!({"regions": {REGION: {}}});
    t.call("ssm-incidents", "CreateReplicationSet", regions)
        .unwrap();
    let mut whole = json!({"title": "Something was found", "impact": 2});
    whole
        .as_object_mut()
        .unwrap()
        .extend(template.as_object().unwrap().clone());
    let plan = json!({"name": "plan", "incidentTemplate": whole});
    t.call("ssm-incidents", "CreateResponsePlan", plan).unwrap();
    t.step();
    t
}

/// A rule over critical findings, by its ARN.
fn rule(t: &Testing, plan: &str) -> String {
    let arn = format!("arn:aws:ssm-incidents::{ADMINISTRATOR}:response-plan/{plan}");
    let action = json!({
        "Type": "EXTERNAL_INTEGRATION", "ExternalIntegrationConfiguration": {"ConnectorArn": arn},
    });
    let input = json!({
        "RuleName": "page", "Description": "Pages", "RuleOrder": 1,
        "Criteria": equals("severity", "Critical"), "Actions": [action],
    });
    let made = t
        .call("securityhub", "CreateAutomationRuleV2", input)
        .unwrap();
    made["RuleArn"].as_str().unwrap().to_owned()
}

fn critical(uid: &str, mut set: Value) -> Value {
    set["severity_id"] = 5.into();
    set["severity"] = "Critical".into();
    document(uid, set)
}

fn with_cve(uid: &str, cve: &str) -> Value {
    let vulnerabilities =
        json!([{"title": "no id"}, {"cve": {"uid": cve}}, {"cve": {"uid": "CVE-0"}}]);
    critical(
        uid,
        json!({"vulnerabilities": vulnerabilities, "resources": [{"uid": BUCKET}, {"uid": "i-1"}]}),
    )
}

fn bring(t: &Testing, documents: &[Value]) {
    t.advance_ms(1);
    import(t, documents);
    t.step();
}

/// ARNs of incidents, the oldest first.
fn incidents(t: &Testing) -> Vec<String> {
    let listed = t
        .call("ssm-incidents", "ListIncidentRecords", json!({}))
        .unwrap();
    let all = listed["incidentRecordSummaries"]
        .as_array()
        .unwrap()
        .iter()
        .rev();
    all.map(|summary| summary["arn"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_vulnerability_opens_one_incident_that_names_findings_and_resources() {
    let t = ready(json!({}));
    let rule = rule(&t, "plan");
    bring(
        &t,
        &[
            with_cve("a", "CVE-2099-1"),
            with_cve("b", "CVE-2099-1"),
            document("c", json!({})),
        ],
    );
    let open = incidents(&t);
    assert_eq!(open.len(), 1);
    let incident = record(&t, &open[0]);
    assert_eq!(incident["title"], "CVE-2099-1: Finding a");
    let source = &incident["incidentRecordSource"];
    assert_eq!(source["source"], "aws.securityhub");
    assert_eq!(source["resourceArn"], rule);
    assert_eq!(source["invokedBy"], "securityhub.amazonaws.com");
    let finding = |uid: &str| {
        let uid = uid_of(ADMINISTRATOR, uid);
        format!("arn:aws:securityhub:{REGION}:{ADMINISTRATOR}:finding/{uid}")
    };
    let found: Vec<Value> = items(&t, &open[0])
        .iter()
        .map(|item| {
            json!([
                item["identifier"]["type"],
                item["identifier"]["value"]["arn"],
                item.get("title")
            ])
        })
        .collect();
    let expected = json!([
        ["OTHER", finding("a"), "Finding a"],
        ["OTHER", finding("b"), "Finding b"],
        ["INVOLVED_RESOURCE", BUCKET, null],
    ]);
    assert_eq!(json!(found), expected);
    let triggers = told(&t, &open[0], "SSM Incident Trigger");
    let data: Value = serde_json::from_str(triggers[0]["rawData"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&data["cause"], &data["findingCount"]),
        (&json!("CVE-2099-1"), &json!(2))
    );
    // More of the same folds in, and another matter is another incident.
    bring(&t, &[with_cve("d", "CVE-2099-1"), critical("e", json!({}))]);
    let open = incidents(&t);
    assert_eq!(open.len(), 2);
    assert_eq!(record(&t, &open[1])["title"], "Finding e");
    assert_eq!(told(&t, &open[0], "SSM Incident Trigger").len(), 2);
    assert_eq!(items(&t, &open[0]).len(), 4);
}

#[test]
fn only_what_newly_calls_for_an_incident_opens_one() {
    let t = ready(json!({}));
    bring(&t, &[critical("old", json!({}))]);
    t.advance_ms(1);
    rule(&t, "plan");
    let resolve = || {
        let open = incidents(&t);
        let last = json!({"arn": open.last().unwrap(), "status": "RESOLVED"});
        t.call("ssm-incidents", "UpdateIncidentRecord", last)
            .unwrap();
    };
    let resolved = json!({"status_id": 4, "status": "Resolved", "extra": 3});
    let steps = [
        // The rule sees a finding that is older than it with its next version.
        (critical("old", json!({"extra": 1})), 1),
        // The next version of what it has seen is nothing new.
        (critical("old", json!({"extra": 2})), 1),
        (critical("old", resolved.clone()), 1),
        (critical("old", json!({"extra": 4})), 2),
        (document("old", json!({"extra": 5})), 2),
        (critical("old", json!({"extra": 6})), 3),
        // Nothing is to be done about what is over.
        (critical("over", resolved), 3),
    ];
    for (document, expected) in steps {
        bring(&t, std::slice::from_ref(&document));
        assert_eq!(incidents(&t).len(), expected, "{document}");
        resolve();
    }
}

#[test]
fn a_hub_that_was_off_opens_no_incident_twice() {
    let t = ready(json!({}));
    rule(&t, "plan");
    let twice = |extra: i64| {
        let mut version = with_cve("a", "CVE-2099-1");
        version["extra"] = extra.into();
        t.advance_ms(1);
        for operation in ["DisableSecurityHubV2", "EnableSecurityHubV2"] {
            t.call("securityhub", operation, json!({})).unwrap();
        }
        bring(&t, &[version]);
        incidents(&t)
    };
    bring(&t, &[with_cve("a", "CVE-2099-1")]);
    let open = incidents(&t);
    assert_eq!(twice(1), open, "it is folded into the open one");
    assert_eq!(told(&t, &open[0], "SSM Incident Trigger").len(), 2);
    // Nobody works on it any more, so the rules of the new hub call for another one, once.
    let over = json!({"arn": open[0], "status": "RESOLVED"});
    t.call("ssm-incidents", "UpdateIncidentRecord", over)
        .unwrap();
    assert_eq!(twice(2).len(), 2);
    assert_eq!(twice(3).len(), 2);
}

#[test]
fn a_storm_opens_twenty_incidents_an_hour_and_one_for_the_rest() {
    let t = ready(json!({}));
    let rule = rule(&t, "plan");
    let storm = |from: usize| -> Vec<Value> {
        (from..from + 500)
            .map(|n| with_cve(&format!("f{n}"), &format!("CVE-2099-{n}")))
            .collect()
    };
    for call in 0..10 {
        import(&t, &storm(call * 500));
    }
    t.step();
    let open = incidents(&t);
    assert_eq!(open.len(), 21);
    let rest = open
        .iter()
        .find(|arn| record(&t, arn)["title"] == "Something was found")
        .unwrap();
    assert_eq!(record(&t, rest)["dedupeString"], rule);
    assert_eq!(items(&t, rest).len(), 50);
    assert_eq!(told(&t, rest, "SSM Incident Trigger").len(), 10);
    // What has an incident of its own keeps it, and an hour later there is room again.
    bring(
        &t,
        &[
            with_cve("again", "CVE-2099-3"),
            with_cve("more", "CVE-2099-7000"),
        ],
    );
    assert_eq!(incidents(&t).len(), 21);
    t.advance_ms(60 * 60 * 1000);
    bring(&t, &[with_cve("late", "CVE-2099-8000")]);
    assert_eq!(incidents(&t).len(), 22);
    assert_eq!(crate::testing::incident::given_up(&t), Vec::<String>::new());
}

#[test]
fn what_is_resolved_makes_no_room_for_more_within_the_hour() {
    let t = ready(json!({}));
    let rule = rule(&t, "plan");
    let storm = |from: usize, count: usize| {
        let found = (from..from + count)
            .map(|n| with_cve(&format!("f{n}"), &format!("CVE-2099-{n}")))
            .collect::<Vec<_>>();
        bring(&t, &found);
    };
    let resolve_all = || {
        for arn in incidents(&t) {
            let resolved = json!({"arn": arn, "status": "RESOLVED"});
            t.call("ssm-incidents", "UpdateIncidentRecord", resolved)
                .unwrap();
        }
    };
    storm(0, 15);
    resolve_all();
    storm(100, 15);
    let of_the_rule_itself = || {
        let all = incidents(&t).into_iter();
        all.filter(|arn| record(&t, arn)["dedupeString"] == rule)
            .count()
    };
    assert_eq!((incidents(&t).len(), of_the_rule_itself()), (21, 1));
    storm(200, 15);
    assert_eq!((incidents(&t).len(), of_the_rule_itself()), (21, 1));
    // The rest has no incident that is open, and is not passed over.
    resolve_all();
    storm(300, 15);
    assert_eq!((incidents(&t).len(), of_the_rule_itself()), (22, 2));
    t.advance_ms(60 * 60 * 1000);
    storm(400, 15);
    assert_eq!((incidents(&t).len(), of_the_rule_itself()), (37, 2));
}

#[test]
fn one_matter_of_many_findings_is_one_incident_with_as_many_items_as_it_may_have() {
    let t = ready(json!({}));
    rule(&t, "plan");
    let arns = |n: usize| json!([{"uid": format!("arn:aws:s3:::bucket-{n}")}]);
    let all: Vec<Value> = (0..100)
        .map(|n| {
            let arn = format!("arn:aws:inspector2:{REGION}:{ADMINISTRATOR}:finding/{n}");
            let info = json!({"uid": arn, "title": "Same"});
            critical("x", json!({"finding_info": info, "resources": arns(n)}))
        })
        .collect();
    bring(&t, &all);
    bring(
        &t,
        &[critical(
            "y",
            json!({"finding_info": {"uid": "y", "title": "Same"}}),
        )],
    );
    let open = incidents(&t);
    assert_eq!(open.len(), 1);
    assert_eq!(items(&t, &open[0]).len(), 50);
    let first = &items(&t, &open[0])[0]["identifier"]["value"]["arn"];
    assert_eq!(
        first,
        &format!("arn:aws:inspector2:{REGION}:{ADMINISTRATOR}:finding/0")
    );
}

#[test]
fn a_plans_own_string_makes_one_incident_of_everything() {
    let t = ready(json!({"dedupeString": "all"}));
    rule(&t, "plan");
    bring(
        &t,
        &[
            with_cve("a", "CVE-1"),
            with_cve("b", "CVE-2"),
            critical("c", json!({})),
        ],
    );
    let open = incidents(&t);
    assert_eq!(open.len(), 1);
    assert_eq!(told(&t, &open[0], "SSM Incident Trigger").len(), 1);
}

#[test]
fn a_plan_that_is_not_there_is_noted_and_keeps_nothing_from_being_imported() {
    let t = ready(json!({}));
    let rule = rule(&t, "none");
    bring(&t, &[critical("a", json!({}))]);
    assert_eq!(incidents(&t), Vec::<String>::new());
    let read = |tx: &mut balefire_store::Tx<'_>| {
        tx.query(
            "SELECT subject FROM log WHERE kind = 'automation_rule.target_missed'",
            &[],
        )
    };
    let rows = t.store.read_blocking(read).unwrap().unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].text(0).unwrap(), rule);
}

#[test]
fn findings_open_while_the_replication_set_is_on_the_move() {
    let t = ready(json!({}));
    rule(&t, "plan");
    move_replication_set(&t, 60_000);
    bring(&t, &[with_cve("a", "CVE-2099-1")]);
    t.advance_ms(60_000);
    t.step();
    assert_eq!(incidents(&t).len(), 1);
}

#[test]
fn odd_texts_of_providers_make_no_incident_fail() {
    let t = ready(json!({}));
    rule(&t, "plan");
    let title = |title: String| json!({"finding_info": {"uid": title, "title": title}});
    bring(
        &t,
        &[
            critical("a", title("a\u{0}b\n".into())),
            critical("b", title("x".repeat(5000))),
            critical("c", title(format!("{}y", "x".repeat(5000)))),
            critical(
                "d",
                json!({"finding_info": {"uid": "arn:aws nonsense", "title": "d"}}),
            ),
        ],
    );
    assert_eq!(incidents(&t).len(), 4);
    assert_eq!(crate::testing::incident::given_up(&t), Vec::<String>::new());
}
