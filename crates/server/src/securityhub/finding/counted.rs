//! A finding as trends count it: the provider's document with what is set in the row of its edit.
//!
//! Invariant: who replaces a document or the row of an edit counts the change in the same transaction. What
//! is only in the log of an edit so far is counted when it becomes a row, on the day when it was set: by
//! `fold`, or before a document is replaced on a later day, since it was set over the one before.

use std::sync::Arc;

use super::caption::{STATUSES, caption};
use super::edit::{Edit, Edited, Op};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::trend::{Changes, State, day_of};

pub fn state(account: &str, text: &str, edit: Option<&Edit>) -> Result<State, Failure> {
    Ok(edited(State::of(account, text)?, edit))
}

/// What the provider sent with what is set over it.
pub fn edited(provided: State, edit: Option<&Edit>) -> State {
    let severity_id = edit.and_then(|edit| edit.severity_id);
    let status = edit.and_then(|edit| caption(STATUSES, edit.status_id?));
    provided.edited(severity_id, status)
}

/// Lays entries over an edit, those that are in it already left out. Of the edits of one day, trends count
/// where they led; those of a finding without a document are not counted.
pub fn lay(edit: &mut Edit, ops: &[Arc<Op>], provided: Option<&State>, trend: &mut Changes) {
    let before = edit.position;
    let news: Vec<&Op> = ops
        .iter()
        .filter(|op| op.seq > before)
        .map(|op| &**op)
        .collect();
    for day in news.chunk_by(|one, other| day_of(one.at_ms) == day_of(other.at_ms)) {
        let was = edit.clone();
        day.iter().for_each(|op| edit.take(op));
        if let (Some(provided), Some(first)) = (provided, day.first())
            && (was.severity_id, was.status_id) != (edit.severity_id, edit.status_id)
        {
            let [was, is] = [&was, &*edit].map(|edit| edited(provided.clone(), Some(edit)));
            trend.take(day_of(first.at_ms), Some(&was), &is);
        }
    }
}

/// What trends have counted of a finding whose document or edit is about to be replaced. What was set on
/// days before, and is only in the log so far, is counted on them and put into the row first.
pub fn up_to_today(
    ctx: &mut Ctx<'_, '_>,
    account: &str,
    text: &str,
    edit: Option<&mut Edited>,
    trend: &mut Changes,
) -> Result<State, Failure> {
    let provided = State::of(account, text)?;
    let Some(edit) = edit else {
        return Ok(provided);
    };
    let today = day_of(ctx.now.0);
    if edit.unfolded().iter().any(|op| day_of(op.at_ms) < today) {
        let row = edit.counted().cloned();
        let mut after = row.unwrap_or_else(|| Edit::new(&edit.current().uid));
        lay(&mut after, edit.unfolded(), Some(&provided), trend);
        edit.write(ctx, after)?;
    }
    Ok(edited(provided, edit.counted()))
}
