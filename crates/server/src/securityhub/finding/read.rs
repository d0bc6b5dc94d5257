//! Findings with what was set over them, by their uids.

use std::collections::HashMap;

use balefire_columns::Key;
use balefire_store::{Kept, Tx};

use super::edit::{Edit, Edited, Tail, edits_of};
use super::index::uid_of;
use super::packing::Unpacker;
use super::scan::Passing;
use super::v1::Originals;
use super::{Finding, records_of};
use crate::context::Visible;
use crate::failure::Failure;

/// Findings that are in memory at once.
const CHUNK: usize = 250;

/// A finding as it is kept, and what was set over it.
pub struct Found {
    pub finding: Kept<Finding>,
    pub edit: Option<Edit>,
}

impl Found {
    /// The provider's document.
    pub fn provided(&self, tx: &mut Tx<'_>, unpacker: &mut Unpacker) -> Result<String, Failure> {
        let packed = &self.finding.packed;
        unpacker.unpack(tx, &packed.bytes, packed.dictionary)
    }

    /// The document with what was set over it.
    pub fn text(&self, tx: &mut Tx<'_>, unpacker: &mut Unpacker) -> Result<String, Failure> {
        let text = self.provided(tx, unpacker)?;
        Ok(match &self.edit {
            None => text,
            Some(edit) => edit.overlay(&text)?.into_owned(),
        })
    }

    /// Shows a document of it, and what was set over it.
    fn pass(
        self,
        text: String,
        show: &mut impl FnMut(Passing<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        show(Passing {
            uid: &self.finding.uid,
            text,
            updated_ms: self.finding.updated_ms,
            edit: self.edit,
        })
    }
}

/// The findings of some uids, in their order, without those that are gone or that may not be seen.
pub fn found_of(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    uids: &[&str],
    tail: &Tail,
) -> Result<Vec<Found>, Failure> {
    let mut findings: HashMap<String, Kept<Finding>> = records_of(tx, uids)?;
    findings.retain(|_, finding| visible.includes(&finding.account));
    let known: Vec<&str> = findings.keys().map(String::as_str).collect();
    let mut edits = edits_of(tx, &known, tail)?;
    let found = uids.iter().filter_map(|uid| {
        let finding = findings.remove(*uid)?;
        let edit = edits.remove(*uid).map(Edited::into_current);
        Some(Found { finding, edit })
    });
    Ok(found.collect())
}

/// Shows the findings of keys of the columns, in their order, a few of them in memory at once.
pub fn read_chunks(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    keys: &[Key],
    tail: &Tail,
    mut show: impl FnMut(&mut Tx<'_>, Vec<Found>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for keys in keys.chunks(CHUNK) {
        let uids: Vec<String> = keys.iter().map(uid_of).collect();
        let uids: Vec<&str> = uids.iter().map(String::as_str).collect();
        let found = found_of(tx, visible, &uids, tail)?;
        show(tx, found)?;
    }
    Ok(())
}

/// Shows the provider's documents of keys of the columns, and what was set over each.
pub fn read(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    keys: &[Key],
    tail: &Tail,
    mut show: impl FnMut(Passing<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut unpacker = Unpacker::default();
    read_chunks(tx, visible, keys, tail, |tx, found| {
        for one in found {
            let text = one.provided(tx, &mut unpacker)?;
            one.pass(text, &mut show)?;
        }
        Ok(())
    })
}

/// As `read`, with the documents as rules judge them: without what customers set in ASFF.
pub fn read_originals(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    keys: &[Key],
    tail: &Tail,
    mut show: impl FnMut(Passing<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut unpacker = Unpacker::default();
    read_chunks(tx, visible, keys, tail, |tx, found| {
        let findings = found
            .iter()
            .map(|one| (&*one.finding.uid, one.finding.version));
        let mut originals = Originals::of(tx, &mut unpacker, findings)?;
        for one in found {
            let kept = one.provided(tx, &mut unpacker)?;
            let sent = originals.take(&one.finding.uid, kept);
            one.pass(sent.into_owned(), &mut show)?;
        }
        Ok(())
    })
}
