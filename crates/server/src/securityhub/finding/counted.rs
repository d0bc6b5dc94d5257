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
    let provided = State::of(account, text)?;
    Ok(match edit {
        Some(edit) => edited(provided, edit),
        None => provided,
    })
}

/// What the provider sent with what is set over it.
pub fn edited(provided: State, edit: &Edit) -> State {
    let status = edit.status_id.and_then(|id| caption(STATUSES, id));
    provided.edited(edit.severity_id, status)
}
