//! ListIncidentRecords: newest first, filters joined by AND, their values by OR.

use balefire_api::generated::ssm_incidents::{
    AttributeValueList, Condition, Filter, IncidentRecordStatus, IncidentRecordSummary,
    ListIncidentRecordsInput, ListIncidentRecordsOutput,
};
use balefire_store::{Row, Value};

use super::Incident;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::query::Query;
use crate::incidents::replication_set::must_be_settled;

const INCIDENTS_PER_PAGE: usize = 100;

pub fn list_incident_records(
    ctx: &mut Ctx<'_, '_>,
    input: ListIncidentRecordsInput,
) -> Result<ListIncidentRecordsOutput, Failure> {
    let limit = ctx.page.limit(INCIDENTS_PER_PAGE, INCIDENTS_PER_PAGE);
    let mut query = Query::default();
    query.compare("account =", ctx.account());
    for (place, filter) in input.filters.iter().flatten().enumerate() {
        narrow(&mut query, &format!("/filters/{place}"), filter)?;
    }
    must_be_settled(ctx, &ctx.caller.account)?;
    let (keys, params) = query.page(
        "SELECT account, id, created_ms FROM incident",
        &["created_ms", "id"],
        true,
        ctx.page.after.as_deref(),
        limit + 1,
    );
    // The keys come from an index alone; only the page's rows are then read.
    let sql = format!(
        "SELECT i.id, i.created_ms, i.body FROM ({keys}) k \
         JOIN incident i ON i.account = k.account AND i.id = k.id ORDER BY k.created_ms DESC, k.id DESC"
    );
    let mut rows = ctx.tx.query(&sql, &params)?;
    let key = |row: &Row| {
        vec![
            row.int(1).unwrap_or_default().into(),
            row.text(0).unwrap_or_default().into(),
        ]
    };
    let next_token = ctx.page.cut(&mut rows, limit, key);
    let incident_record_summaries = rows.iter().map(summary).collect::<Result<_, _>>()?;
    Ok(ListIncidentRecordsOutput {
        incident_record_summaries,
        next_token,
    })
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

fn narrow(query: &mut Query, path: &str, filter: &Filter) -> Result<(), Failure> {
    match (filter.key.as_str(), &filter.condition) {
        ("creationTime", Condition::Before(time)) => query.compare("created_ms <", time.0),
        ("creationTime", Condition::After(time)) => query.compare("created_ms >", time.0),
        ("impact", Condition::Equals(AttributeValueList::IntegerValues(values))) => {
            one_of(query, path, "impact", values)?;
        }
        ("createdBy", Condition::Equals(AttributeValueList::StringValues(values))) => {
            one_of(query, path, "created_by", values)?;
        }
        ("status", Condition::Equals(AttributeValueList::StringValues(values))) => {
            if values
                .iter()
                .any(|value| IncidentRecordStatus::parse(value).is_none())
            {
                let rule = "Member must hold OPEN or RESOLVED";
                return Err(Failure::invalid(
                    &format!("{path}/condition/equals/stringValues"),
                    rule,
                ));
            }
            one_of(query, path, "status", values)?;
        }
        ("creationTime" | "impact" | "createdBy" | "status", _) => {
            let rule = "Member must be before or after for creationTime, equals.integerValues for impact, \
                        and equals.stringValues for status and createdBy";
            return Err(Failure::invalid(&format!("{path}/condition"), rule));
        }
        _ => {
            let rule = "Member must be one of: creationTime, impact, status, createdBy";
            return Err(Failure::invalid(&format!("{path}/key"), rule));
        }
    }
    Ok(())
}

fn one_of<T: Clone + Into<Value>>(
    query: &mut Query,
    path: &str,
    column: &str,
    values: &[T],
) -> Result<(), Failure> {
    if values.is_empty() {
        return Err(Failure::invalid(
            &format!("{path}/condition/equals"),
            "Member must hold a value",
        ));
    }
    query.one_of(column, values);
    Ok(())
}
