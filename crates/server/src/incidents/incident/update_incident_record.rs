//! UpdateIncidentRecord: what is absent stays; resolving and reopening follow from the status.

use balefire_api::generated::ssm_incidents::{
    ChatChannel, IncidentRecord, IncidentRecordStatus, UpdateIncidentRecordInput,
    UpdateIncidentRecordOutput,
};
use serde_json::Value;

use super::{Incident, attribute, keep_changed};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::findable;
use crate::incidents::resource_policy::SharedAction;

pub fn update_incident_record(
    ctx: &mut Ctx<'_, '_>,
    input: UpdateIncidentRecordInput,
) -> Result<UpdateIncidentRecordOutput, Failure> {
    findable::check_topics(
        "/notificationTargets",
        input.notification_targets.as_deref(),
        input.chat_channel.as_ref(),
    )?;
    let mut row = Incident::by_arn(
        ctx,
        "/arn",
        &input.arn,
        Some(SharedAction::UpdateIncidentRecord),
    )?;
    let mut record = row.record()?;
    let attributes = apply(&mut record, &input, ctx);
    if attributes.is_empty() {
        return Ok(UpdateIncidentRecordOutput {});
    }
    keep_changed(ctx, &mut row, record, attributes)?;
    Ok(UpdateIncidentRecordOutput {})
}

/// Applies the update and names what it changed.
fn apply(
    record: &mut IncidentRecord,
    input: &UpdateIncidentRecordInput,
    ctx: &Ctx<'_, '_>,
) -> Vec<Value> {
    let mut changed = Vec::new();
    let mut note = |name: &str, value: String| changed.push(attribute(name, value));
    if let Some(title) = input.title.as_ref().filter(|title| **title != record.title) {
        record.title.clone_from(title);
        note("title", title.clone());
    }
    if let Some(impact) = input.impact.filter(|impact| *impact != record.impact) {
        record.impact = impact;
        note("impact", impact.to_string());
    }
    if input.summary.is_some() && input.summary != record.summary {
        record.summary.clone_from(&input.summary);
        note("summary", input.summary.clone().unwrap_or_default());
    }
    if let Some(channel) = &input.chat_channel {
        let channel = match channel {
            ChatChannel::Empty(_) => None,
            channel => Some(channel.clone()),
        };
        if channel != record.chat_channel {
            note(
                "chatChannel",
                format!("{} topics", topics(channel.as_ref())),
            );
            record.chat_channel = channel;
        }
    }
    if input.notification_targets.is_some()
        && input.notification_targets != record.notification_targets
    {
        let count = input.notification_targets.as_ref().map_or(0, Vec::len);
        record
            .notification_targets
            .clone_from(&input.notification_targets);
        note("notificationTargets", format!("{count} targets"));
    }
    if let Some(status) = input.status.filter(|status| *status != record.status) {
        record.status = status;
        record.resolved_time = (status == IncidentRecordStatus::Resolved).then_some(ctx.now);
        note("status", status.as_str().into());
    }
    changed
}

fn topics(channel: Option<&ChatChannel>) -> usize {
    match channel {
        Some(ChatChannel::ChatbotSns(topics)) => topics.len(),
        _ => 0,
    }
}
