//! The parts of an incident's page that come from lists: events, related items, deployments.

use balefire_api::Timestamp;
use balefire_api::generated::ssm_incidents::operations as op;
use balefire_api::generated::ssm_incidents::{
    BatchGetIncidentFindingsInput, Finding, FindingDetails, GetTimelineEventInput, IncidentRecord,
    ItemValue, ListIncidentFindingsInput, ListRelatedItemsInput, ListTimelineEventsInput,
    RelatedItem,
};

use super::document::{self, Field};
use super::form::web_link;
use super::moment::{Moment, offset, span};
use super::plot::Span;
use super::severity::capitalized;
use super::visit::Visit;
use crate::failure::Failure;

/// Events of a page; each is read by itself, since the list has no data.
const EVENTS_PER_PAGE: i32 = 50;
/// Deployments that one call gives, and pages of them that are shown.
const DEPLOYMENTS_PER_CALL: i32 = 20;
const DEPLOYMENT_CALLS_MAX: usize = 5;

/// An event as the page shows it.
pub struct EventLine {
    pub at: Moment,
    pub at_ms: Timestamp,
    /// Its place relative to the opening.
    pub offset: String,
    pub kind: String,
    pub fields: Vec<Field>,
}

/// A related item as the page shows it.
pub struct ItemLine {
    pub title: String,
    pub kind: String,
    pub value: String,
    /// Present only where the value leads to the web.
    pub link: Option<String>,
    pub block: bool,
}

/// A deployment or stack update near the incident.
pub struct DeploymentLine {
    pub name: String,
    pub kind: &'static str,
    pub resource: String,
    pub started: Timestamp,
    pub ended: Option<Timestamp>,
    pub at: Moment,
    pub offset: String,
    pub before: bool,
    /// How long it took, or that it goes on.
    pub lasted: String,
}

/// A page of events, newest first, and the token of the older ones.
pub async fn events(
    visit: &Visit<'_>,
    record: &IncidentRecord,
    token: Option<&str>,
) -> Result<(Vec<EventLine>, Option<String>), Failure> {
    let input = ListTimelineEventsInput {
        incident_record_arn: record.arn.clone(),
        max_results: Some(EVENTS_PER_PAGE),
        next_token: token.map(str::to_owned),
        ..Default::default()
    };
    let listed = visit.ask::<op::ListTimelineEvents>(input).await?;
    let mut lines = Vec::new();
    for summary in listed.event_summaries {
        let input = GetTimelineEventInput {
            event_id: summary.event_id,
            incident_record_arn: record.arn.clone(),
        };
        let event = match visit.ask::<op::GetTimelineEvent>(input).await {
            Ok(output) => output.event,
            // It was deleted between the two calls.
            Err(Failure::NotFound { .. }) => continue,
            Err(failure) => return Err(failure),
        };
        let mut fields = document::fields(&event.event_data);
        // The service's own events repeat the title, which the page has at its top.
        fields.retain(|field| field.label != "Incident title" || field.value != record.title);
        lines.push(EventLine {
            at: visit.moment(event.event_time),
            at_ms: event.event_time,
            offset: offset(event.event_time, record.creation_time),
            kind: event_kind(&event.event_type),
            fields,
        });
    }
    Ok((lines, listed.next_token))
}

/// The service's own types in words; a customer's stay as they are.
fn event_kind(name: &str) -> String {
    match name {
        "SSM Incident Start" => "Incident opened".into(),
        "SSM Incident Trigger" => "Triggered".into(),
        "SSM Incident Record Update" => "Incident updated".into(),
        "Balefire Cause Resolved" => "Cause resolved".into(),
        name => name.to_owned(),
    }
}

pub async fn items(visit: &Visit<'_>, arn: &str) -> Result<Vec<ItemLine>, Failure> {
    let input = ListRelatedItemsInput {
        incident_record_arn: arn.to_owned(),
        ..Default::default()
    };
    let listed = visit.ask::<op::ListRelatedItems>(input).await?;
    Ok(listed.related_items.into_iter().map(item).collect())
}

