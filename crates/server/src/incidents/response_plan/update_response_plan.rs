//! UpdateResponsePlan: what is absent stays, what is empty goes; running incidents do not change.

use balefire_api::generated::ssm_incidents::{
    ChatChannel, GetResponsePlanOutput, UpdateResponsePlanInput, UpdateResponsePlanOutput,
};

use super::ResponsePlan;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::{findable, pager_duty};

pub fn update_response_plan(
    ctx: &mut Ctx<'_, '_>,
    input: UpdateResponsePlanInput,
) -> Result<UpdateResponsePlanOutput, Failure> {
    let mut row = ResponsePlan::by_arn(ctx, "/arn", &input.arn, None)?;
    let before = row.plan()?;
    check(&input)?;
    pager_duty::check(ctx, input.integrations.as_deref().unwrap_or_default())?;
    let after = apply(before.clone(), &input);
    if after != before {
        row.record = ResponsePlan::new(&row.account, after);
        ctx.tx.replace(&mut row)?;
        ctx.changed("response_plan.updated", &input.arn, &serde_json::json!({}))?;
    }
    Ok(UpdateResponsePlanOutput {})
}

/// As for a new plan.
fn check(input: &UpdateResponsePlanInput) -> Result<(), Failure> {
    let dedupe_string = input.incident_template_dedupe_string.as_deref();
    findable::check(
        "/incidentTemplateDedupeString",
        dedupe_string.unwrap_or_default(),
    )?;
    findable::check_topics(
        "/incidentTemplateNotificationTargets",
        input.incident_template_notification_targets.as_deref(),
        input.chat_channel.as_ref(),
    )
}

fn apply(
    mut plan: GetResponsePlanOutput,
    input: &UpdateResponsePlanInput,
) -> GetResponsePlanOutput {
    fn set<T: Clone>(member: &mut T, value: &Option<T>) {
        if let Some(value) = value {
            member.clone_from(value);
        }
    }
    fn set_optional<T: Clone>(member: &mut Option<T>, value: &Option<T>) {
        if value.is_some() {
            member.clone_from(value);
        }
    }
    let template = &mut plan.incident_template;
    set(&mut template.title, &input.incident_template_title);
    set(&mut template.impact, &input.incident_template_impact);
    set_optional(
        &mut template.dedupe_string,
        &input.incident_template_dedupe_string,
    );
    set_optional(&mut template.summary, &input.incident_template_summary);
    set_optional(
        &mut template.notification_targets,
        &input.incident_template_notification_targets,
    );
    set_optional(&mut template.incident_tags, &input.incident_template_tags);
    // An empty map is no tags: the model's own map of tags on an incident is never empty.
    template.incident_tags = template
        .incident_tags
        .take()
        .filter(|tags| !tags.is_empty());
    template.dedupe_string = template
        .dedupe_string
        .take()
        .filter(|text| !text.is_empty());
    set_optional(&mut plan.display_name, &input.display_name);
    set_optional(&mut plan.actions, &input.actions);
    set_optional(&mut plan.engagements, &input.engagements);
    set_optional(&mut plan.integrations, &input.integrations);
    match &input.chat_channel {
        None => {}
        Some(ChatChannel::Empty(_)) => plan.chat_channel = None,
        Some(channel) => plan.chat_channel = Some(channel.clone()),
    }
    plan
}
