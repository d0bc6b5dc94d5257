//! The jobs of runbooks: which way one is run, and then that way.

pub mod automation;
pub mod command;
pub mod following;
#[cfg(test)]
mod tests;

use balefire_store::Job;
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::runbook::Runbook;

/// Kinds of jobs.
pub const START_AUTOMATION: &str = "start-automation";
pub const FOLLOW_AUTOMATION: &str = "follow-automation";
pub const RUN_COMMAND: &str = "run-command";

/// Subjects: what is called.
pub const SSM: &str = "runbooks/ssm";
pub const COMMANDS: &str = "runbooks/commands";

/// A runbook that has an execution. As a job's payload it names account and region as the runbook does.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Execution {
    #[serde(flatten)]
    pub runbook: Runbook,
    pub execution_arn: String,
}

/// A document that the operator has listed is run here; all others are for Systems Manager.
pub fn start_runbook(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    let runbook: Runbook = serde_json::from_slice(&job.payload)?;
    if runbook.incident(ctx)?.is_none() {
        return Ok(());
    }
    let local = &ctx.settings.integrations.local_runbooks;
    if !local.contains(&runbook.document) {
        return ctx.leave_job(&runbook.account, START_AUTOMATION, SSM, &runbook);
    }
    let (region, account) = (&runbook.region, &runbook.account);
    let execution_arn = arn(region, account, &ctx.new_id());
    runbook.began(ctx, &execution_arn, "Pending")?;
    let execution = Execution {
        runbook,
        execution_arn,
    };
    ctx.leave_job(&job.account, RUN_COMMAND, COMMANDS, &execution)
}

fn arn(region: &str, account: &str, id: &str) -> String {
    format!("arn:aws:ssm:{region}:{account}:automation-execution/{id}")
}
