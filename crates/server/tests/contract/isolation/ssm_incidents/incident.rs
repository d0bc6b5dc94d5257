//! The rows of incidents, and the owner's.

use serde_json::{Value, json};

use crate::isolation::row::{Foreign, NOT_FOUND, Own, Row, nothing, row, text};
use crate::isolation::world::{MARK, World};
use crate::server::{NOW_MS, OWNER, REGION, Server};

const SECOND_MS: i64 = 1000;

/// The last incident that is started. Each has a deployment as its finding.
pub fn make(server: &Server, plan: &str) -> String {
    deploy(server);
    let mut record = String::new();
    for title in ["first", "second"] {
        let item = json!({"title": MARK, "identifier": link()});
        let start = json!({
            "responsePlanArn": plan, "title": format!("{MARK} {title}"), "relatedItems": [item],
        });
        let started = server.done(OWNER, "ssm-incidents:StartIncident", &start);
        record = text(&started["incidentRecordArn"]);
    }
    record
}

pub const ROWS: &[Row] = &[
    row(
        "ssm-incidents:StartIncident",
        |w| json!({"responsePlanArn": w.incidents.plan}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "balefire:TriggerIncident",
        |w| json!({"ResponsePlanArn": w.incidents.plan, "Source": "probe", "Cause": "c"}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "balefire:ResolveCause",
        |w| json!({"ResponsePlanArn": w.incidents.plan, "Source": "probe", "Cause": "c"}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "balefire:GetIncidentReport",
        |w| json!({"Incident": w.incidents.incident}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:GetIncidentRecord",
        |w| json!({"arn": w.incidents.incident}),
        NOT_FOUND,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "ssm-incidents:ListIncidentRecords",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "ssm-incidents:ListRelatedItems",
        incident,
        Foreign::Nothing,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "ssm-incidents:ListIncidentFindings",
        incident,
        NOT_FOUND,
        Own::May,
    )
    .watched_by(OWNER),
    row(
        "ssm-incidents:BatchGetIncidentFindings",
        |w| json!({"incidentRecordArn": w.incidents.incident, "findingIds": [w.incidents.deployment]}),
        NOT_FOUND,
        Own::Sees,
    ),
    row(
        "ssm-incidents:UpdateRelatedItems",
        |w| {
            let update = json!({"itemToRemove": link()});
            json!({"incidentRecordArn": w.incidents.incident, "relatedItemsUpdate": update})
        },
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:UpdateIncidentRecord",
        |w| json!({"arn": w.incidents.incident, "status": "RESOLVED"}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:DeleteIncidentRecord",
        |w| json!({"arn": w.incidents.incident}),
        Foreign::Nothing,
        Own::May,
    ),
];

pub fn incident(world: &World) -> Value {
    json!({"incidentRecordArn": world.incidents.incident})
}

/// A stack that changes while the incident begins.
fn deploy(server: &Server) {
    let detail = json!({
        "stack-id": format!("arn:aws:cloudformation:{REGION}:{OWNER}:stack/{MARK}/1"),
        "status-details": {"status": "UPDATE_IN_PROGRESS"},
        "client-request-token": "token",
    });
    let entry = json!({
        "Source": "aws.cloudformation", "DetailType": "CloudFormation Stack Status Change",
        "Time": (NOW_MS - SECOND_MS) / 1000, "Detail": detail.to_string(),
    });
    server.done(OWNER, "events:PutEvents", &json!({"Entries": [entry]}));
    server.run_jobs();
}

/// What identifies the item that each incident has.
fn link() -> Value {
    json!({"type": "OTHER", "value": {"url": "https://a.example"}})
}
