//! The findings that filters match, a few at a time, for work that goes on over many transactions.

use std::borrow::Cow;

use balefire_store::Tx;
use serde_json::Value;

use super::edit::{Edit, Tail};
use super::filter::Filters;
use super::packing::Unpacker;
use super::scan::{Passing, scan_on};
use crate::context::Visible;
use crate::failure::Failure;

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

/// Looks at the next few findings behind a uid, the first where it is empty, and shows those that
/// match. Gives the uid to go on behind; nothing, when there are no more.
pub fn next_matching(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    filters: &Filters,
    after: &str,
    mut show: impl FnMut(Matching<'_>) -> Result<(), Failure>,
) -> Result<Option<String>, Failure> {
    let mut unpacker = Unpacker::default();
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
    scan_on(
        tx,
        visible,
        &Tail::default(),
        after,
        &mut unpacker,
        &mut pass,
    )
}
