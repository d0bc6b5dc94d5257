//! ResolveCause: Balefire's own, for sources that say when their cause is over.

use balefire_api::generated::ssm_incidents::IncidentRecordStatus;
use balefire_api::own::{Outcome, ResolveCauseInput, ResolveCauseOutput};
use balefire_store::Kept;
use serde_json::json;

use super::{Cause, any_firing, check_source};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::change::changed;
use crate::incidents::incident::{Incident, attribute, find_open, keep_changed};
use crate::incidents::resource_policy::SharedAction;
use crate::incidents::response_plan::ResponsePlan;
use crate::incidents::timeline::{self, CAUSE_RESOLVED};

/// Tells the open incident that its cause is over, and resolves it if that is asked for, the caller has
/// opened it and none of its other causes goes on.
pub fn resolve_cause(
    ctx: &mut Ctx<'_, '_>,
    input: ResolveCauseInput,
) -> Result<ResolveCauseOutput, Failure> {
    check_source(&input.source)?;
    let resolves = input.resolve_incident == Some(true);
    let action = match resolves {
        true => SharedAction::UpdateIncidentRecord,
        false => SharedAction::CreateTimelineEvent,
    };
    let plan = &input.response_plan_arn;
    let row = ResponsePlan::by_arn(ctx, "/ResponsePlanArn", plan, Some(action))?;
    let Some(open) = find_open(ctx, &row, Some(&input.cause))? else {
        return Ok(output(None, Outcome::NotOpen));
    };
    let Some(mut cause) = Cause::find(ctx, &open.account, &open.id, &input.cause)? else {
        return Ok(output(None, Outcome::NotOpen));
    };
    let arn = open.arn();
    if !cause.firing {
        return Ok(output(Some(arn), Outcome::Unchanged));
    }
    cause.firing = false;
    ctx.tx.replace(&mut cause)?;
    note(ctx, &open, &input)?;
    if resolves && opened_by_caller(ctx, &open)? && !any_firing(ctx, &open)? {
        resolve(ctx, open)?;
        return Ok(output(Some(arn), Outcome::Resolved));
    }
    Ok(output(Some(arn), Outcome::Noted))
}

fn note(
    ctx: &mut Ctx<'_, '_>,
    incident: &Incident,
    input: &ResolveCauseInput,
) -> Result<(), Failure> {
    let data = json!({
        "source": input.source,
        "cause": input.cause,
        "rawData": input.raw_data,
        "resolvedAt": ctx.now.date_time(),
    });
    timeline::append_automatic(ctx, incident, CAUSE_RESOLVED, &data)?;
    let arn = incident.arn();
    changed(
        ctx,
        &incident.account,
        "incident.cause_resolved",
        &arn,
        &data,
    )
}

/// What a person has opened is theirs to resolve.
fn opened_by_caller(ctx: &Ctx<'_, '_>, incident: &Incident) -> Result<bool, Failure> {
    let record = incident.record()?;
    Ok(record.incident_record_source.created_by == ctx.caller.arn)
}

fn resolve(ctx: &mut Ctx<'_, '_>, mut incident: Kept<Incident>) -> Result<(), Failure> {
    let status = IncidentRecordStatus::Resolved;
    let mut record = incident.record()?;
    record.status = status;
    record.resolved_time = Some(ctx.now);
    let attributes = vec![attribute("status", status.as_str())];
    keep_changed(ctx, &mut incident, record, attributes)
}

fn output(incident_arn: Option<String>, outcome: Outcome) -> ResolveCauseOutput {
    ResolveCauseOutput {
        incident_arn,
        outcome,
    }
}
