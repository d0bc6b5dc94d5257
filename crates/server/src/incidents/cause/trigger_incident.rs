//! TriggerIncident: Balefire's own, for sources that repeat themselves while their cause goes on.

use balefire_api::generated::ssm_incidents::TriggerDetails;
use balefire_api::own::{Outcome, TriggerIncidentInput, TriggerIncidentOutput};

use super::{Cause, check_source};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::findable;
use crate::incidents::incident::{Opened, Opening, find_open, open_or_fold};
use crate::incidents::related_item;
use crate::incidents::resource_policy::SharedAction;
use crate::incidents::response_plan::ResponsePlan;

/// Opens an incident, or folds into the open one of the cause. A cause that says the same as before, by
/// its fingerprint, changes nothing.
pub fn trigger_incident(
    ctx: &mut Ctx<'_, '_>,
    input: TriggerIncidentInput,
) -> Result<TriggerIncidentOutput, Failure> {
    check_source(&input.source)?;
    findable::check("/Cause", input.cause.as_deref().unwrap_or_default())?;
    related_item::check_without_ids("/RelatedItems", input.related_items.iter().flatten())?;
    let row = ResponsePlan::by_arn(
        ctx,
        "/ResponsePlanArn",
        &input.response_plan_arn,
        Some(SharedAction::StartIncident),
    )?;
    if let Some(incident_arn) = said_before(ctx, &row, &input)? {
        return Ok(TriggerIncidentOutput {
            incident_arn,
            outcome: Outcome::Unchanged,
            related_items_left_out: 0,
        });
    }
    let (cause, fingerprint) = (input.cause.clone(), input.fingerprint.clone());
    let opening = opening(ctx, input);
    let opened = open_or_fold(ctx, &row, opening)?;
    if let Some(cause) = cause {
        let cause = Cause {
            account: row.account.clone(),
            incident: opened.incident_id.clone(),
            cause,
            fingerprint,
            firing: true,
        };
        cause.keep(ctx)?;
    }
    Ok(output(opened))
}

/// The open incident of which the cause has said the same last.
fn said_before(
    ctx: &mut Ctx<'_, '_>,
    row: &ResponsePlan,
    input: &TriggerIncidentInput,
) -> Result<Option<String>, Failure> {
    let (Some(cause), Some(fingerprint)) = (&input.cause, &input.fingerprint) else {
        return Ok(None);
    };
    let Some(open) = find_open(ctx, row, Some(cause))? else {
        return Ok(None);
    };
    let known = Cause::find(ctx, &open.account, &open.id, cause)?;
    let same = known.is_some_and(|known| {
        known.firing && known.fingerprint.as_deref() == Some(fingerprint.as_str())
    });
    Ok(same.then(|| open.arn()))
}

fn opening(ctx: &Ctx<'_, '_>, input: TriggerIncidentInput) -> Opening {
    Opening {
        title: input.title,
        impact: input.impact,
        trigger: Some(TriggerDetails {
            raw_data: input.raw_data,
            source: input.source,
            timestamp: ctx.now,
            trigger_arn: None,
        }),
        created_by: ctx.caller.arn.clone(),
        invoked_by: ctx.caller.arn.clone(),
        cause: input.cause,
        related_items: input.related_items.unwrap_or_default().into(),
    }
}

fn output(opened: Opened) -> TriggerIncidentOutput {
    TriggerIncidentOutput {
        incident_arn: opened.incident_arn,
        outcome: if opened.is_new {
            Outcome::Opened
        } else {
            Outcome::Repeated
        },
        related_items_left_out: i32::try_from(opened.items_left_out).unwrap_or(i32::MAX),
    }
}
