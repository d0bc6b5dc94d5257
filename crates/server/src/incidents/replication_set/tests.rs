//! The states of a replication set, what may be done in which, and its end.

use serde_json::{Value, json};

use super::DELAY_SETTING;
use crate::failure::Failure;
use crate::incidents::fixture::{SERVICE, missing, start, with_plan, wrong_at};
use crate::setting;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

const DELAY_MS: i64 = 60_000;

fn with_delay() -> Testing {
    let t = Testing::new();
    let set = |tx: &mut balefire_store::Tx<'_>| setting::set_number(tx, DELAY_SETTING, DELAY_MS);
    t.store.write_blocking("", set).unwrap().unwrap();
    t
}

fn create(t: &Testing) -> Result<Value, Failure> {
    t.call(
        SERVICE,
        "CreateReplicationSet",
        json!({"regions": {REGION: {}}}),
    )
}

fn arn(t: &Testing) -> String {
    let sets = t.call(SERVICE, "ListReplicationSets", json!({})).unwrap();
    sets["replicationSetArns"][0].as_str().unwrap().to_owned()
}

fn get(t: &Testing) -> Value {
    let got = t.call(SERVICE, "GetReplicationSet", json!({"arn": arn(t)}));
    got.unwrap()["replicationSet"].clone()
}

fn update(t: &Testing, action: Value) -> Result<Value, Failure> {
    let input = json!({"arn": arn(t), "actions": [action]});
    t.call(SERVICE, "UpdateReplicationSet", input)
}

fn add(t: &Testing, region: &str) -> Result<Value, Failure> {
    update(t, json!({"addRegionAction": {"regionName": region}}))
}

fn remove(t: &Testing, region: &str) -> Result<Value, Failure> {
    update(t, json!({"deleteRegionAction": {"regionName": region}}))
}

fn protect(t: &Testing, flag: bool) -> Result<Value, Failure> {
    let input = json!({"arn": arn(t), "deletionProtected": flag});
    t.call(SERVICE, "UpdateDeletionProtection", input)
}

fn delete(t: &Testing) -> Result<Value, Failure> {
    t.call(SERVICE, "DeleteReplicationSet", json!({"arn": arn(t)}))
}

fn arrive(t: &Testing) {
    t.advance_ms(DELAY_MS);
    t.step();
}

fn conflicts(refused: &Result<Value, Failure>) -> bool {
    matches!(
        refused,
        Err(Failure::Conflict {
            kind: "REPLICATION_SET",
            ..
        })
    )
}

#[test]
fn regions_come_and_go_through_their_states() {
    let (t, _) = with_plan(json!({"title": "Down", "impact": 2}));
    let key = "arn:aws:kms:eu-west-1:111111111111:key/1";
    t.advance_ms(1000);
    let with_key = json!({"addRegionAction": {"regionName": "eu-west-1", "sseKmsKeyId": key}});
    update(&t, with_key).unwrap();
    let updating = get(&t);
    assert_eq!(updating["status"], "UPDATING");
    assert_eq!(updating["lastModifiedTime"], t.now().0 / 1000);
    assert_eq!(updating["regionMap"]["eu-west-1"]["status"], "CREATING");
    assert_eq!(updating["regionMap"][REGION]["status"], "ACTIVE");
    t.advance_ms(1000);
    t.step();
    let active = get(&t);
    assert_eq!(active["status"], "ACTIVE");
    let region = &active["regionMap"]["eu-west-1"];
    assert_eq!(
        (&region["status"], &region["sseKmsKeyId"]),
        (&json!("ACTIVE"), &json!(key))
    );
    assert_eq!(region["statusUpdateDateTime"], t.now().0 / 1000);
    assert_eq!(
        active["regionMap"][REGION], updating["regionMap"][REGION],
        "it did not move"
    );
    remove(&t, "eu-west-1").unwrap();
    assert_eq!(get(&t)["regionMap"]["eu-west-1"]["status"], "DELETING");
    t.step();
    let regions = get(&t)["regionMap"].as_object().unwrap().len();
    assert_eq!((get(&t)["status"].clone(), regions), (json!("ACTIVE"), 1));
}

#[test]
fn a_wrong_region_is_named() {
    let (t, _) = with_plan(json!({"title": "Down", "impact": 2}));
    let (added, deleted) = (
        "/actions/0/addRegionAction/regionName",
        "/actions/0/deleteRegionAction/regionName",
    );
    assert_eq!(wrong_at(add(&t, REGION)), added);
    assert_eq!(wrong_at(add(&t, "")), added);
    assert_eq!(wrong_at(add(&t, "EU West")), added);
    assert_eq!(wrong_at(remove(&t, "eu-west-1")), deleted);
    for region in ["eu-west-1", "eu-west-2"] {
        add(&t, region).unwrap();
        t.step();
    }
    assert_eq!(wrong_at(add(&t, "eu-west-3")), added, "three at most");
    assert_eq!(get(&t)["status"], "ACTIVE", "a refusal moves nothing");
}

