//! StartIncident: opens an incident by a plan, or folds into the open one with the same deduplication string.

use balefire_api::generated::ssm_incidents::{StartIncidentInput, StartIncidentOutput};

use super::{Opening, open_or_fold};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::findable;
use crate::incidents::related_item;
use crate::incidents::resource_policy::SharedAction;
use crate::incidents::response_plan::ResponsePlan;

pub fn start_incident(
    ctx: &mut Ctx<'_, '_>,
    input: StartIncidentInput,
) -> Result<StartIncidentOutput, Failure> {
    check(&input)?;
    let row = ResponsePlan::by_arn(
        ctx,
        "/responsePlanArn",
        &input.response_plan_arn,
        Some(SharedAction::StartIncident),
    )?;
    let opening = Opening {
        title: input.title,
        impact: input.impact,
        trigger: input.trigger_details,
        created_by: ctx.caller.arn.clone(),
        invoked_by: ctx.caller.arn.clone(),
        // Who calls means another incident, unless the plan has a string.
        cause: None,
        related_items: input.related_items.unwrap_or_default().into(),
    };
    // An alarm is never refused for what the open incident holds: the timeline tells what had no room.
    let opened = open_or_fold(ctx, &row, opening)?;
    Ok(StartIncidentOutput {
        incident_record_arn: opened.incident_arn,
    })
}

fn check(input: &StartIncidentInput) -> Result<(), Failure> {
    if let Some(trigger) = &input.trigger_details
        && trigger.source.starts_with("aws.")
    {
        let rule = "Member must not begin with 'aws.', which is kept for AWS services";
        return Err(Failure::invalid("/triggerDetails/source", rule));
    }
    let trigger = input.trigger_details.as_ref();
    let trigger_arn = trigger.and_then(|trigger| trigger.trigger_arn.as_deref());
    findable::check(
        "/triggerDetails/triggerArn",
        trigger_arn.unwrap_or_default(),
    )?;
    related_item::check_new(input.related_items.as_deref().unwrap_or_default())
}
