//! A change to an incident, as others hear of it: on the stream, and on the bus that the operator has set.

use balefire_api::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::context::Ctx;
use crate::failure::Failure;

/// The kind of the job that publishes a change, and its subject.
pub const PUBLISH: &str = "publish";
const BUS: &str = "events_out";

/// Whose events they are. AWS lets only its own services use `aws.`.
pub const SOURCE: &str = "balefire.incidents";

/// What changed, when, and by whom.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Change {
    pub account: String,
    /// Empty where it is not known: no call caused it, or it is read from the log, which does not keep it.
    pub region: String,
    /// As the change log calls it: `incident.opened` and the like.
    pub kind: String,
    pub incident_arn: String,
    /// The ARN of who changed it.
    pub actor: String,
    pub at_ms: i64,
    pub detail: Value,
}

/// Whether a kind of change in the log is one to an incident.
pub fn concerns(kind: &str) -> bool {
    kind.starts_with("incident.") || kind.starts_with("timeline_event.")
}

/// Appends a change to the log, and has it published where there is a bus.
pub fn changed(
    ctx: &mut Ctx<'_, '_>,
    account: &str,
    kind: &str,
    incident_arn: &str,
    detail: &Value,
) -> Result<(), Failure> {
    ctx.changed_in(account.to_owned(), kind, incident_arn, detail)?;
    if !ctx.settings.publishes {
        return Ok(());
    }
    let change = Change {
        account: account.to_owned(),
        region: ctx.region.to_owned(),
        kind: kind.to_owned(),
        incident_arn: incident_arn.to_owned(),
        actor: ctx.caller.arn.clone(),
        at_ms: ctx.now.0,
        detail: detail.clone(),
    };
    ctx.leave_job(account, PUBLISH, BUS, &change)
}

impl Change {
    /// The change as an event on EventBridge looks.
    pub fn event(&self, id: &str) -> Value {
        let mut event = json!({
            "version": "0",
            "id": id,
            "detail-type": self.detail_type(),
            "source": SOURCE,
            "account": self.account,
            "time": Timestamp(self.at_ms).date_time(),
            "resources": [self.incident_arn],
            "detail": {"kind": self.kind, "changedBy": self.actor, "change": self.detail},
        });
        if !self.region.is_empty() {
            event["region"] = self.region.as_str().into();
        }
        event
    }

    /// The type of the timeline event that tells of the same.
    pub fn detail_type(&self) -> &'static str {
        match self.kind.as_str() {
            "incident.opened" => "SSM Incident Start",
            "incident.triggered_again" => "SSM Incident Trigger",
            "incident.deleted" => "SSM Incident Deletion",
            kind if kind.starts_with("timeline_event.") => "SSM Incident Timeline Event",
            _ => "SSM Incident Record Update",
        }
    }
}
