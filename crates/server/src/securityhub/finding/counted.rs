//! A finding as trends count it: the provider's document with what is set in the row of its edit.
//!
//! Invariant: who replaces a document or the row of an edit counts the change in the same transaction. What
//! is only in the log of an edit so far is counted when it becomes a row: by `fold` on the day when it was
//! set, or with a provider's version that overtakes the fold, on the day of that.

use super::caption::{STATUSES, caption};
use super::edit::Edit;
use crate::failure::Failure;
use crate::securityhub::trend::State;

pub fn state(account: &str, text: &str, edit: Option<&Edit>) -> Result<State, Failure> {
    Ok(edited(State::of(account, text)?, edit))
}

/// What the provider sent with what is set over it.
pub fn edited(provided: State, edit: Option<&Edit>) -> State {
    let severity_id = edit.and_then(|edit| edit.severity_id);
    let status = edit.and_then(|edit| caption(STATUSES, edit.status_id?));
    provided.edited(severity_id, status)
}
