//! Opening an incident, or folding into the open one of the same cause: the one way for calls and events.

use std::sync::Arc;

use balefire_api::Timestamp;
use balefire_api::generated::ssm_incidents::{
    Action, GetResponsePlanOutput, IncidentRecord, IncidentRecordSource, IncidentRecordStatus,
    RelatedItem, TriggerDetails,
};
use balefire_store::Kept;
use serde_json::json;

use super::Incident;
use crate::context::{Ctx, first_id};
use crate::failure::Failure;
use crate::incidents::change::changed;
use crate::incidents::findable::forms;
use crate::incidents::query::Query;
use crate::incidents::related_item::{self, Added};
use crate::incidents::response_plan::ResponsePlan;
use crate::incidents::timeline::{self, INCIDENT_START, INCIDENT_TRIGGER};
use crate::incidents::{arn, follow_up, quota};
use crate::tags;

/// The source of incidents that no trigger explains.
const MANUAL_SOURCE: &str = "aws.ssm-incidents.custom";

/// What is to open an incident.
#[derive(Default)]
pub struct Opening {
    /// Instead of the plan's.
    pub title: Option<String>,
    pub impact: Option<i32>,
    pub trigger: Option<TriggerDetails>,
    /// An ARN.
    pub created_by: String,
    /// An ARN or a service principal.
    pub invoked_by: String,
    /// Where the plan has no deduplication string: what the open incident of the same plan has too if
    /// this is to fold into it. `None` never folds.
    pub cause: Option<String>,
    pub related_items: Arc<[RelatedItem]>,
}

/// What came of it.
#[derive(Debug)]
pub struct Opened {
    pub incident_id: String,
    pub incident_arn: String,
    /// Otherwise it was open before.
    pub is_new: bool,
    /// Items beyond what an incident may have.
    pub items_left_out: usize,
}

/// Folds into the open incident with the plan's deduplication string or, without one, the opening's
/// cause; opens a new one where there is none, unless a quota forbids it. What has no room among the items
/// is left out, counted, and told by the timeline.
pub fn open_or_fold(
    ctx: &mut Ctx<'_, '_>,
    row: &ResponsePlan,
    opening: Opening,
) -> Result<Opened, Failure> {
    match find_open(ctx, row, opening.cause.as_deref())? {
        Some(open) => fold(ctx, &open, opening),
        None => {
            quota::room_for_incident(ctx, row)?;
            open_new(ctx, row, opening)
        }
    }
}

/// The open incident into which an opening of this cause folds.
pub fn find_open(
    ctx: &mut Ctx<'_, '_>,
    row: &ResponsePlan,
    cause: Option<&str>,
) -> Result<Option<Kept<Incident>>, Failure> {
    match (given(&row.plan()?), cause) {
        (Some(given), _) => {
            // Who only shares the plan is led to no incident of another one.
            let of = (row.account != ctx.account()).then_some(row.name.as_str());
            open_with(ctx, &row.account, &given, of)
        }
        (None, Some(cause)) => open_with(ctx, &row.account, cause, Some(&row.name)),
        (None, None) => Ok(None),
    }
}

/// The plan's own deduplication string.
fn given(plan: &GetResponsePlanOutput) -> Option<String> {
    let given = plan.incident_template.dedupe_string.clone();
    given.filter(|text| !text.is_empty())
}

/// The account's open incident with this string: of any plan, unless one is named.
fn open_with(
    ctx: &mut Ctx<'_, '_>,
    account: &str,
    dedupe: &str,
    plan: Option<&str>,
) -> Result<Option<Kept<Incident>>, Failure> {
    let mut query = Query::default();
    query.compare("account =", account);
    query.one_of("open_dedupe", &forms(dedupe));
    if let Some(plan) = plan {
        query.compare("plan =", plan);
    }
    let (sql, params) = query.page("SELECT id FROM incident", &["id"], false, None, 1);
    let rows = ctx.tx.query(&sql, &params)?;
    match rows.first() {
        Some(row) => Incident::find(ctx, account, row.text(0)?),
        None => Ok(None),
    }
}

/// How many of the account's incidents were opened since then whose cause begins so, those that were resolved
/// among them.
pub fn opened_since(
    ctx: &mut Ctx<'_, '_>,
    account: &str,
    cause_prefix: &str,
    since: Timestamp,
) -> Result<usize, Failure> {
    // Ids sort by the time of making, so this is a range of the key.
    let rows = ctx.tx.query(
        "SELECT body FROM incident WHERE account = $1 AND id >= $2 AND created_ms >= $3",
        &[account.into(), first_id(since).into(), since.0.into()],
    )?;
    let mut count = 0;
    for row in &rows {
        let record = Incident::read(row.blob(0)?)?;
        count += usize::from(record.dedupe_string.starts_with(cause_prefix));
    }
    Ok(count)
}

