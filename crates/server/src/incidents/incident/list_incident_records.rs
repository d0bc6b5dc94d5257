//! ListIncidentRecords: newest first, filters joined by AND, their values by OR.

use balefire_api::generated::ssm_incidents::{
    AttributeValueList, Condition, Filter, IncidentRecordStatus, IncidentRecordSummary,
    ListIncidentRecordsInput, ListIncidentRecordsOutput,
};
use balefire_store::{Row, Value};

use super::Incident;
use crate::context::Ctx;
use crate::failure::Failure;

const INCIDENTS_PER_PAGE: usize = 100;

pub fn list_incident_records(
    ctx: &mut Ctx<'_, '_>,
    input: ListIncidentRecordsInput,
) -> Result<ListIncidentRecordsOutput, Failure> {
    let limit = ctx.page.limit(INCIDENTS_PER_PAGE, INCIDENTS_PER_PAGE);
    let mut query = Query::new(ctx.account());
    for (place, filter) in input.filters.iter().flatten().enumerate() {
        query.narrow(&format!("/filters/{place}"), filter)?;
    }
    if let Some(after) = &ctx.page.after {
        query.after(after);
    }
    let (sql, params) = query.newest_first(limit + 1);
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

/// A WHERE clause that grows filter by filter.
struct Query {
    conditions: Vec<String>,
    params: Vec<Value>,
}

impl Query {
    fn new(account: &str) -> Query {
        Query {
            conditions: vec!["account = $1".into()],
            params: vec![account.into()],
        }
    }

    fn param(&mut self, value: impl Into<Value>) -> String {
        self.params.push(value.into());
        format!("${}", self.params.len())
    }

    fn narrow(&mut self, path: &str, filter: &Filter) -> Result<(), Failure> {
        match (filter.key.as_str(), &filter.condition) {
            ("creationTime", Condition::Before(time)) => self.compare("created_ms <", time.0),
            ("creationTime", Condition::After(time)) => self.compare("created_ms >", time.0),
            ("impact", Condition::Equals(AttributeValueList::IntegerValues(values))) => {
                self.one_of(path, "impact", values)?;
            }
            ("createdBy", Condition::Equals(AttributeValueList::StringValues(values))) => {
                self.one_of(path, "created_by", values)?;
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
                self.one_of(path, "status", values)?;
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

    fn compare(&mut self, column_and_operator: &str, value: i64) {
        let param = self.param(value);
        self.conditions
            .push(format!("{column_and_operator} {param}"));
    }

    fn one_of<T: Clone + Into<Value>>(
        &mut self,
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
        let params: Vec<String> = values
            .iter()
            .map(|value| self.param(value.clone()))
            .collect();
        self.conditions
            .push(format!("{column} IN ({})", params.join(", ")));
        Ok(())
    }

    fn after(&mut self, key: &[Value]) {
        let params: Vec<String> = key.iter().map(|value| self.param(value.clone())).collect();
        self.conditions
            .push(format!("(created_ms, id) < ({})", params.join(", ")));
    }

    fn newest_first(mut self, limit: usize) -> (String, Vec<Value>) {
        let limit = self.param(i64::try_from(limit).unwrap_or(i64::MAX));
        let sql = format!(
            "SELECT id, created_ms, body FROM incident WHERE {} ORDER BY created_ms DESC, id DESC LIMIT {limit}",
            self.conditions.join(" AND ")
        );
        (sql, self.params)
    }
}
