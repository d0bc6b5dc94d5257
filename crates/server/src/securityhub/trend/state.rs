//! What of a finding trends count: the counter that it is in, and what it is asked for by.

use super::Fields;
use super::read::{CLOUD_PROVIDER, RESOURCE_PROVIDERS, SEVERITY_ID, STATUS, read};

/// A finding as trends count it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub account: String,
    /// The place of its counter.
    pub severity: usize,
    pub fields: Fields,
}

impl State {
    /// Of a document as its provider sent it.
    pub fn of(account: &str, text: &str) -> Result<State, serde_json::Error> {
        Ok(State::new(account, read(text)?))
    }

    /// Of the fields of such a document.
    pub fn new(account: &str, mut fields: Fields) -> State {
        let provided = fields.remove(SEVERITY_ID);
        let provided = provided.and_then(|ids| ids.first()?.parse().ok());
        // Providers that have one cloud name it once.
        let cloud = fields.remove(CLOUD_PROVIDER);
        if let Some(cloud) = cloud {
            fields.fill(RESOURCE_PROVIDERS, cloud);
        }
        fields.set("account_id", account);
        State {
            account: account.to_owned(),
            severity: counter(provided.unwrap_or_default()),
            fields,
        }
    }

    /// With the severity and the caption of the status that customers set over it.
    pub fn edited(mut self, severity_id: Option<i64>, status: Option<&str>) -> State {
        if let Some(id) = severity_id {
            self.severity = counter(id);
        }
        if let Some(status) = status {
            self.fields.set(STATUS, status);
        }
        self
    }
}

/// All that OCSF has no number for is Other.
fn counter(severity_id: i64) -> usize {
    match usize::try_from(severity_id) {
        Ok(id) if id < super::SEVERITIES - 1 => id,
        _ => super::SEVERITIES - 1,
    }
}
