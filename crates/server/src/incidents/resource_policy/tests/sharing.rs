//! What another account may do with a shared plan: what the policy lists, and while it is there.

use serde_json::{Value, json};

use super::{ALL, share};
use crate::failure::Failure;
use crate::incidents::fixture::{
    SERVICE, event_ids, event_types, missing, record, start, with_plan,
};
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

const STRANGER: &str = "444444444444";

/// A plan, an incident of it and a note in that, all of the administrator's account.
struct Owned {
    t: Testing,
    plan: String,
    incident: String,
    note: String,
}

impl Owned {
    fn new() -> Owned {
        let tags = json!({"team": "a"});
        let (t, plan) = with_plan(json!({"title": "Down", "impact": 2, "incidentTags": tags}));
        let incident = start(&t, &plan, json!({})).unwrap();
        let mut owned = Owned {
            t,
            plan,
            incident,
            note: String::new(),
        };
        let made = owned.t.call(
            SERVICE,
            "CreateTimelineEvent",
            owned.input("CreateTimelineEvent"),
        );
        owned.note = made.unwrap()["eventId"].as_str().unwrap().to_owned();
        owned
    }

    fn input(&self, operation: &str) -> Value {
        let incident = &self.incident;
        let item = json!({"type": "OTHER", "value": {"url": "https://example.org"}});
        match operation {
            "GetResponsePlan" | "UpdateResponsePlan" | "DeleteResponsePlan" => {
                json!({"arn": self.plan})
            }
            "StartIncident" => json!({"responsePlanArn": self.plan}),
            "GetIncidentRecord" | "DeleteIncidentRecord" => json!({"arn": incident}),
            "UpdateIncidentRecord" => json!({"arn": incident, "title": "Worse"}),
            "CreateTimelineEvent" => json!({
                "incidentRecordArn": incident, "eventType": "Note", "eventData": "x", "eventTime": 1,
            }),
            "UpdateTimelineEvent" => {
                json!({"incidentRecordArn": incident, "eventId": self.note, "eventData": "y"})
            }
            "GetTimelineEvent" | "DeleteTimelineEvent" => {
                json!({"incidentRecordArn": incident, "eventId": self.note})
            }
            "UpdateRelatedItems" => json!({
                "incidentRecordArn": incident, "relatedItemsUpdate": {"itemToAdd": {"identifier": item}},
            }),
            "ListTagsForResource" => json!({"resourceArn": incident}),
            "TagResource" => json!({"resourceArn": self.plan, "tags": {"a": "b"}}),
            "UntagResource" => json!({"resourceArn": self.plan, "tagKeys": ["a"]}),
            "BatchGetIncidentFindings" => {
                json!({"incidentRecordArn": incident, "findingIds": ["x"]})
            }
            _ => json!({"incidentRecordArn": incident}),
        }
    }

    fn foreign(&self, operation: &str) -> Result<Value, Failure> {
        self.t
            .call_as(MEMBER, SERVICE, operation, self.input(operation))
    }
}

#[test]
fn each_action_is_allowed_by_itself_and_opens_no_other() {
    for allowed in ALL {
        let owned = Owned::new();
        share(&owned.t, &owned.plan, &[allowed]);
        for operation in ALL {
            let outcome = owned.foreign(operation);
            if operation == allowed {
                assert!(outcome.is_ok(), "{operation}: {outcome:?}");
            } else {
                let denied = matches!(outcome, Err(Failure::Denied(_)));
                assert!(denied, "{operation} with {allowed} alone: {outcome:?}");
            }
        }
    }
}

#[test]
fn what_cannot_be_shared_stays_the_owners() {
    let owned = Owned::new();
    share(&owned.t, &owned.plan, &ALL);
    for operation in [
        "UpdateResponsePlan",
        "DeleteResponsePlan",
        "DeleteIncidentRecord",
        "DeleteTimelineEvent",
        "ListIncidentFindings",
        "BatchGetIncidentFindings",
        "ListTagsForResource",
        "TagResource",
        "UntagResource",
    ] {
        let outcome = owned.foreign(operation);
        assert!(
            matches!(outcome, Err(Failure::Denied(_))),
            "{operation}: {outcome:?}"
        );
    }
    let plan = owned.foreign("GetResponsePlan").unwrap();
    assert_eq!(
        plan["incidentTemplate"],
        json!({"title": "Down", "impact": 2}),
        "no tags"
    );
    let listed = owned
        .t
        .call_as(MEMBER, SERVICE, "ListIncidentRecords", json!({}));
    assert_eq!(listed.unwrap()["incidentRecordSummaries"], json!([]));
}

