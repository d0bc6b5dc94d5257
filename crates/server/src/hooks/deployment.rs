//! A deployment in its plain form, taken as the event that a pipeline would put.

use balefire_api::generated::events::{PutEventsRequest, PutEventsRequestEntry};

use super::Hook;
use super::action::Action;
use crate::events::deployment::DEPLOYMENT;

/// What is wrong with the form, the event itself says.
pub fn read(hook: &Hook, body: &[u8]) -> Result<Action, String> {
    let detail = std::str::from_utf8(body).map_err(|_| "The body is not UTF-8.".to_owned())?;
    Ok(Action::Put(PutEventsRequest {
        entries: vec![PutEventsRequestEntry {
            source: Some(format!("hooks.{}", hook.name)),
            detail_type: Some(DEPLOYMENT.to_owned()),
            detail: Some(detail.to_owned()),
            ..PutEventsRequestEntry::default()
        }],
        ..PutEventsRequest::default()
    }))
}
