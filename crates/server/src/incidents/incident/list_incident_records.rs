//! ListIncidentRecords: newest first, filters joined by AND, their values by OR.

use balefire_api::generated::ssm_incidents::{
    IncidentRecordSummary, ListIncidentRecordsInput, ListIncidentRecordsOutput,
};
use balefire_store::{Row, Value};

use super::Incident;
use super::selection::Selection;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::replication_set::must_be_settled;

const INCIDENTS_PER_PAGE: usize = 100;

pub fn list_incident_records(
    ctx: &mut Ctx<'_, '_>,
    input: ListIncidentRecordsInput,
) -> Result<ListIncidentRecordsOutput, Failure> {
    let limit = ctx.page.limit(INCIDENTS_PER_PAGE, INCIDENTS_PER_PAGE);
    let selection = Selection::read(input.filters.as_deref().unwrap_or_default())?;
    must_be_settled(ctx, &ctx.caller.account)?;
    let page = selection.page(ctx.account(), ctx.page.after.as_deref(), limit + 1);
    let mut rows = match page {
        Some((sql, params)) => ctx.tx.query(&sql, &params)?,
        None => Vec::new(),
    };
    let next_token = ctx.page.cut(&mut rows, limit, key);
    let incident_record_summaries = rows.iter().map(summary).collect::<Result<_, _>>()?;
    Ok(ListIncidentRecordsOutput {
        incident_record_summaries,
        next_token,
    })
}

/// The values of `created_ms, id`, by which pages go on.
fn key(row: &Row) -> Vec<Value> {
    vec![
        row.int(1).unwrap_or_default().into(),
        row.text(0).unwrap_or_default().into(),
    ]
}

fn summary(row: &Row) -> Result<IncidentRecordSummary, Failure> {
    let record = Incident::read(row.blob(2)?)?;
    Ok(IncidentRecordSummary {
        arn: record.arn,
        creation_time: record.creation_time,
        impact: record.impact,
        incident_record_source: record.incident_record_source,
        resolved_time: record.resolved_time,
        status: record.status,
        title: record.title,
    })
}