#[test]
fn nothing_is_open_before_a_policy_to_others_and_after_it() {
    let owned = Owned::new();
    let closed = |account: &str| {
        for operation in ALL {
            let outcome = owned
                .t
                .call_as(account, SERVICE, operation, owned.input(operation));
            match operation {
                "ListTimelineEvents" => assert_eq!(outcome.unwrap()["eventSummaries"], json!([])),
                "ListRelatedItems" => assert_eq!(outcome.unwrap()["relatedItems"], json!([])),
                _ => assert!(
                    matches!(outcome, Err(Failure::NotFound { .. })),
                    "{operation}: {outcome:?}"
                ),
            }
        }
        let listed = owned
            .t
            .call_as(account, SERVICE, "ListResponsePlans", json!({}));
        assert_eq!(listed.unwrap()["responsePlanSummaries"], json!([]));
    };
    let before = record(&owned.t, &owned.incident);
    closed(MEMBER);
    let first = share(&owned.t, &owned.plan, &ALL);
    let second = share(&owned.t, &owned.plan, &["GetIncidentRecord"]);
    closed(STRANGER);
    let delete = |id: String| {
        let input = json!({"resourceArn": owned.plan, "policyId": id});
        owned
            .t
            .call(SERVICE, "DeleteResourcePolicy", input)
            .unwrap();
    };
    delete(first);
    assert!(
        owned.foreign("GetIncidentRecord").is_ok(),
        "another policy still allows it"
    );
    assert!(matches!(
        owned.foreign("StartIncident"),
        Err(Failure::Denied(_))
    ));
    delete(second);
    closed(MEMBER);
    assert_eq!(record(&owned.t, &owned.incident), before);
}

#[test]
fn what_a_consumer_does_happens_in_the_owners_account() {
    let owned = Owned::new();
    let t = &owned.t;
    share(t, &owned.plan, &ALL);
    let arn = owned.foreign("StartIncident").unwrap()["incidentRecordArn"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(arn.contains(ADMINISTRATOR), "{arn}");
    let consumer = format!("arn:aws:iam::{MEMBER}:user/tester");
    let started = record(t, &arn);
    assert_eq!(started["incidentRecordSource"]["createdBy"], consumer);
    let tags = t.call(SERVICE, "ListTagsForResource", json!({"resourceArn": arn}));
    assert_eq!(tags.unwrap()["tags"], json!({"team": "a"}));
    for operation in [
        "UpdateIncidentRecord",
        "CreateTimelineEvent",
        "UpdateTimelineEvent",
        "UpdateRelatedItems",
    ] {
        owned.foreign(operation).unwrap();
    }
    assert_eq!(record(t, &owned.incident)["lastModifiedBy"], consumer);
    assert_eq!(event_types(t, &owned.incident).len(), 5);
    assert_eq!(event_ids(t, &owned.incident, json!([]))[0], owned.note);
    let seen = owned.foreign("ListTimelineEvents").unwrap();
    assert_eq!(seen["eventSummaries"].as_array().unwrap().len(), 5);
    for table in ["incident", "timeline_event", "related_item"] {
        let foreign = format!("{table} WHERE account <> '{ADMINISTRATOR}'");
        assert_eq!(t.count(&foreign), 0, "{table}");
    }
    let log = format!("log WHERE account = '{ADMINISTRATOR}' AND actor = '{consumer}'");
    assert_eq!(t.count(&log), 5);
    assert_eq!(t.count(&format!("log WHERE account = '{MEMBER}'")), 0);
}

#[test]
fn two_accounts_open_one_incident_with_one_string() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2, "dedupeString": "db"}));
    share(&t, &plan, &["StartIncident"]);
    let start = |account: &str, token: &str| {
        let input = json!({"responsePlanArn": plan, "clientToken": token});
        t.call_as(account, SERVICE, "StartIncident", input).unwrap()["incidentRecordArn"].clone()
    };
    let first = start(MEMBER, "a");
    assert_eq!(start(ADMINISTRATOR, "a"), first);
    assert_eq!(start(MEMBER, "b"), first);
    assert_eq!(start(MEMBER, "a"), first);
    assert_eq!(t.count("incident"), 1);
    assert_eq!(
        event_types(&t, first.as_str().unwrap()).len(),
        3,
        "tokens are of an account"
    );
}

