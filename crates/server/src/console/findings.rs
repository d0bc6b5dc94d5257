//! The list of Security Hub's findings.

use askama::Template;
use balefire_api::generated::securityhub::operations as op;
use balefire_api::generated::securityhub::{
    AllowedOperators, CompositeFilter, GetFindingsV2Request, NumberFilter, OcsfFindingFilters,
    OcsfNumberField, OcsfNumberFilter, SortCriterion, SortOrder,
};
use http::StatusCode;
use serde_json::Value;

use super::choice::{Choice, Pages, choices, chosen};
use super::document::{items, number, text, time};
use super::form::href;
use super::moment::Moment;
use super::reply::Reply;
use super::severity::Tag;
use super::visit::{Frame, Section, Visit};
use crate::failure::Failure;

const FINDINGS_PER_PAGE: i32 = 50;

/// The values of `severity_id` that the page filters by.
pub const SEVERITIES: &[(&str, &str)] = &[
    ("All", ""),
    ("Critical", "5"),
    ("High", "4"),
    ("Medium", "3"),
    ("Low", "2"),
    ("Informational", "1"),
];

/// The values of `status_id` that the page filters by.
pub const STATUSES: &[(&str, &str)] = &[
    ("All", ""),
    ("New", "1"),
    ("In progress", "2"),
    ("Suppressed", "3"),
    ("Resolved", "4"),
];

const ORDERS: &[(&str, &str)] = &[("Newest", ""), ("Most severe", "severity")];

/// A finding in a list.
pub struct FindingLine {
    pub href: String,
    pub title: String,
    pub severity: Tag,
    pub status: Tag,
    pub resource: String,
    pub resource_kind: Option<String>,
    pub account: String,
    pub product: String,
    pub changed: Option<Moment>,
}

#[derive(Template)]
#[template(path = "console/findings.html")]
struct Findings {
    frame: Frame,
    severities: Vec<Choice>,
    statuses: Vec<Choice>,
    orders: Vec<Choice>,
    lines: Vec<FindingLine>,
    pages: Pages,
    filtered: bool,
    /// Why there is nothing to show at all, where the hub is off.
    off: Option<String>,
}

/// What a list of findings is narrowed to.
#[derive(Clone, Copy, Default)]
pub struct Narrowed {
    pub severity_id: Option<i64>,
    pub status_id: Option<i64>,
    pub by_severity: bool,
}

pub async fn findings(visit: &Visit<'_>) -> Result<Reply, Failure> {
    let severity = chosen(visit, "severity", SEVERITIES)?;
    let status = chosen(visit, "status", STATUSES)?;
    let order = chosen(visit, "order", ORDERS)?;
    let token = visit.query.get("token");
    let narrowed = Narrowed {
        severity_id: severity.parse().ok(),
        status_id: status.parse().ok(),
        by_severity: !order.is_empty(),
    };
    let (lines, next, off) = match page(visit, narrowed, FINDINGS_PER_PAGE, token).await {
        Ok((documents, next)) => {
            let lines = documents.iter().map(|document| line(visit, document));
            (lines.collect(), next, None)
        }
        Err(Failure::Denied(message)) => (Vec::new(), None, Some(message)),
        Err(failure) => return Err(failure),
    };
    let path = Section::Findings.path();
    let (by_severity, by_status) = (("severity", severity), ("status", status));
    let by_order = ("order", order);
    let kept = [by_severity, by_status, by_order];
    let page = Findings {
        frame: visit.frame(Section::Findings, "Findings"),
        severities: choices(
            path,
            "severity",
            severity,
            &[by_status, by_order],
            SEVERITIES,
        ),
        statuses: choices(path, "status", status, &[by_severity, by_order], STATUSES),
        orders: choices(path, "order", order, &[by_severity, by_status], ORDERS),
        lines,
        pages: Pages::of(path, &kept, token, next.as_deref()),
        filtered: !severity.is_empty() || !status.is_empty() || token.is_some(),
        off,
    };
    Reply::page(StatusCode::OK, &page)
}

