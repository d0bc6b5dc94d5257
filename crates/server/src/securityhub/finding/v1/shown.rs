//! Findings in ASFF with what customers set, by their keys in the columns.

use std::collections::HashMap;

use balefire_columns::Key;
use balefire_store::{Kept, Tx};
use serde_json::Value;

use super::super::edit::Tail;
use super::super::packing::Unpacker;
use super::super::read::read_chunks;
use super::super::records_of;
use super::completed::suggest_severity;
use super::customer;
use super::stored::{self, CustomerFields, SecurityFinding};
use crate::context::Visible;
use crate::failure::Failure;

/// Shows findings in the order of their keys, without those that are gone or that may not be seen.
pub fn show(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    keys: &[Key],
    tail: &Tail,
    mut show: impl FnMut(&str, Value),
) -> Result<(), Failure> {
    let mut unpacker = Unpacker::default();
    read_chunks(tx, visible, keys, tail, |tx, found| {
        let uids: Vec<&str> = found.iter().map(|one| one.finding.uid.as_str()).collect();
        let asff: HashMap<String, Kept<SecurityFinding>> = records_of(tx, &uids)?;
        let fields: HashMap<String, Kept<CustomerFields>> = records_of(tx, &uids)?;
        for one in &found {
            let uid = one.finding.uid.as_str();
            let asff = asff.get(uid).map(|asff| &asff.record);
            let fields = fields.get(uid).map(|fields| &fields.fields);
            let mut document = stored::document(tx, &mut unpacker, &one.finding, asff)?;
            suggest_severity(&mut document);
            customer::show(&mut document, one.edit.as_ref(), fields);
            show(uid, document);
        }
        Ok(())
    })
}
