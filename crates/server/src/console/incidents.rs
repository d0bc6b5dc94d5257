//! The list of incidents, newest first.

use askama::Template;
use balefire_api::generated::ssm_incidents::operations as op;
use balefire_api::generated::ssm_incidents::{
    AttributeValueList, Condition, Filter, IncidentRecordStatus, IncidentRecordSummary,
    ListIncidentRecordsInput,
};
use http::StatusCode;

use super::choice::{Choice, Pages, choices, chosen};
use super::form::href;
use super::moment::{Moment, span};
use super::reply::Reply;
use super::severity::Tag;
use super::visit::{Frame, Section, Visit};
use crate::failure::Failure;

const INCIDENTS_PER_PAGE: i32 = 50;

/// The states that the page filters by.
const STATUSES: &[(&str, &str)] = &[("All", ""), ("Open", "OPEN"), ("Resolved", "RESOLVED")];

/// An incident in a list.
pub struct IncidentLine {
    pub href: String,
    pub title: String,
    pub impact: Tag,
    pub status: Tag,
    pub opened: Moment,
    /// From opening to resolution, or until now.
    pub lasted: String,
    pub source: String,
}

#[derive(Template)]
#[template(path = "console/incidents.html")]
struct Incidents {
    frame: Frame,
    statuses: Vec<Choice>,
    lines: Vec<IncidentLine>,
    pages: Pages,
    /// Whether the list is empty only because of its filter.
    filtered: bool,
    begin: Begin,
}

/// The commands that lead to a first incident, from where the account is.
pub struct Begin {
    pub has_set: bool,
    pub region: String,
    pub account: String,
}

impl Begin {
    pub fn of(visit: &Visit<'_>) -> Begin {
        Begin {
            has_set: !visit.own_regions.is_empty(),
            region: visit.region.clone(),
            account: visit.caller.account.clone(),
        }
    }
}

pub async fn incidents(visit: &Visit<'_>) -> Result<Reply, Failure> {
    let chosen = chosen(visit, "status", STATUSES)?;
    let status = IncidentRecordStatus::parse(chosen);
    let token = visit.query.get("token");
    let listed = list(visit, status, INCIDENTS_PER_PAGE, token).await?;
    let path = Section::Incidents.path();
    let kept = [("status", chosen)];
    let page = Incidents {
        frame: visit.frame(Section::Incidents, "Incidents"),
        statuses: choices(path, "status", chosen, &[], STATUSES),
        lines: listed.0,
        pages: Pages::of(path, &kept, token, listed.1.as_deref()),
        filtered: status.is_some() || token.is_some(),
        begin: Begin::of(visit),
    };
    Reply::page(StatusCode::OK, &page)
}

/// One page of incidents, and the token of the next.
pub async fn list(
    visit: &Visit<'_>,
    status: Option<IncidentRecordStatus>,
    limit: i32,
    token: Option<&str>,
) -> Result<(Vec<IncidentLine>, Option<String>), Failure> {
    let filters = status.map(|status| {
        let values = AttributeValueList::StringValues(vec![status.as_str().to_owned()]);
        vec![Filter {
            key: "status".into(),
            condition: Condition::Equals(values),
        }]
    });
    let input = ListIncidentRecordsInput {
        filters,
        max_results: Some(limit),
        next_token: token.map(str::to_owned),
    };
    let listed = visit.ask::<op::ListIncidentRecords>(input).await?;
    let lines = listed.incident_record_summaries.into_iter();
    let lines = lines.map(|summary| line(visit, summary)).collect();
    Ok((lines, listed.next_token))
}

fn line(visit: &Visit<'_>, summary: IncidentRecordSummary) -> IncidentLine {
    let until = summary.resolved_time.unwrap_or(visit.now);
    IncidentLine {
        href: href("/console/incident", &[("arn", &summary.arn)]),
        title: summary.title,
        impact: Tag::of_impact(summary.impact),
        status: Tag::of_status_word(summary.status.as_str()),
        opened: visit.moment(summary.creation_time),
        lasted: span(until.0 - summary.creation_time.0),
        source: source(&summary.incident_record_source.source),
    }
}

/// Who opened an incident, in words where the service has its own name for it.
pub fn source(name: &str) -> String {
    match name {
        "aws.ssm-incidents.custom" => "Opened by hand".into(),
        name => name.to_owned(),
    }
}