#[test]
fn nothing_is_used_while_the_set_moves() {
    let t = with_delay();
    create(&t).unwrap();
    assert_eq!(get(&t)["status"], "CREATING");
    assert_eq!(get(&t)["regionMap"][REGION]["status"], "CREATING");
    let plan = json!({"name": "plan", "incidentTemplate": {"title": "Down", "impact": 2}});
    let create_plan = || t.call(SERVICE, "CreateResponsePlan", plan.clone());
    assert!(matches!(create_plan(), Err(Failure::Unsettled(_))));
    assert!(conflicts(&create(&t)), "one is being created");
    assert!(conflicts(&add(&t, "eu-west-1")));
    t.step();
    assert_eq!(get(&t)["status"], "CREATING", "the delay is not over");
    arrive(&t);
    assert_eq!(get(&t)["status"], "ACTIVE");
    let plan = create_plan().unwrap()["arn"].as_str().unwrap().to_owned();
    let incident = start(&t, &plan, json!({})).unwrap();
    add(&t, "eu-west-1").unwrap();
    let record = json!({"incidentRecordArn": incident});
    for (operation, input) in [
        ("StartIncident", json!({"responsePlanArn": plan})),
        ("GetIncidentRecord", json!({"arn": incident})),
        ("ListIncidentRecords", json!({})),
        (
            "UpdateIncidentRecord",
            json!({"arn": incident, "title": "x"}),
        ),
        ("DeleteIncidentRecord", json!({"arn": incident})),
        ("ListTimelineEvents", record.clone()),
        ("ListRelatedItems", record.clone()),
        ("ListIncidentFindings", record),
        ("GetResponsePlan", json!({"arn": plan})),
        ("ListResponsePlans", json!({})),
        ("UpdateResponsePlan", json!({"arn": plan})),
        ("DeleteResponsePlan", json!({"arn": plan})),
        ("ListTagsForResource", json!({"resourceArn": plan})),
        ("DeleteReplicationSet", json!({"arn": arn(&t)})),
    ] {
        let refused = t.call(SERVICE, operation, input);
        let Err(failure @ Failure::Unsettled(_)) = refused else {
            panic!("{operation}: {refused:?}");
        };
        assert!(failure.message().contains("UPDATING"), "{operation}");
    }
    assert!(conflicts(&add(&t, "eu-west-2")));
    arrive(&t);
    start(&t, &plan, json!({})).unwrap();
}

#[test]
fn a_protected_set_is_not_deleted() {
    let (t, _) = with_plan(json!({"title": "Down", "impact": 2}));
    let before = get(&t);
    t.advance_ms(1000);
    protect(&t, true).unwrap();
    let after = get(&t);
    assert_eq!(after["deletionProtected"], true);
    assert_eq!(
        (&after["regionMap"], &after["status"]),
        (&before["regionMap"], &before["status"])
    );
    assert_eq!(wrong_at(delete(&t)), "/arn");
    assert_eq!(wrong_at(remove(&t, REGION)), "/arn");
    t.step();
    assert_eq!(get(&t), after);
    protect(&t, false).unwrap();
    delete(&t).unwrap();
    let too_late = protect(&t, true);
    assert!(
        matches!(too_late, Err(Failure::Unsettled(_))),
        "{too_late:?}"
    );
}