/// One page of documents and the token of the next.
pub async fn page(
    visit: &Visit<'_>,
    narrowed: Narrowed,
    limit: i32,
    token: Option<&str>,
) -> Result<(Vec<Value>, Option<String>), Failure> {
    let by_severity = || {
        vec![SortCriterion {
            field: Some("severity_id".into()),
            sort_order: Some(SortOrder::Desc),
        }]
    };
    let input = GetFindingsV2Request {
        filters: narrowed.filters(),
        max_results: Some(limit),
        next_token: token.map(str::to_owned),
        sort_criteria: narrowed.by_severity.then(by_severity),
        scopes: None,
    };
    let got = visit.ask::<op::GetFindingsV2>(input).await?;
    let documents = got.findings.unwrap_or_default();
    let documents: Result<Vec<Value>, _> = documents.iter().map(|one| one.value()).collect();
    Ok((documents?, got.next_token))
}

impl Narrowed {
    fn filters(self) -> Option<OcsfFindingFilters> {
        // Fatal, which is rare, is shown with critical.
        let up_to = |id: i64| if id == 5 { 6 } else { id };
        let fields = [
            (
                OcsfNumberField::SeverityId,
                self.severity_id.map(|id| (id, up_to(id))),
            ),
            (OcsfNumberField::StatusId, self.status_id.map(|id| (id, id))),
        ];
        let given = fields
            .into_iter()
            .filter_map(|(field, ids)| Some((field, ids?)));
        let filters: Vec<OcsfNumberFilter> = given
            .map(|(field, (from, to))| OcsfNumberFilter {
                field_name: Some(field),
                filter: Some(NumberFilter {
                    gte: Some(from as f64),
                    lte: Some(to as f64),
                    ..Default::default()
                }),
            })
            .collect();
        let composite = CompositeFilter {
            operator: Some(AllowedOperators::And),
            number_filters: Some(filters),
            ..Default::default()
        };
        let any = composite
            .number_filters
            .as_ref()
            .is_some_and(|all| !all.is_empty());
        any.then(|| OcsfFindingFilters {
            composite_filters: Some(vec![composite]),
            composite_operator: Some(AllowedOperators::And),
        })
    }
}

fn line(visit: &Visit<'_>, document: &Value) -> FindingLine {
    let uid = text(document, "/metadata/uid").unwrap_or_default();
    FindingLine {
        href: href("/console/finding", &[("uid", &uid)]),
        title: title(document),
        severity: severity(document),
        status: status(document),
        resource: resource(document),
        resource_kind: text(document, "/resources/0/type"),
        account: text(document, "/cloud/account/uid").unwrap_or_default(),
        product: text(document, "/metadata/product/name")
            .or_else(|| text(document, "/metadata/product/uid"))
            .unwrap_or_default(),
        changed: changed(document).map(|at| visit.moment(at)),
    }
}

pub fn title(document: &Value) -> String {
    text(document, "/finding_info/title").unwrap_or_else(|| "Untitled finding".into())
}

pub fn severity(document: &Value) -> Tag {
    let caption = text(document, "/severity");
    Tag::of_ocsf_severity(
        number(document, "/severity_id").unwrap_or(0),
        caption.as_deref(),
    )
}

pub fn status(document: &Value) -> Tag {
    let caption = text(document, "/status");
    Tag::of_ocsf_status(
        number(document, "/status_id").unwrap_or(0),
        caption.as_deref(),
    )
}

/// When the provider changed it last.
pub fn changed(document: &Value) -> Option<balefire_api::Timestamp> {
    time(document, "/finding_info/modified_time").or_else(|| time(document, "/time"))
}

/// The first resource by its name or uid, and how many more there are.
fn resource(document: &Value) -> String {
    let first = text(document, "/resources/0/name").or_else(|| text(document, "/resources/0/uid"));
    let more = items(document, "/resources").len().saturating_sub(1);
    match (first, more) {
        (None, _) => "—".into(),
        (Some(first), 0) => first,
        (Some(first), more) => format!("{first} and {more} more"),
    }
}
