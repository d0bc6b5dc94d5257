//! The job that runs a runbook as a command of this machine, once.

use balefire_store::Job;
use serde_json::json;

use super::Execution;
use crate::context::Ctx;
use crate::engine::work::{Answered, Errand};
use crate::failure::Failure;
use crate::incidents::runbook::ENDED;
use crate::outside::Call;
use crate::outside::runbook::Run;

pub const ERRAND: Errand = Errand {
    prepare,
    settle,
    marks: true,
};

/// Invariant: a row says that the command may have begun, and is committed before it does. A job that
/// finds one was cut short, and a person decides what is next.
const MARK: &str =
    "INSERT INTO begun_command (job, begun_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const UNMARK: &str = "DELETE FROM begun_command WHERE job = $1";

fn prepare(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<Option<Call>, Failure> {
    let Execution {
        runbook,
        execution_arn,
    } = serde_json::from_slice(&job.payload)?;
    if runbook.incident(ctx)?.is_none() {
        return Ok(None);
    }
    let mark = [job.id.as_str().into(), ctx.now.0.into()];
    let begins = ctx.tx.execute(MARK, &mark)? == 1;
    Ok(Some(Call::RunCommand(Run {
        parameters: runbook.parameters(ctx)?,
        document: runbook.document,
        incident_arn: runbook.incident_arn,
        execution_arn,
        account: runbook.account,
        region: runbook.region,
        interrupted: !begins,
    })))
}

fn settle(ctx: &mut Ctx<'_, '_>, job: &Job, answered: Answered) -> Result<(), Failure> {
    let execution: Execution = serde_json::from_slice(&job.payload)?;
    // A person may revive the job, and then it is to run.
    ctx.tx.execute(UNMARK, &[job.id.as_str().into()])?;
    let data = match answered {
        Ok(reply) => reply,
        Err(fault) => json!({"status": "Failed", "message": fault.reason}),
    };
    let arn = &execution.execution_arn;
    execution.runbook.tell(ctx, ENDED, Some(arn), data)
}
