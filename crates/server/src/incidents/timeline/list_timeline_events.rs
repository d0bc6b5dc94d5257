//! ListTimelineEvents: by event time, newest first unless asked otherwise.

use balefire_api::generated::ssm_incidents::{
    AttributeValueList, Condition, EventSummary, Filter, ListTimelineEventsInput,
    ListTimelineEventsOutput, SortOrder, TIMELINE_EVENT, TimelineEvent,
};
use balefire_store::{Row, Value};

use super::USER_TYPES;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::findable::forms;
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
    let (select, query) = filters.query(&incident);
    let (sql, params) = query.page(
        select,
        &["k.event_ms", "k.id"],
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
    /// As they are found.
    References(Vec<String>),
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
                    Wanted::References(values.iter().flat_map(|text| forms(text)).collect())
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

    /// The events that pass, looked for where the fewest have to be passed over.
    fn query(&self, incident: &Incident) -> (&'static str, Query) {
        let own = incident.arn();
        let is_one = |filter: &Wanted<'_>| match filter {
            Wanted::References(all) => matches!(all.as_slice(), [one] if *one != own),
            _ => false,
        };
        let by_reference = self.0.iter().position(is_one);
        let by_type = self
            .0
            .iter()
            .any(|filter| matches!(filter, Wanted::Types([_])));
        let (select, kind) = match by_reference {
            Some(_) => (BY_REFERENCE, "e.kind"),
            None if by_type => (BY_TYPE, "k.kind"),
            None => (BY_TIME, "k.kind"),
        };
        let mut query = Query::default();
        query.compare("k.account =", &incident.account);
        query.compare("k.incident =", &incident.id);
        for (place, filter) in self.0.iter().enumerate() {
            match filter {
                Wanted::Before(time) => query.compare("k.event_ms <", *time),
                Wanted::After(time) => query.compare("k.event_ms >", *time),
                Wanted::Types(types) => query.one_of(kind, types),
                Wanted::References(references) if by_reference == Some(place) => {
                    query.one_of("k.reference", references);
                }
                Wanted::References(references) => refer_to(&mut query, &own, kind, references),
            }
        }
        (select, query)
    }
}

const BY_TIME: &str = "SELECT k.event_ms, k.id, k.body FROM timeline_event k";
// SQLite walks the index of types only where it holds all that is asked of it, so each document is
// fetched by its key. PostgreSQL would read the whole timeline for a join.
const BY_TYPE: &str = "SELECT k.event_ms, k.id, (SELECT e.body FROM timeline_event e \
                       WHERE e.account = k.account AND e.incident = k.incident \
                       AND e.event_ms = k.event_ms AND e.id = k.id) FROM timeline_event k";
const BY_REFERENCE: &str = "SELECT k.event_ms, k.id, e.body FROM timeline_reference k JOIN timeline_event e \
                            ON e.account = k.account AND e.incident = k.incident \
                            AND e.event_ms = k.event_ms AND e.id = k.id";

fn refer_to(query: &mut Query, own: &str, kind: &str, references: &[String]) {
    let marks = query.params(references);
    let listed = format!(
        "(k.event_ms, k.id) IN (SELECT event_ms, id FROM timeline_reference \
         WHERE account = $1 AND incident = $2 AND reference IN ({marks}))"
    );
    if !references.iter().any(|reference| reference == own) {
        return query.must(listed);
    }
    // That automatic events refer to their incident goes without a row.
    let types = query.params(&USER_TYPES);
    query.must(format!("({kind} NOT IN ({types}) OR {listed})"));
}
