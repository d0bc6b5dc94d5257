//! ListTimelineEvents: by event time, newest first unless asked otherwise.

use balefire_api::generated::ssm_incidents::{
    AttributeValueList, Condition, EventReference, EventSummary, Filter, ListTimelineEventsInput,
    ListTimelineEventsOutput, SortOrder, TimelineEvent,
};
use balefire_store::{Page, Value};

use super::TimelineEventRow;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::Incident;

const EVENTS_PER_PAGE: usize = 100;
/// Rows read at once while looking for events that pass the filters.
const ROWS_PER_READ: usize = 200;

pub fn list_timeline_events(
    ctx: &mut Ctx<'_, '_>,
    input: ListTimelineEventsInput,
) -> Result<ListTimelineEventsOutput, Failure> {
    let filters = Filters::read(input.filters.as_deref().unwrap_or_default())?;
    let limit = ctx.page.limit(EVENTS_PER_PAGE, EVENTS_PER_PAGE);
    let incident = Incident::find_by_arn(ctx, "/incidentRecordArn", &input.incident_record_arn)?;
    // The model has no error for an unknown incident: its list is empty.
    let Some(incident) = incident else {
        return Ok(ListTimelineEventsOutput::default());
    };
    let mut rows: Vec<(Vec<Value>, TimelineEvent)> = Vec::new();
    let mut after = ctx.page.after.clone();
    while rows.len() <= limit {
        let read = ctx.tx.page::<TimelineEventRow>(&Page {
            equal: &[
                ("account", (&incident.account).into()),
                ("incident", (&incident.id).into()),
            ],
            order: &["event_ms", "id"],
            descending: input.sort_order != Some(SortOrder::Ascending),
            after: after.clone(),
            limit: ROWS_PER_READ,
        })?;
        for row in &read {
            let event = row.event()?;
            if filters.pass(&event) {
                rows.push((key(row), event));
            }
        }
        match read.last() {
            Some(last) if read.len() == ROWS_PER_READ => after = Some(key(last)),
            _ => break,
        }
    }
    let next_token = ctx.page.cut(&mut rows, limit, |(key, _)| key.clone());
    let event_summaries = rows.into_iter().map(|(_, event)| summary(event)).collect();
    Ok(ListTimelineEventsOutput {
        event_summaries,
        next_token,
    })
}

fn key(row: &TimelineEventRow) -> Vec<Value> {
    vec![row.event_ms.into(), (&row.id).into()]
}

fn summary(event: TimelineEvent) -> EventSummary {
    EventSummary {
        event_id: event.event_id,
        event_references: event.event_references,
        event_time: event.event_time,
        event_type: event.event_type,
        event_updated_time: event.event_updated_time,
        incident_record_arn: event.incident_record_arn,
    }
}

/// The filters of a call: all must hold, each by one of its values.
struct Filters<'a>(Vec<(Key, &'a Condition)>);

#[derive(Clone, Copy)]
enum Key {
    Time,
    Type,
    Reference,
}

impl Filters<'_> {
    fn read(filters: &[Filter]) -> Result<Filters<'_>, Failure> {
        let mut read = Vec::new();
        for (place, filter) in filters.iter().enumerate() {
            let key = match (filter.key.as_str(), &filter.condition) {
                ("eventTime", Condition::Before(_) | Condition::After(_)) => Key::Time,
                ("eventType", Condition::Equals(AttributeValueList::StringValues(v)))
                    if !v.is_empty() =>
                {
                    Key::Type
                }
                ("eventReference", Condition::Equals(AttributeValueList::StringValues(v)))
                    if !v.is_empty() =>
                {
                    Key::Reference
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
            };
            read.push((key, &filter.condition));
        }
        Ok(Filters(read))
    }

    fn pass(&self, event: &TimelineEvent) -> bool {
        self.0
            .iter()
            .all(|(key, condition)| match (key, condition) {
                (Key::Time, Condition::Before(time)) => event.event_time < *time,
                (Key::Time, Condition::After(time)) => event.event_time > *time,
                (Key::Type, Condition::Equals(AttributeValueList::StringValues(values))) => {
                    values.contains(&event.event_type)
                }
                (Key::Reference, Condition::Equals(AttributeValueList::StringValues(values))) => {
                    event
                        .event_references
                        .iter()
                        .flatten()
                        .any(|reference| match reference {
                            EventReference::RelatedItemId(text)
                            | EventReference::Resource(text) => values.contains(text),
                        })
                }
                _ => false,
            })
    }
}