fn item(item: RelatedItem) -> ItemLine {
    let value = match item.identifier.value {
        ItemValue::Arn(text) | ItemValue::MetricDefinition(text) | ItemValue::Url(text) => text,
        ItemValue::PagerDutyIncidentDetail(detail) => format!("PagerDuty incident {}", detail.id),
    };
    let kind = capitalized(item.identifier.r#type.as_str());
    ItemLine {
        title: item.title.unwrap_or_else(|| kind.clone()),
        kind,
        link: web_link(&value).map(str::to_owned),
        block: value.contains('\n'),
        value,
    }
}

/// Deployments by the time at which they began, and whether there are more.
pub async fn deployments(
    visit: &Visit<'_>,
    record: &IncidentRecord,
) -> Result<(Vec<DeploymentLine>, bool), Failure> {
    let mut lines = Vec::new();
    let mut token = None;
    for _ in 0..DEPLOYMENT_CALLS_MAX {
        let input = ListIncidentFindingsInput {
            incident_record_arn: record.arn.clone(),
            max_results: Some(DEPLOYMENTS_PER_CALL),
            next_token: token,
        };
        let listed = visit.ask::<op::ListIncidentFindings>(input).await?;
        let finding_ids: Vec<String> = listed.findings.into_iter().map(|one| one.id).collect();
        let input = BatchGetIncidentFindingsInput {
            finding_ids,
            incident_record_arn: record.arn.clone(),
        };
        let got = visit.ask::<op::BatchGetIncidentFindings>(input).await?;
        let found = got.findings.into_iter();
        lines.extend(found.filter_map(|finding| deployment(visit, record, finding)));
        token = listed.next_token;
        if token.is_none() {
            break;
        }
    }
    lines.sort_by_key(|line: &DeploymentLine| line.started);
    Ok((lines, token.is_some()))
}

fn deployment(
    visit: &Visit<'_>,
    record: &IncidentRecord,
    finding: Finding,
) -> Option<DeploymentLine> {
    let (name, kind, resource, started, ended) = match finding.details? {
        FindingDetails::CodeDeployDeployment(found) => (
            format!(
                "{} {}",
                group_name(&found.deployment_group_arn),
                found.deployment_id
            ),
            "CodeDeploy deployment",
            found.deployment_group_arn,
            found.start_time,
            found.end_time,
        ),
        FindingDetails::CloudFormationStackUpdate(found) => (
            stack_name(&found.stack_arn),
            "CloudFormation stack update",
            found.stack_arn,
            found.start_time,
            found.end_time,
        ),
    };
    Some(DeploymentLine {
        name,
        kind,
        resource,
        started,
        ended,
        at: visit.moment(started),
        offset: offset(started, record.creation_time),
        before: started < record.creation_time,
        lasted: match ended {
            Some(at) => format!("took {}", span(at.0 - started.0)),
            None => "still running".into(),
        },
    })
}

impl DeploymentLine {
    pub fn span(&self) -> Span {
        Span {
            label: self.name.clone(),
            started: self.started,
            ended: self.ended,
        }
    }
}

/// `shop/blue` of `arn:aws:codedeploy:…:deploymentgroup:shop/blue`.
fn group_name(arn: &str) -> String {
    arn.rsplit(':').next().unwrap_or(arn).to_owned()
}

/// `web` of `arn:aws:cloudformation:…:stack/web/0a1b…`.
fn stack_name(arn: &str) -> String {
    let resource = arn.rsplit(':').next().unwrap_or(arn);
    let name = resource.split('/').nth(1);
    name.unwrap_or(resource).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deployments_have_short_names() {
        let group = "arn:aws:codedeploy:eu-central-1:111111111111:deploymentgroup:shop/blue";
        assert_eq!(group_name(group), "shop/blue");
        let stack = "arn:aws:cloudformation:eu-central-1:111111111111:stack/web/0a1b";
        assert_eq!(stack_name(stack), "web");
        assert_eq!(stack_name("odd"), "odd");
    }
}
