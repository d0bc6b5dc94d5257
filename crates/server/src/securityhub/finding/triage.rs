//! Single findings, as other nouns of the room judge and set them.

use std::collections::BTreeSet;

use balefire_store::Kept;
use serde_json::Value;

use super::Finding;
use super::edit::{self, Edit, Edited, Standing, Tail, edits_of};
use super::fields::Fields;
use super::identity::account_of;
use super::index::key_of_stored;
use super::packing::Unpacker;
use super::path::Path;
use crate::context::Ctx;
use crate::failure::Failure;

/// OCSF's Suppressed.
const SUPPRESSED: i64 = 3;

/// The account of a finding and the CVE ids that it is about, in capitals as the feeds write them;
/// nothing, where the caller sees no such finding.
pub fn vulnerabilities_of(
    ctx: &mut Ctx<'_, '_>,
    uid: &str,
) -> Result<Option<(String, BTreeSet<String>)>, Failure> {
    if !account_of(uid).is_some_and(|account| ctx.caller.visible().includes(account)) {
        return Ok(None);
    }
    let Some((account, text)) = provided(ctx, uid)? else {
        return Ok(None);
    };
    let document: Value = serde_json::from_str(&text)?;
    let mut cves = BTreeSet::new();
    Path::of("vulnerabilities.cve.uid").any_text(&document, |cve| {
        cves.insert(cve.to_ascii_uppercase());
        false
    });
    Ok(Some((account, cves)))
}

/// Whether a customer's status of a finding is Suppressed.
pub fn is_suppressed(ctx: &mut Ctx<'_, '_>, uid: &str) -> Result<bool, Failure> {
    let edits = edits_of(ctx.tx, &[uid], &Tail::default())?;
    let edit = edits.get(uid).map(Edited::current);
    Ok(edit.and_then(Edit::customers_status) == Some(SUPPRESSED))
}

/// Whether the provider of a finding says that something is left to do about it.
pub fn is_open(ctx: &mut Ctx<'_, '_>, uid: &str) -> Result<bool, Failure> {
    match provided(ctx, uid)? {
        Some((_, text)) => Ok(Standing::of(&text)?.is_open()),
        None => Ok(true),
    }
}

/// The account of a finding and its provider's document, if it is there.
fn provided(ctx: &mut Ctx<'_, '_>, uid: &str) -> Result<Option<(String, String)>, Failure> {
    let Some(Kept { record, .. }) = ctx.tx.get::<Finding>(&[uid.into()])? else {
        return Ok(None);
    };
    let packed = &record.packed;
    let text = Unpacker::default().unpack(ctx.tx, &packed.bytes, packed.dictionary)?;
    Ok(Some((record.account, text)))
}

/// Sets status and comment of a finding, as BatchUpdateFindingsV2 does.
pub fn set_status(
    ctx: &mut Ctx<'_, '_>,
    uid: &str,
    status_id: i64,
    comment: &str,
) -> Result<(), Failure> {
    let set = Fields {
        severity_id: None,
        status_id: Some(status_id),
        comment: Some(comment.to_owned()),
    };
    edit::append(ctx, uid, &set, &[key_of_stored(uid)?])
}