fn open_new(
    ctx: &mut Ctx<'_, '_>,
    row: &ResponsePlan,
    opening: Opening,
) -> Result<Opened, Failure> {
    let plan = row.plan()?;
    let (id, account) = (ctx.new_id(), row.account.as_str());
    let arn = arn::incident(account, &row.name, &id);
    let incident_tags = plan.incident_template.incident_tags.clone();
    let start = start_data(&plan, &opening);
    let dedupe = given(&plan).or_else(|| opening.cause.clone());
    let dedupe = dedupe.unwrap_or_else(|| id.clone());
    let record = record(ctx, &plan, &arn, dedupe, &opening);
    follow_up::notify(ctx, account, &record, INCIDENT_START, &start)?;
    let incident = Incident::new(account, &row.name, &id, record);
    ctx.tx.insert(&incident)?;
    if let Some(incident_tags) = incident_tags {
        tags::put(ctx.tx, account, &arn, &incident_tags)?;
    }
    let added = related_item::add(ctx, &incident, &opening.related_items)?;
    if let Some(trigger) = &opening.trigger {
        let data = telling(trigger_data(trigger, true), &added);
        let cause = trigger.trigger_arn.as_deref();
        timeline::append_referring(ctx, &incident, INCIDENT_TRIGGER, &data, cause)?;
    }
    timeline::append_automatic(ctx, &incident, INCIDENT_START, &start)?;
    follow_up::opened(ctx, &incident, &plan)?;
    changed(ctx, account, "incident.opened", &arn, &start)?;
    Ok(Opened {
        incident_id: id,
        incident_arn: arn,
        is_new: true,
        items_left_out: added.left_out,
    })
}

/// What the new incident takes from the plan, and what the opening overrides.
fn record(
    ctx: &Ctx<'_, '_>,
    plan: &GetResponsePlanOutput,
    arn: &str,
    dedupe_string: String,
    opening: &Opening,
) -> IncidentRecord {
    let template = &plan.incident_template;
    let trigger = opening.trigger.as_ref();
    let source = trigger.map_or(MANUAL_SOURCE, |trigger| &trigger.source);
    IncidentRecord {
        arn: arn.to_owned(),
        automation_executions: Some(Vec::new()),
        chat_channel: plan.chat_channel.clone(),
        creation_time: ctx.now,
        dedupe_string,
        impact: opening.impact.unwrap_or(template.impact),
        incident_record_source: IncidentRecordSource {
            created_by: opening.created_by.clone(),
            invoked_by: Some(opening.invoked_by.clone()),
            resource_arn: trigger.and_then(|trigger| trigger.trigger_arn.clone()),
            source: source.to_owned(),
        },
        last_modified_by: opening.created_by.clone(),
        last_modified_time: ctx.now,
        notification_targets: Some(template.notification_targets.clone().unwrap_or_default()),
        resolved_time: None,
        status: IncidentRecordStatus::Open,
        summary: template.summary.clone(),
        title: title(plan, opening).to_owned(),
    }
}

/// The trigger leaves its mark on the open incident and starts nothing.
fn fold(ctx: &mut Ctx<'_, '_>, open: &Incident, opening: Opening) -> Result<Opened, Failure> {
    let arn = open.arn();
    let data = match &opening.trigger {
        Some(trigger) => trigger_data(trigger, false),
        None => json!({"createdIncident": false, "incidentSource": MANUAL_SOURCE}),
    };
    let added = related_item::add(ctx, open, &opening.related_items)?;
    let data = telling(data, &added);
    let cause = opening
        .trigger
        .as_ref()
        .and_then(|trigger| trigger.trigger_arn.as_deref());
    timeline::append_referring(ctx, open, INCIDENT_TRIGGER, &data, cause)?;
    changed(ctx, &open.account, "incident.triggered_again", &arn, &data)?;
    Ok(Opened {
        incident_id: open.id.clone(),
        incident_arn: arn,
        is_new: false,
        items_left_out: added.left_out,
    })
}

fn trigger_data(trigger: &TriggerDetails, created: bool) -> serde_json::Value {
    json!({
        "createdIncident": created,
        "incidentSource": trigger.source,
        "triggerArn": trigger.trigger_arn,
        "rawData": trigger.raw_data,
        "triggeredAt": trigger.timestamp.date_time(),
    })
}

/// A trigger's data, with what found no room in the incident.
fn telling(mut data: serde_json::Value, added: &Added) -> serde_json::Value {
    if added.left_out > 0 {
        data["relatedItemsLeftOut"] = added.left_out.into();
    }
    data
}

fn start_data(plan: &GetResponsePlanOutput, opening: &Opening) -> serde_json::Value {
    let contacts = plan.engagements.iter().flatten().map(|arn| {
        let name = arn.rsplit('/').next().unwrap_or_default();
        json!({"contactArn": arn, "contactName": name})
    });
    let runbook = plan
        .actions
        .iter()
        .flatten()
        .next()
        .map(|Action::SsmAutomation(runbook)| runbook);
    let trigger_arn = opening
        .trigger
        .as_ref()
        .and_then(|trigger| trigger.trigger_arn.as_ref());
    json!({
        "incidentTitle": title(plan, opening),
        "contactsEngage": contacts.collect::<Vec<_>>(),
        "ssmDocumentName": runbook.map(|runbook| &runbook.document_name),
        "ssmDocumentVersion": runbook.and_then(|runbook| runbook.document_version.as_ref()),
        "triggerArn": trigger_arn,
    })
}

fn title<'a>(plan: &'a GetResponsePlanOutput, opening: &'a Opening) -> &'a str {
    opening
        .title
        .as_ref()
        .unwrap_or(&plan.incident_template.title)
}
