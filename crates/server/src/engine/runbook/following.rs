//! The job that asks how far a runbook at Systems Manager has come, until it has ended.

use balefire_store::Job;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Execution, FOLLOW_AUTOMATION, SSM};
use crate::context::Ctx;
use crate::engine::work::{Answered, Errand};
use crate::failure::Failure;
use crate::incidents::runbook::{ENDED, PROGRESS, Runbook};
use crate::outside::{Call, Reply};

pub const ERRAND: Errand = Errand {
    prepare,
    settle,
    marks: false,
};

/// The first wait; each is twice as long as the one before.
const WAIT_MIN_MS: i64 = 2_000;
const WAIT_MAX_MS: i64 = 30_000;
/// How long an execution is followed.
const FOLLOW_MS: i64 = 24 * 60 * 60 * 1000;
/// Steps of an execution that are told; its end always is.
const STEPS_TOLD_MAX: u32 = 100;

/// What is known of an execution.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Following {
    #[serde(flatten)]
    execution: Execution,
    id: String,
    status: String,
    step: Option<String>,
    told: u32,
    wait_ms: i64,
    until_ms: i64,
}

impl Following {
    pub fn new(ctx: &Ctx<'_, '_>, runbook: Runbook, execution_arn: String, id: &str) -> Following {
        Following {
            execution: Execution {
                runbook,
                execution_arn,
            },
            id: id.to_owned(),
            status: "InProgress".into(),
            step: None,
            told: 0,
            wait_ms: WAIT_MIN_MS,
            until_ms: ctx.now.0 + FOLLOW_MS,
        }
    }

    pub fn leave_job(&self, ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
        let account = &self.execution.runbook.account;
        ctx.leave_job_in(self.wait_ms, account, FOLLOW_AUTOMATION, SSM, self)
    }

    fn tell(
        &self,
        ctx: &mut Ctx<'_, '_>,
        kind: &str,
        message: Option<&str>,
    ) -> Result<(), Failure> {
        let data = json!({"status": self.status, "step": self.step, "message": message});
        let Execution {
            runbook,
            execution_arn,
        } = &self.execution;
        runbook.tell(ctx, kind, Some(execution_arn), data)
    }

    /// Takes in an answer; true when there is something new in it.
    fn learn(&mut self, reply: &Reply) -> bool {
        let text = |name: &str| reply[name].as_str().map(str::to_owned);
        let (status, step) = (text("status").unwrap_or_default(), text("step"));
        if (&self.status, &self.step) == (&status, &step) {
            return false;
        }
        (self.status, self.step) = (status, step);
        true
    }
}

fn prepare(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<Option<Call>, Failure> {
    let following: Following = serde_json::from_slice(&job.payload)?;
    let there = following.execution.runbook.incident(ctx)?;
    Ok(there.map(|_| Call::FollowAutomation {
        execution_id: following.id,
    }))
}

fn settle(ctx: &mut Ctx<'_, '_>, job: &Job, answered: Answered) -> Result<(), Failure> {
    let mut following: Following = serde_json::from_slice(&job.payload)?;
    let reply = match answered {
        Ok(reply) => reply,
        Err(fault) => {
            let message = format!("It is not followed any further: {fault}");
            return following.tell(ctx, PROGRESS, Some(&message));
        }
    };
    let news = following.learn(&reply);
    if reply["ended"] == true {
        return following.tell(ctx, ENDED, reply["message"].as_str());
    }
    if news && following.told < STEPS_TOLD_MAX {
        following.told += 1;
        following.tell(ctx, PROGRESS, reply["message"].as_str())?;
    }
    if ctx.now.0 >= following.until_ms {
        let message = "It is not followed any further: it has gone on for a day";
        return following.tell(ctx, PROGRESS, Some(message));
    }
    following.wait_ms = (following.wait_ms * 2).min(WAIT_MAX_MS);
    following.leave_job(ctx)
}