#[test]
fn deleting_a_set_takes_all_of_the_account_and_nothing_else() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2, "incidentTags": {"a": "b"}}));
    let regions = json!({"regions": {REGION: {}}, "tags": {"a": "b"}});
    t.call_as(MEMBER, SERVICE, "CreateReplicationSet", regions)
        .unwrap();
    let other = json!({"name": "plan", "incidentTemplate": {"title": "x", "impact": 1}, "tags": {"a": "b"}});
    t.call_as(MEMBER, SERVICE, "CreateResponsePlan", other)
        .unwrap();
    let incident = start(&t, &plan, json!({})).unwrap();
    t.call(
        SERVICE,
        "TagResource",
        json!({"resourceArn": arn(&t), "tags": {"a": "b"}}),
    )
    .unwrap();
    let stack = json!({
        "stack-id": "arn:aws:cloudformation:eu-central-1:111111111111:stack/a/1",
        "status-details": {"status": "UPDATE_IN_PROGRESS"},
    });
    let event = json!({
        "Source": "aws.cloudformation", "DetailType": "CloudFormation Stack Status Change",
        "Detail": stack.to_string(),
    });
    t.call("events", "PutEvents", json!({"Entries": [event]}))
        .unwrap();
    t.step();
    assert_eq!(t.count("deployment"), 1);
    // More than goes in one transaction.
    for number in 0..1100 {
        let event = json!({
            "incidentRecordArn": incident, "eventType": "Note", "eventData": "x", "eventTime": number,
            "eventReferences": [{"resource": incident}],
        });
        t.call(SERVICE, "CreateTimelineEvent", event).unwrap();
    }
    let set = arn(&t);
    delete(&t).unwrap();
    assert_eq!(get(&t)["status"], "DELETING");
    assert_eq!(get(&t)["regionMap"][REGION]["status"], "DELETING");
    delete(&t).unwrap();
    assert!(conflicts(&create(&t)), "one is being deleted");
    assert!(conflicts(&add(&t, "eu-west-1")));
    assert!(start(&t, &plan, json!({})).is_err());
    t.step();
    let gone = t.call(SERVICE, "GetReplicationSet", json!({"arn": set}));
    assert_eq!(missing(gone), "REPLICATION_SET");
    let again = t.call(SERVICE, "DeleteReplicationSet", json!({"arn": set}));
    assert_eq!(missing(again), "REPLICATION_SET");
    for (table, left) in [
        ("incident", 0),
        ("timeline_event", 0),
        ("timeline_reference", 0),
        ("related_item", 0),
        ("deployment", 0),
        ("deployment_resource", 0),
        ("response_plan", 1),
        ("tag", 2),
        ("replication_set", 1),
        ("job", 0),
    ] {
        assert_eq!(t.count(table), left, "{table}");
    }
    create(&t).unwrap();
    assert_ne!(arn(&t), set);
    assert_eq!(
        missing(t.call(SERVICE, "GetIncidentRecord", json!({"arn": incident}))),
        "INCIDENT_RECORD"
    );
}

#[test]
fn the_last_region_takes_the_set_along() {
    let (t, _) = with_plan(json!({"title": "Down", "impact": 2}));
    remove(&t, REGION).unwrap();
    assert_eq!(get(&t)["status"], "DELETING");
    t.step();
    let sets = t.call(SERVICE, "ListReplicationSets", json!({})).unwrap();
    assert_eq!(sets["replicationSetArns"], json!([]));
}

#[test]
fn no_account_moves_anothers_set() {
    let (t, _) = with_plan(json!({"title": "Down", "impact": 2}));
    t.call_as(
        MEMBER,
        SERVICE,
        "CreateReplicationSet",
        json!({"regions": {REGION: {}}}),
    )
    .unwrap();
    let (set, before) = (arn(&t), get(&t));
    let action = json!({"addRegionAction": {"regionName": "eu-west-1"}});
    for (operation, more) in [
        ("GetReplicationSet", json!({"arn": set})),
        (
            "UpdateReplicationSet",
            json!({"arn": set, "actions": [action]}),
        ),
        (
            "UpdateDeletionProtection",
            json!({"arn": set, "deletionProtected": true}),
        ),
        ("DeleteReplicationSet", json!({"arn": set})),
    ] {
        let foreign = t.call_as(MEMBER, SERVICE, operation, more.clone());
        assert_eq!(missing(foreign), "REPLICATION_SET", "{operation}");
        // Nor is the set known under the other account's number.
        let mut swapped = more;
        swapped["arn"] = json!(set.replace(ADMINISTRATOR, MEMBER));
        let foreign = t.call_as(MEMBER, SERVICE, operation, swapped);
        assert_eq!(missing(foreign), "REPLICATION_SET", "{operation}");
    }
    t.step();
    assert_eq!(get(&t), before);
}

#[test]
fn each_incident_that_goes_with_its_set_is_told_of() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2}));
    // More than go in one transaction.
    let mut arns: Vec<String> = (0..250)
        .map(|_| start(&t, &plan, json!({})).unwrap())
        .collect();
    delete(&t).unwrap();
    t.step();
    let told = |tx: &mut balefire_store::Tx<'_>| {
        tx.query(
            "SELECT subject FROM log WHERE kind = 'incident.deleted'",
            &[],
        )
    };
    let rows = t.store.read_blocking(told).unwrap().unwrap();
    let mut told: Vec<String> = rows.iter().map(|row| row.text(0).unwrap().into()).collect();
    told.sort();
    arns.sort();
    assert_eq!(told, arns);
}
