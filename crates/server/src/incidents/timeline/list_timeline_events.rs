//! ListTimelineEvents: by event time, newest first unless asked otherwise.

use balefire_api::generated::ssm_incidents::{
    AttributeValueList, Condition, EventSummary, Filter, ListTimelineEventsInput,
    ListTimelineEventsOutput, SortOrder, TIMELINE_EVENT, TimelineEvent,
};
use balefire_store::{Row, Value};

use super::USER_TYPES;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::Incident;
use crate::incidents::query::Query;
use crate::incidents::resource_policy::SharedAction;
use crate::wire_form;

const EVENTS_PER_PAGE: usize = 100;

pub fn list_timeline_events(
    ctx: &mut Ctx<'_, '_>,
    input: ListTimelineEventsInput,
) -> Result<ListTimelineEventsOutput, Failure> {
    let filters = Filters::read(input.filters.as_deref().unwrap_or_default())?;
    let limit = ctx.page.limit(EVENTS_PER_PAGE, EVENTS_PER_PAGE);
    let incident = Incident::find_by_arn(
        ctx,
        "/incidentRecordArn",
        &input.incident_record_arn,
        Some(SharedAction::ListTimelineEvents),
    )?;
    // The model has no error for an unknown incident: its list is empty.
    let Some(incident) = incident else {
        return Ok(ListTimelineEventsOutput::default());
    };
    let (sql, params) = filters.query(&incident).page(
        "SELECT event_ms, id, body FROM timeline_event",
        &["event_ms", "id"],
        input.sort_order != Some(SortOrder::Ascending),
        ctx.page.after.as_deref(),
        limit + 1,
    );
    let mut rows = ctx.tx.query(&sql, &params)?;
    let key = |row: &Row| -> Vec<Value> {
        let (event_ms, id) = (row.int(0), row.text(1));
        vec![
            event_ms.unwrap_or_default().into(),
            id.unwrap_or_default().into(),
        ]
    };
    let next_token = ctx.page.cut(&mut rows, limit, key);
    let event_summaries = rows.iter().map(summary).collect::<Result<_, _>>()?;
    Ok(ListTimelineEventsOutput {
        event_summaries,
        next_token,
    })
}

fn summary(row: &Row) -> Result<EventSummary, Failure> {
    let event: TimelineEvent = wire_form::read(&TIMELINE_EVENT, row.blob(2)?)?;
    Ok(EventSummary {
        event_id: event.event_id,
        event_references: event.event_references,
        event_time: event.event_time,
        event_type: event.event_type,
        event_updated_time: event.event_updated_time,
        incident_record_arn: event.incident_record_arn,
    })
}

/// The filters of a call: all must hold, each by one of its values.
struct Filters<'a>(Vec<Wanted<'a>>);

enum Wanted<'a> {
    Before(i64),
    After(i64),
    Types(&'a [String]),
    References(&'a [String]),
}

impl Filters<'_> {
    fn read(filters: &[Filter]) -> Result<Filters<'_>, Failure> {
        let mut read = Vec::new();
        for (place, filter) in filters.iter().enumerate() {
            read.push(match (filter.key.as_str(), &filter.condition) {
                ("eventTime", Condition::Before(time)) => Wanted::Before(time.0),
                ("eventTime", Condition::After(time)) => Wanted::After(time.0),
                ("eventType", Condition::Equals(AttributeValueList::StringValues(values)))
                    if !values.is_empty() =>
                {
                    Wanted::Types(values)
                }
                ("eventReference", Condition::Equals(AttributeValueList::StringValues(values)))
                    if !values.is_empty() =>
                {
                    Wanted::References(values)
                }
                ("eventTime" | "eventType" | "eventReference", _) => {
                    let rule = "Member must be before or after for eventTime, and equals.stringValues with at \
                                least one value for eventType and eventReference";
                    return Err(Failure::invalid(
                        &format!("/filters/{place}/condition"),
                        rule,
                    ));
                }
                _ => {
                    let rule = "Member must be one of: eventTime, eventType, eventReference";
                    return Err(Failure::invalid(&format!("/filters/{place}/key"), rule));
                }
            });
        }
        Ok(Filters(read))
    }

    fn query(&self, incident: &Incident) -> Query {
        let mut query = Query::default();
        query.compare("account =", &incident.account);
        query.compare("incident =", &incident.id);
        for filter in &self.0 {
            match filter {
                Wanted::Before(time) => query.compare("event_ms <", *time),
                Wanted::After(time) => query.compare("event_ms >", *time),
                Wanted::Types(types) => query.one_of("kind", types),
                Wanted::References(references) => refer_to(&mut query, incident, references),
            }
        }
        query
    }
}

fn refer_to(query: &mut Query, incident: &Incident, references: &[String]) {
    let marks = query.params(references);
    let listed = format!(
        "(event_ms, id) IN (SELECT event_ms, id FROM timeline_reference \
         WHERE account = $1 AND incident = $2 AND reference IN ({marks}))"
    );
    if !references.contains(&incident.arn()) {
        return query.must(listed);
    }
    // That automatic events refer to their incident goes without a row.
    let types = query.params(&USER_TYPES);
    query.must(format!("(kind NOT IN ({types}) OR {listed})"));
}
