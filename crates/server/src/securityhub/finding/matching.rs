//! The findings that filters match, a few at a time, for work that goes on over many transactions.

use std::borrow::Cow;
use std::sync::Arc;

use balefire_columns::{After, Key};
use balefire_store::Tx;
use serde_json::Value;

use super::edit::Edit;
use super::filter::Filters;
use super::index::{Index, key_of, uid_of};
use super::packing::Unpacker;
use super::read::read;
use super::scan::{Passing, scan_on};
use crate::context::Visible;
use crate::failure::Failure;

/// Findings that are looked at in one transaction.
const CHUNK: usize = 250;
/// Keys that are asked for at once: each time, the columns are searched as a whole.
const AHEAD: usize = if cfg!(test) { 3 } else { 1 << 16 };

/// A finding that matches, with what customers set in it.
pub struct Matching<'a> {
    pub document: &'a Value,
    provided: &'a str,
    edit: Option<&'a Edit>,
}

impl Matching<'_> {
    /// The document's text; what customers did not set is as the provider wrote it.
    pub fn text(&self) -> Result<Cow<'_, str>, Failure> {
        match self.edit {
            Some(edit) => Ok(edit.overlay(self.provided)?),
            None => Ok(Cow::Borrowed(self.provided)),
        }
    }
}

/// Findings that may match and were not looked at yet. It lasts as long as the work goes on; work that begins
/// again asks the columns again.
#[derive(Clone, Debug, Default)]
pub struct Ahead {
    keys: Arc<[Key]>,
    /// The first that was not looked at.
    next: usize,
    is_last: bool,
}

impl Ahead {
    /// The next few keys behind a uid; the columns are asked where none are left.
    fn take(
        &mut self,
        tx: &mut Tx<'_>,
        visible: Visible<'_>,
        filters: &Filters,
        after: &str,
        index: &Index,
    ) -> Result<&[Key], Failure> {
        if self.next == self.keys.len() && !self.is_last {
            let current = index.current(tx)?;
            let plan = filters.plan(index.fields());
            let key = key_of(after);
            let after = key.as_ref().map(|key| After { key, scalars: &[] });
            let hits = current.search(visible, plan, &[], after, AHEAD);
            self.is_last = hits.len() < AHEAD;
            self.keys = hits.iter().map(|hit| hit.key).collect();
            self.next = 0;
        }
        let first = self.next;
        self.next = self.keys.len().min(first + CHUNK);
        Ok(&self.keys[first..self.next])
    }

    fn is_over(&self) -> bool {
        self.next == self.keys.len() && self.is_last
    }
}

/// Looks at the next few findings behind a uid, the first where it is empty, and shows those that
/// match. Gives the uid to go on behind; nothing, when there are no more.
///
/// Where filters ask for something, the columns say which findings are looked at.
pub fn next_matching(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    filters: &Filters,
    after: &str,
    (index, ahead): (&Index, &mut Ahead),
    mut show: impl FnMut(Matching<'_>) -> Result<(), Failure>,
) -> Result<Option<String>, Failure> {
    let mut pass = |Passing { text, edit, .. }: Passing<'_>| {
        let mut document: Value = serde_json::from_str(&text)?;
        if let Some(edit) = &edit {
            edit.apply(&mut document);
        }
        if !filters.matches(&document) {
            return Ok(());
        }
        show(Matching {
            document: &document,
            provided: &text,
            edit: edit.as_ref(),
        })
    };
    if filters.ask_nothing() {
        return scan_on(
            tx,
            visible,
            index.tail(),
            after,
            &mut Unpacker::default(),
            &mut pass,
        );
    }
    let keys = ahead.take(tx, visible, filters, after, index)?;
    read(tx, visible, keys, index.tail(), pass)?;
    let last = keys.last().map(uid_of);
    Ok(last.filter(|_| !ahead.is_over()))
}
