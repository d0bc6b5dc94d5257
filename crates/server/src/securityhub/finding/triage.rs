//! Single findings, as other nouns of the room judge and set them.

use std::collections::{BTreeSet, HashMap};

use balefire_store::Kept;
use serde_json::{Value, json};

use super::edit::Edit;
use super::fields::Fields;
use super::identity::account_of;
use super::packing::Unpacker;
use super::path::Path;
use super::{Finding, history, records_of};
use crate::context::Ctx;
use crate::failure::Failure;

/// OCSF's Suppressed.
const SUPPRESSED: i64 = 3;

/// The account of a finding and the CVE ids that it is about; nothing, where the caller sees no such
/// finding.
pub fn vulnerabilities_of(
    ctx: &mut Ctx<'_, '_>,
    uid: &str,
) -> Result<Option<(String, BTreeSet<String>)>, Failure> {
    if !account_of(uid).is_some_and(|account| ctx.caller.visible().includes(account)) {
        return Ok(None);
    }
    let Some(Kept { record, .. }) = ctx.tx.get::<Finding>(&[uid.into()])? else {
        return Ok(None);
    };
    let packed = &record.packed;
    let text = Unpacker::default().unpack(ctx.tx, &packed.bytes, packed.dictionary)?;
    let document: Value = serde_json::from_str(&text)?;
    let mut cves = BTreeSet::new();
    Path::of("vulnerabilities.cve.uid").any_text(&document, |cve| {
        cves.insert(cve.to_owned());
        false
    });
    Ok(Some((record.account, cves)))
}

/// Whether a customer's status of a finding is Suppressed.
pub fn is_suppressed(ctx: &mut Ctx<'_, '_>, uid: &str) -> Result<bool, Failure> {
    let edit = ctx.tx.get::<Edit>(&[uid.into()])?;
    Ok(edit.is_some_and(|edit| edit.status_id == Some(SUPPRESSED)))
}

/// Sets status and comment of a finding, as BatchUpdateFindingsV2 does.
pub fn set_status(
    ctx: &mut Ctx<'_, '_>,
    (account, uid): (&str, &str),
    status_id: i64,
    comment: &str,
) -> Result<(), Failure> {
    let before: HashMap<String, Kept<Edit>> = records_of(ctx.tx, &[uid])?;
    let known = before.get(uid).cloned();
    let set = Fields {
        severity_id: None,
        status_id: Some(status_id),
        comment: Some(comment.to_owned()),
    };
    let edit = match &known {
        Some(known) => known.by_customer(&set, &ctx.caller.arn, ctx.now),
        None => Edit::new(uid).by_customer(&set, &ctx.caller.arn, ctx.now),
    };
    match known {
        Some(mut known) => {
            known.record = edit;
            ctx.tx.replace(&mut known)?;
        }
        None => match ctx.tx.insert(&edit) {
            // Another server set something at this very moment; the next try will see it.
            Err(balefire_store::Error::Exists { .. }) => return Err(Failure::Throttled),
            done => done?,
        },
    }
    history::record_edits(ctx, &[uid.to_owned()], &before)?;
    let body =
        json!({"uids": [uid], "severity_id": null, "status_id": status_id, "comment": comment});
    ctx.changed_in(account.to_owned(), "findings.updated", uid, &body)
}
