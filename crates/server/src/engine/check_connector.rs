//! The job that asks a connector's system whether it takes the credentials.

#[cfg(test)]
mod tests;

use balefire_api::generated::securityhub::ProviderDetail;
use balefire_store::Job;

use super::work::{Answered, Errand};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::outside::Call;
use crate::outside::connector::{Answer, Request, System};
use crate::securityhub::connector::{self, Found};

pub const ERRAND: Errand = Errand {
    prepare,
    settle,
    marks: false,
};

fn prepare(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<Option<Call>, Failure> {
    let Some((row, detail)) = connector::to_check(ctx, &job.payload)? else {
        return Ok(None);
    };
    Ok(system(detail).map(|system| {
        Call::CheckConnector(Request {
            name: row.record.name,
            system,
        })
    }))
}

/// What the outside knows of a connector's system.
pub fn system(detail: ProviderDetail) -> Option<System> {
    match detail {
        ProviderDetail::JiraCloud(jira) => Some(System::Jira {
            project_key: jira.project_key,
        }),
        ProviderDetail::ServiceNow(_) => Some(System::ServiceNow),
        ProviderDetail::Azure(_) | ProviderDetail::GCP(_) => None,
    }
}

/// That a system cannot be reached is what the check was to find out, and no fault of the job's.
fn settle(ctx: &mut Ctx<'_, '_>, job: &Job, answered: Answered) -> Result<(), Failure> {
    let Some((row, _)) = connector::to_check(ctx, &job.payload)? else {
        return Ok(());
    };
    let found = match answered {
        Ok(reply) => match serde_json::from_value(reply)? {
            Answer::Well { host } => Found::Well { host },
            Answer::Unfit { host, reason } => Found::Unfit { host, reason },
            Answer::Unset => Found::Unset,
            Answer::Refused { reason } => Found::Refused(reason),
            Answer::Away { reason } => Found::Away(reason),
        },
        Err(fault) => Found::Away(fault.reason),
    };
    connector::checked(ctx, row, found)
}
