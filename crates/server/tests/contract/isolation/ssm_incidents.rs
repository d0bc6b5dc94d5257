//! Incident Manager: its rows by noun, and what the owner has there.

pub mod incident;
pub mod replication_set;
pub mod response_plan;
pub mod timeline;

use serde_json::json;

use super::row::text;
use super::world::MARK;
use crate::server::{OWNER, Server};

pub struct Things {
    pub replication_set: String,
    pub plan: String,
    /// A policy that shares the plan with a third account.
    pub policy: String,
    pub incident: String,
    pub timeline_event: String,
    /// An event that the owner wrote.
    pub note: String,
    /// The deployment that the incident has as its finding.
    pub deployment: String,
}

pub fn make(server: &Server) -> Things {
    let done = |id, input| server.done(OWNER, id, &input);
    let sets = done("ssm-incidents:ListReplicationSets", json!({}));
    let (plan, policy) = response_plan::make(server);
    let incident = incident::make(server, &plan);
    let record = json!({"incidentRecordArn": incident});
    let events = done("ssm-incidents:ListTimelineEvents", record.clone());
    let note = json!({
        "incidentRecordArn": incident, "eventType": "Note", "eventTime": 1, "eventData": MARK,
    });
    let note = done("ssm-incidents:CreateTimelineEvent", note);
    let findings = done("ssm-incidents:ListIncidentFindings", record);
    Things {
        replication_set: text(&sets["replicationSetArns"][0]),
        plan,
        policy,
        timeline_event: text(&events["eventSummaries"][0]["eventId"]),
        note: text(&note["eventId"]),
        deployment: text(&findings["findings"][0]["id"]),
        incident,
    }
}