#[test]
fn a_string_leads_a_consumer_to_no_incident_of_another_plan() {
    let template = json!({"title": "Down", "impact": 2, "dedupeString": "db"});
    let (t, plan) = with_plan(template.clone());
    let other = json!({"name": "other", "incidentTemplate": template});
    let other = t.call(SERVICE, "CreateResponsePlan", other).unwrap()["arn"]
        .as_str()
        .unwrap()
        .to_owned();
    share(&t, &plan, &["StartIncident"]);
    let private = start(&t, &other, json!({})).unwrap();
    let consumer = || {
        let input = json!({"responsePlanArn": plan});
        t.call_as(MEMBER, SERVICE, "StartIncident", input).unwrap()["incidentRecordArn"].clone()
    };
    let shared = consumer();
    assert_ne!(shared, private);
    assert_eq!(consumer(), shared);
    assert_eq!(event_types(&t, &private).len(), 1);
    assert_eq!(
        start(&t, &plan, json!({})).unwrap(),
        private,
        "the owner's starts fold as ever"
    );
}

#[test]
fn a_token_is_of_an_account_whatever_it_writes_to() {
    let owned = Owned::new();
    let t = &owned.t;
    share(t, &owned.plan, &["StartIncident"]);
    t.call_as(
        MEMBER,
        SERVICE,
        "CreateReplicationSet",
        json!({"regions": {REGION: {}}}),
    )
    .unwrap();
    let own = json!({"name": "own", "incidentTemplate": {"title": "x", "impact": 1}});
    let own = t
        .call_as(MEMBER, SERVICE, "CreateResponsePlan", own)
        .unwrap()["arn"]
        .clone();
    let start = |plan: Value| {
        let input = json!({"responsePlanArn": plan, "clientToken": "t"});
        t.call_as(MEMBER, SERVICE, "StartIncident", input)
    };
    start(json!(owned.plan)).unwrap();
    assert!(matches!(start(own), Err(Failure::Conflict { .. })));
}

#[test]
fn shared_plans_are_listed_after_the_callers_own() {
    let owned = Owned::new();
    let t = &owned.t;
    let mut shared = vec![owned.plan.clone()];
    for name in ["a", "z"] {
        let plan = json!({"name": name, "incidentTemplate": {"title": "x", "impact": 1}});
        let plan = t.call(SERVICE, "CreateResponsePlan", plan).unwrap()["arn"]
            .as_str()
            .unwrap()
            .to_owned();
        shared.push(plan);
    }
    shared.sort();
    t.call_as(
        MEMBER,
        SERVICE,
        "CreateReplicationSet",
        json!({"regions": {REGION: {}}}),
    )
    .unwrap();
    let mut all = Vec::new();
    for name in ["b", "c"] {
        let plan = json!({"name": name, "incidentTemplate": {"title": "x", "impact": 1}});
        let plan = t
            .call_as(MEMBER, SERVICE, "CreateResponsePlan", plan)
            .unwrap();
        all.push(plan["arn"].as_str().unwrap().to_owned());
    }
    for plan in &shared[..2] {
        share(t, plan, &ALL);
        share(t, plan, &["GetResponsePlan"]);
    }
    share(t, &shared[2], &["StartIncident"]);
    let mut to_itself = super::statement(&shared[2], &ALL);
    to_itself["Principal"]["AWS"] = json!(ADMINISTRATOR);
    super::put_statement(t, &shared[2], &to_itself).unwrap();
    let own = t.call(SERVICE, "ListResponsePlans", json!({})).unwrap();
    assert_eq!(own["responsePlanSummaries"].as_array().unwrap().len(), 3);
    all.extend_from_slice(&shared[..2]);
    for limit in 1..=5 {
        let (mut seen, mut token) = (Vec::new(), Value::Null);
        loop {
            let input = json!({"maxResults": limit, "nextToken": token});
            let page = t
                .call_as(MEMBER, SERVICE, "ListResponsePlans", input)
                .unwrap();
            let plans = page["responsePlanSummaries"].as_array().unwrap().iter();
            seen.extend(plans.map(|plan| plan["arn"].as_str().unwrap().to_owned()));
            token = page["nextToken"].clone();
            if token.is_null() {
                break;
            }
        }
        assert_eq!(seen, all, "pages of {limit}");
    }
}

#[test]
fn sharing_ends_with_the_owners_set() {
    let owned = Owned::new();
    share(&owned.t, &owned.plan, &ALL);
    let sets = owned
        .t
        .call(SERVICE, "ListReplicationSets", json!({}))
        .unwrap();
    let set = json!({"arn": sets["replicationSetArns"][0]});
    owned.t.call(SERVICE, "DeleteReplicationSet", set).unwrap();
    assert!(matches!(
        owned.foreign("StartIncident"),
        Err(Failure::Unsettled(_))
    ));
    owned.t.step();
    assert_eq!(missing(owned.foreign("StartIncident")), "RESPONSE_PLAN");
    assert_eq!(
        (
            owned.t.count("plan_share"),
            owned.t.count("resource_policy")
        ),
        (0, 0)
    );
}
