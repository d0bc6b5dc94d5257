//! StartIncident: opens an incident by a plan, or folds into the open one with the same deduplication string.

use balefire_api::generated::ssm_incidents::{
    Action, GetResponsePlanOutput, IncidentRecord, IncidentRecordSource, IncidentRecordStatus,
    RelatedItem, StartIncidentInput, StartIncidentOutput, TriggerDetails,
};
use balefire_store::Kept;
use serde_json::json;

use super::Incident;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::response_plan::ResponsePlan;
use crate::incidents::timeline::{self, INCIDENT_START, INCIDENT_TRIGGER};
use crate::incidents::{arn, follow_up, related_item};
use crate::tags;

/// The source of incidents that no trigger explains.
const MANUAL_SOURCE: &str = "aws.ssm-incidents.custom";

pub fn start_incident(
    ctx: &mut Ctx<'_, '_>,
    input: StartIncidentInput,
) -> Result<StartIncidentOutput, Failure> {
    check(&input)?;
    let row = ResponsePlan::by_arn(ctx, "/responsePlanArn", &input.response_plan_arn)?;
    let plan = row.plan()?;
    let dedupe = plan
        .incident_template
        .dedupe_string
        .clone()
        .filter(|text| !text.is_empty());
    if let Some(dedupe) = &dedupe
        && let Some(open) = open_with(ctx, dedupe)?
    {
        return fold(ctx, &open, input);
    }
    open(ctx, plan, dedupe, input)
}

fn check(input: &StartIncidentInput) -> Result<(), Failure> {
    if let Some(trigger) = &input.trigger_details
        && trigger.source.starts_with("aws.")
    {
        let rule = "Member must not begin with 'aws.', which is kept for AWS services";
        return Err(Failure::invalid("/triggerDetails/source", rule));
    }
    related_item::check_new(input.related_items.as_deref().unwrap_or_default())
}

/// The account's open incident with this string.
fn open_with(ctx: &mut Ctx<'_, '_>, dedupe: &str) -> Result<Option<Kept<Incident>>, Failure> {
    let rows = ctx.tx.query(
        "SELECT id FROM incident WHERE account = $1 AND open_dedupe = $2 ORDER BY id LIMIT 1",
        &[ctx.caller.account.as_str().into(), dedupe.into()],
    )?;
    match rows.first() {
        Some(row) => Incident::find(ctx, row.text(0)?),
        None => Ok(None),
    }
}

fn open(
    ctx: &mut Ctx<'_, '_>,
    plan: GetResponsePlanOutput,
    dedupe: Option<String>,
    input: StartIncidentInput,
) -> Result<StartIncidentOutput, Failure> {
    let (id, account) = (ctx.new_id(), ctx.caller.account.clone());
    let arn = arn::incident(&account, &plan.name, &id);
    let incident_tags = plan.incident_template.incident_tags.clone();
    let start = start_data(&plan, &input);
    let record = record(
        ctx,
        &plan,
        &arn,
        dedupe.unwrap_or_else(|| id.clone()),
        &input,
    );
    follow_up::notify(ctx, &record, INCIDENT_START, &start)?;
    ctx.tx
        .insert(&Incident::new(&account, &plan.name, &id, record))?;
    if let Some(incident_tags) = incident_tags {
        tags::put(ctx.tx, &account, &arn, &incident_tags)?;
    }
    if let Some(trigger) = &input.trigger_details {
        timeline::append_automatic(
            ctx,
            &arn,
            &id,
            INCIDENT_TRIGGER,
            &trigger_data(trigger, true),
        )?;
    }
    timeline::append_automatic(ctx, &arn, &id, INCIDENT_START, &start)?;
    related_item::add(ctx, &id, input.related_items.unwrap_or_default())?;
    follow_up::opened(ctx, &id, &arn, &plan)?;
    ctx.changed("incident.opened", &arn, &start)?;
    Ok(StartIncidentOutput {
        incident_record_arn: arn,
    })
}

/// What the new incident takes from the plan, and what the request overrides.
fn record(
    ctx: &Ctx<'_, '_>,
    plan: &GetResponsePlanOutput,
    arn: &str,
    dedupe_string: String,
    input: &StartIncidentInput,
) -> IncidentRecord {
    let template = &plan.incident_template;
    let trigger = input.trigger_details.as_ref();
    IncidentRecord {
        arn: arn.to_owned(),
        automation_executions: Some(Vec::new()),
        chat_channel: plan.chat_channel.clone(),
        creation_time: ctx.now,
        dedupe_string,
        impact: input.impact.unwrap_or(template.impact),
        incident_record_source: IncidentRecordSource {
            created_by: ctx.caller.arn.clone(),
            invoked_by: Some(ctx.caller.arn.clone()),
            resource_arn: trigger.and_then(|trigger| trigger.trigger_arn.clone()),
            source: trigger.map_or_else(
                || MANUAL_SOURCE.to_owned(),
                |trigger| trigger.source.clone(),
            ),
        },
        last_modified_by: ctx.caller.arn.clone(),
        last_modified_time: ctx.now,
        notification_targets: Some(template.notification_targets.clone().unwrap_or_default()),
        resolved_time: None,
        status: IncidentRecordStatus::Open,
        summary: template.summary.clone(),
        title: input
            .title
            .clone()
            .unwrap_or_else(|| template.title.clone()),
    }
}

/// The trigger leaves its mark on the open incident and starts nothing.
fn fold(
    ctx: &mut Ctx<'_, '_>,
    open: &Incident,
    input: StartIncidentInput,
) -> Result<StartIncidentOutput, Failure> {
    let arn = open.arn();
    let data = match &input.trigger_details {
        Some(trigger) => trigger_data(trigger, false),
        None => json!({"createdIncident": false, "incidentSource": MANUAL_SOURCE}),
    };
    timeline::append_automatic(ctx, &arn, &open.id, INCIDENT_TRIGGER, &data)?;
    let items: Vec<RelatedItem> = input.related_items.unwrap_or_default();
    related_item::add(ctx, &open.id, items)?;
    ctx.changed("incident.triggered_again", &arn, &data)?;
    Ok(StartIncidentOutput {
        incident_record_arn: arn,
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

fn start_data(plan: &GetResponsePlanOutput, input: &StartIncidentInput) -> serde_json::Value {
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
    let title = input
        .title
        .as_ref()
        .unwrap_or(&plan.incident_template.title);
    json!({
        "incidentTitle": title,
        "contactsEngage": contacts.collect::<Vec<_>>(),
        "ssmDocumentName": runbook.map(|runbook| &runbook.document_name),
        "ssmDocumentVersion": runbook.and_then(|runbook| runbook.document_version.as_ref()),
        "triggerArn": input.trigger_details.as_ref().and_then(|trigger| trigger.trigger_arn.as_ref()),
    })
}
