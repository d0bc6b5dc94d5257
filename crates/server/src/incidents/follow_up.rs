//! What a change to an incident causes elsewhere: jobs, left in the transaction of the change.

use balefire_api::generated::ssm_incidents::{
    ChatChannel, GetResponsePlanOutput, IncidentRecord, NotificationTargetItem,
};
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::Incident;
use crate::incidents::{pager_duty, runbook};

/// The kind of the job that tells a topic of a change.
pub const NOTIFY: &str = "notify";

/// A change to be told to one topic.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notification {
    pub account: String,
    pub region: String,
    /// The ARN of the SNS topic.
    pub topic: String,
    pub at_ms: i64,
    /// The type of the timeline event that tells the same.
    pub detail_type: String,
    pub incident_arn: String,
    pub title: String,
    pub impact: i32,
    pub status: String,
    /// The timeline event's data.
    pub detail: serde_json::Value,
}

/// What an incident that opened causes by its plan. One that was folded into another causes none of it.
pub fn opened(
    ctx: &mut Ctx<'_, '_>,
    incident: &Incident,
    plan: &GetResponsePlanOutput,
) -> Result<(), Failure> {
    runbook::leave(ctx, incident, plan)?;
    pager_duty::open(ctx, incident, plan)
}

/// Leaves a message for each topic of the incident: its notification targets and its chat channel.
/// `account` is the incident's, which may have been shared with the caller.
pub fn notify(
    ctx: &mut Ctx<'_, '_>,
    account: &str,
    record: &IncidentRecord,
    detail_type: &str,
    detail: &serde_json::Value,
) -> Result<(), Failure> {
    for topic in topics(record) {
        let notification = Notification {
            account: account.to_owned(),
            region: ctx.region.to_owned(),
            topic: topic.to_owned(),
            at_ms: ctx.now.0,
            detail_type: detail_type.to_owned(),
            incident_arn: record.arn.clone(),
            title: record.title.clone(),
            impact: record.impact,
            status: record.status.as_str().to_owned(),
            detail: detail.clone(),
        };
        ctx.leave_job(account, NOTIFY, topic, &notification)?;
    }
    Ok(())
}

/// Each topic once, however often the incident names it.
fn topics(record: &IncidentRecord) -> Vec<&str> {
    let targets = record.notification_targets.iter().flatten();
    let mut topics: Vec<&str> = targets
        .map(|NotificationTargetItem::SnsTopicArn(arn)| arn.as_str())
        .collect();
    if let Some(ChatChannel::ChatbotSns(channel)) = &record.chat_channel {
        topics.extend(channel.iter().map(String::as_str));
    }
    let mut seen = std::collections::HashSet::new();
    topics.retain(|topic| seen.insert(*topic));
    topics
}
