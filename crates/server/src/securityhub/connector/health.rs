//! How well a connector's system can be reached: a job asks it again and again.

use balefire_api::generated::securityhub::ConnectorStatus;
use balefire_store::Kept;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::provider::{self, Detail};
use super::{Connector, Described, find, resting_status};
use crate::context::Ctx;
use crate::failure::Failure;

/// The kind of the job that asks the system.
pub const CHECK: &str = "check-connector";
/// From one check to the next.
const CHECK_EVERY_MS: i64 = 5 * 60 * 1000;
/// What is said until the first check.
pub const UNCHECKED: &str = "The system has not been asked yet.";

/// The job's payload.
#[derive(Debug, Serialize, Deserialize)]
struct Check {
    region: String,
    /// The connector's id.
    connector: String,
    /// A later check of the same connector makes this one void.
    check: String,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// The system answered as it should, at this host.
    Well { host: String },
    /// The credentials are good, and what the connector names is not there.
    Unfit { host: String, reason: String },
    /// The operator has set nothing for a connector of this name.
    Unset,
    /// The system answered, and will answer the same until a person changes something.
    Refused(String),
    /// The system did not answer, or asked for patience.
    Away(String),
}

/// Has the system asked now; what was to be asked later is asked now instead.
pub fn check_now(ctx: &mut Ctx<'_, '_>, connector: &mut Connector) -> Result<(), Failure> {
    connector.latest_check = ctx.new_id();
    leave_check(ctx, connector, 0)
}

fn leave_check(ctx: &mut Ctx<'_, '_>, connector: &Connector, wait_ms: i64) -> Result<(), Failure> {
    let check = Check {
        region: connector.region.clone(),
        connector: connector.id.clone(),
        check: connector.latest_check.clone(),
    };
    let subject = connector.subject();
    ctx.leave_job_in(wait_ms, &connector.account, CHECK, &subject, &check)
}

/// The connector that a job is about, and how its system is known. Nothing, where the job is void.
pub fn to_check(
    ctx: &mut Ctx<'_, '_>,
    payload: &[u8],
) -> Result<Option<(Kept<Connector>, Detail)>, Failure> {
    let check: Check = serde_json::from_slice(payload)?;
    match find(ctx, &check.connector)? {
        Some(row) if row.latest_check == check.check => {
            let detail = row.described()?.provider_detail;
            Ok(Some((row, detail)))
        }
        _ => Ok(None),
    }
}

/// Keeps what came of a check, and leaves the next one.
pub fn checked(
    ctx: &mut Ctx<'_, '_>,
    mut row: Kept<Connector>,
    found: Found,
) -> Result<(), Failure> {
    let mut described = row.described()?;
    let before = described.health.connector_status;
    note(&mut described, &row.name, found);
    described.health.last_checked_at = ctx.now;
    let after = described.health.connector_status;
    let message = described.health.message.clone();
    row.record.describe(described);
    ctx.tx.replace(&mut row)?;
    if after != before {
        let body = json!({"status": after.as_str(), "message": message});
        ctx.changed("connector.status_changed", &row.arn(), &body)?;
    }
    leave_check(ctx, &row, CHECK_EVERY_MS)
}

/// Puts what was found into what is shown.
fn note(described: &mut Described, name: &str, found: Found) {
    let detail = &mut described.provider_detail;
    let before = described.health.connector_status;
    let (status, message) = match found {
        Found::Well { host } => {
            let said = format!("{host} took the credentials.");
            provider::authorized(detail, host);
            match detail {
                Detail::JiraCloud(jira) if jira.project_key.is_none() => (
                    ConnectorStatus::PendingConfiguration,
                    format!("{said} Say by UpdateConnectorV2 which project tickets go to."),
                ),
                _ => (ConnectorStatus::Connected, said),
            }
        }
        Found::Unfit { host, reason } => {
            provider::authorized(detail, host);
            (ConnectorStatus::PendingConfiguration, reason)
        }
        Found::Unset => (
            resting_status(detail),
            format!(
                "No credentials are set for this connector. Add [connectors.\"{name}\"] with url, user and \
                 secret to balefire.toml, and start the server again."
            ),
        ),
        Found::Refused(reason) => {
            provider::refused(detail);
            (ConnectorStatus::FailedToConnect, reason)
        }
        Found::Away(reason) => match before {
            ConnectorStatus::Connected | ConnectorStatus::Degraded => {
                (ConnectorStatus::Degraded, reason)
            }
            _ => (ConnectorStatus::FailedToConnect, reason),
        },
    };
    described.health.connector_status = status;
    described.health.message = Some(message);
}
