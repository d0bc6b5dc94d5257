//! One incident: its record, its place in time, and what belongs to it.

use askama::Template;
use balefire_api::generated::ssm_incidents::operations as op;
use balefire_api::generated::ssm_incidents::{GetIncidentRecordInput, IncidentRecord};
use http::StatusCode;

use super::choice::Pages;
use super::form::href;
use super::incidents::source;
use super::moment::{Moment, span};
use super::plot::Plot;
use super::prose::{self, Part};
use super::reply::Reply;
use super::severity::Tag;
use super::timeline::{self, DeploymentLine, EventLine, ItemLine};
use super::visit::{Frame, Section, Visit};
use crate::failure::Failure;

#[derive(Template)]
#[template(path = "console/incident.html")]
struct IncidentPage {
    frame: Frame,
    record: IncidentRecord,
    summary: Vec<Part>,
    impact: Tag,
    status: Tag,
    opened: Moment,
    resolved: Option<Moment>,
    lasted: String,
    source: String,
    plan: String,
    plot: Plot,
    events: Vec<EventLine>,
    pages: Pages,
    items: Vec<ItemLine>,
    deployments: Vec<DeploymentLine>,
    /// Whether there are more deployments than the page shows.
    more_deployments: bool,
}

pub async fn incident(visit: &Visit<'_>) -> Result<Reply, Failure> {
    let arn = visit.query.get("arn").unwrap_or_default().to_owned();
    let got = visit.ask::<op::GetIncidentRecord>(GetIncidentRecordInput { arn });
    let record = got.await?.incident_record;
    let token = visit.query.get("token");
    let (events, next) = timeline::events(visit, &record, token).await?;
    let items = timeline::items(visit, &record.arn).await?;
    let (deployments, more_deployments) = timeline::deployments(visit, &record).await?;
    let spans: Vec<_> = deployments.iter().map(DeploymentLine::span).collect();
    let times: Vec<_> = events.iter().map(|event| event.at_ms).collect();
    let until = record.resolved_time.unwrap_or(visit.now);
    let kept = [("arn", record.arn.as_str())];
    let page = IncidentPage {
        frame: visit.frame(Section::Incidents, record.title.as_str()),
        summary: prose::parts(record.summary.as_deref().unwrap_or_default()),
        impact: Tag::of_impact(record.impact),
        status: Tag::of_status_word(record.status.as_str()),
        opened: visit.moment(record.creation_time),
        resolved: record.resolved_time.map(|at| visit.moment(at)),
        lasted: span(until.0 - record.creation_time.0),
        source: source(&record.incident_record_source.source),
        plan: plan(&record.arn),
        plot: Plot::of(
            record.creation_time,
            record.resolved_time,
            visit.now,
            &spans,
            &times,
        ),
        events,
        pages: Pages::of("/console/incident", &kept, token, next.as_deref()),
        items,
        deployments,
        more_deployments,
        record,
    };
    Reply::page(StatusCode::OK, &page)
}

/// The response plan's name, which an incident's ARN has.
fn plan(arn: &str) -> String {
    arn.split('/').nth(1).unwrap_or_default().to_owned()
}

impl IncidentPage {
    /// What the plot shows, for those who do not see it.
    fn plot_words(&self) -> String {
        let before = self.deployments.iter().filter(|line| line.before).count();
        let after = self.deployments.len() - before;
        let counted = |count: usize, what: &str| {
            format!("{count} {what}{}", if count == 1 { "" } else { "s" })
        };
        format!(
            "Time axis of the incident: {} in the hour before it opened, {after} after, and {}.",
            counted(before, "deployment"),
            counted(self.events.len(), "timeline event"),
        )
    }

    fn list_href(&self) -> String {
        href(Section::Incidents.path(), &[])
    }
}
