//! The post-incident report: what the store knows of an incident, as one document for people.

mod get_incident_report;
mod markdown;
mod prose;
#[cfg(test)]
mod tests;

pub use get_incident_report::get_incident_report;

use balefire_api::Timestamp;
use balefire_api::generated::ssm_incidents::{Finding, IncidentRecord, RelatedItem, TimelineEvent};
use serde_json::Value;

use crate::incidents::timeline::{INCIDENT_TRIGGER, PAGE_ACKNOWLEDGED};

/// Everything that is told.
pub struct Report {
    pub record: IncidentRecord,
    /// Oldest first.
    pub events: Vec<Told>,
    pub items: Vec<RelatedItem>,
    /// Deployments around the incident, the likeliest first.
    pub findings: Vec<Finding>,
    /// When the report was made.
    pub at: Timestamp,
}

/// An event of the timeline and who left it.
pub struct Told {
    pub event: TimelineEvent,
    pub actor: String,
}

impl Told {
    /// The data, or its text where it is not JSON.
    pub fn data(&self) -> Value {
        let text = &self.event.event_data;
        serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))
    }
}

impl Report {
    /// When what was wrong first showed: the time that the first trigger carries.
    pub fn triggered(&self) -> Option<Timestamp> {
        let triggers = self
            .events
            .iter()
            .filter(|told| told.event.event_type == INCIDENT_TRIGGER);
        let times = triggers.filter_map(|told| {
            let data = told.data();
            Timestamp::parse_date_time(data.get("triggeredAt")?.as_str()?)
        });
        times.min_by_key(|time| time.0)
    }

    /// When the first person said to be at it.
    pub fn acknowledged(&self) -> Option<Timestamp> {
        let first = self
            .events
            .iter()
            .find(|told| told.event.event_type == PAGE_ACKNOWLEDGED);
        first.map(|told| told.event.event_time)
    }
}
