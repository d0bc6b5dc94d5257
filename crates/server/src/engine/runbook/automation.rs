//! The job that starts a runbook at Systems Manager.

use balefire_store::Job;
use serde_json::json;

use super::following::Following;
use crate::context::Ctx;
use crate::engine::work::{Answered, Errand};
use crate::failure::Failure;
use crate::incidents::runbook::{Runbook, START_FAILURE};
use crate::outside::Call;
use crate::outside::runbook::Start;

pub const ERRAND: Errand = Errand {
    prepare,
    settle,
    marks: false,
};

/// A runbook that could not be started so long after its incident opened is given up: late, it may do harm.
const START_WITHIN_MS: i64 = 60 * 60 * 1000;

fn prepare(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<Option<Call>, Failure> {
    let runbook: Runbook = serde_json::from_slice(&job.payload)?;
    if runbook.incident(ctx)?.is_none() {
        return Ok(None);
    }
    Ok(Some(Call::StartAutomation(Start {
        document: runbook.document.clone(),
        version: runbook.version.clone(),
        parameters: runbook.parameters(ctx)?,
        client_token: job.id.clone(),
        until_ms: runbook.opened_ms + START_WITHIN_MS,
    })))
}

fn settle(ctx: &mut Ctx<'_, '_>, job: &Job, answered: Answered) -> Result<(), Failure> {
    let runbook: Runbook = serde_json::from_slice(&job.payload)?;
    let reply = match answered {
        Ok(reply) => reply,
        Err(fault) => {
            let data = json!({"message": fault.reason});
            return runbook.tell(ctx, START_FAILURE, None, data);
        }
    };
    let text = |name: &str| reply[name].as_str();
    let id = text("executionId").unwrap_or_default();
    let region = text("region").unwrap_or(&runbook.region);
    let account = text("account").unwrap_or(&runbook.account);
    let execution_arn = super::arn(region, account, id);
    runbook.began(ctx, &execution_arn, "InProgress")?;
    Following::new(ctx, runbook, execution_arn, id).leave_job(ctx)
}
