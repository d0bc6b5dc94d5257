//! One account's things of every kind, all of which bear a mark in their text.

use serde_json::{Value, json};

use super::table::rows;
use super::{delivery, events, inspector2, securityhub, ssm_incidents};
use crate::server::{ADMINISTRATOR, OTHER, OWNER, REGION, Server};

/// In every text that the owner gives; no other account may ever read it.
pub const MARK: &str = "owners-secret";

/// The server, and the identifiers of what the owner has on it.
pub struct World {
    pub incidents: ssm_incidents::Things,
    /// Messages that could not be delivered.
    pub dead_jobs: Vec<String>,
    pub events: events::Things,
    pub hub: securityhub::Things,
    pub inspector: inspector2::Things,
    pub server: Server,
}

impl World {
    pub fn new() -> World {
        let server = Server::new();
        for account in [OWNER, OTHER] {
            let regions = json!({"regions": {REGION: {}}});
            server.done(account, "ssm-incidents:CreateReplicationSet", &regions);
            server.done(account, "securityhub:EnableSecurityHubV2", &json!({}));
            server.done(account, "securityhub:EnableSecurityHub", &json!({}));
        }
        let incidents = ssm_incidents::make(&server);
        World {
            dead_jobs: delivery::dead_jobs(&server),
            events: events::make(&server, &incidents.plan),
            incidents,
            hub: securityhub::make(&server),
            inspector: inspector2::make(&server),
            server,
        }
    }

    /// All that the owner can read, as the owner reads it, and what the administrator alone can set up.
    pub fn snapshot(&self) -> Vec<Value> {
        let watched = rows().filter_map(|row| {
            let account = row.watched_by?;
            Some(self.server.done(account, row.id, &(row.input)(self)))
        });
        let more = self.more().into_iter();
        let more = more.map(|(account, id, input)| self.server.done(account, id, &input));
        watched.chain(more).collect()
    }

    /// What no row asks for.
    fn more(&self) -> [(&'static str, &'static str, Value); 4] {
        let (note, record) = (&self.incidents.note, &self.incidents.incident);
        [
            (
                OWNER,
                "ssm-incidents:GetTimelineEvent",
                json!({"incidentRecordArn": record, "eventId": note}),
            ),
            (OWNER, "inspector2:ListFindings", json!({})),
            (OWNER, "inspector2:BatchGetAccountStatus", json!({})),
            (
                ADMINISTRATOR,
                "securityhub:ListTagsForResource",
                json!({"ResourceArn": self.hub.aggregator}),
            ),
        ]
    }
}
