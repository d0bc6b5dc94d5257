//! CreateResponsePlan.

use balefire_api::generated::ssm_incidents::{
    CreateResponsePlanInput, CreateResponsePlanOutput, GetResponsePlanOutput,
};
use balefire_store::Error;

use super::ResponsePlan;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::arn;
use crate::incidents::findable;
use crate::incidents::pager_duty;
use crate::incidents::replication_set::must_have_set;
use crate::tags;

pub fn create_response_plan(
    ctx: &mut Ctx<'_, '_>,
    input: CreateResponsePlanInput,
) -> Result<CreateResponsePlanOutput, Failure> {
    must_have_set(ctx)?;
    check(&input)?;
    pager_duty::check(ctx, input.integrations.as_deref().unwrap_or_default())?;
    let account = ctx.caller.account.clone();
    let arn = arn::response_plan(&account, &input.name);
    let plan = GetResponsePlanOutput {
        actions: Some(input.actions.unwrap_or_default()),
        arn: arn.clone(),
        chat_channel: input.chat_channel,
        display_name: input.display_name,
        engagements: Some(input.engagements.unwrap_or_default()),
        incident_template: input.incident_template,
        integrations: Some(input.integrations.unwrap_or_default()),
        name: input.name,
    };
    match ctx.tx.insert(&ResponsePlan::new(&account, plan)) {
        Ok(()) => {}
        Err(Error::Exists { .. }) => {
            let message = "A response plan of this name exists. Names are unique in an account.";
            return Err(Failure::conflict("RESPONSE_PLAN", arn, message));
        }
        Err(error) => return Err(error.into()),
    }
    tags::put(ctx.tx, &account, &arn, &input.tags.unwrap_or_default())?;
    ctx.changed("response_plan.created", &arn, &serde_json::json!({}))?;
    Ok(CreateResponsePlanOutput { arn })
}

/// What the store could not keep when an incident opens is refused here, where there is someone to tell.
fn check(input: &CreateResponsePlanInput) -> Result<(), Failure> {
    let template = &input.incident_template;
    let dedupe_string = template.dedupe_string.as_deref().unwrap_or_default();
    findable::check("/incidentTemplate/dedupeString", dedupe_string)?;
    findable::check_topics(
        "/incidentTemplate/notificationTargets",
        template.notification_targets.as_deref(),
        input.chat_channel.as_ref(),
    )
}
