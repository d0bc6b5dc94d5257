//! One finding as customers see it: the provider's document with what was set over it.

use balefire_store::{Kept, Tx};
use serde_json::Value;

use super::Finding;
use super::edit::{Tail, edits_of};
use super::packing::Unpacker;
use crate::context::{Ctx, Visible};
use crate::failure::Failure;

/// The finding with this uid, if the caller may see it.
pub fn document(ctx: &mut Ctx<'_, '_>, uid: &str) -> Result<Option<Value>, Failure> {
    visible_document(ctx.tx, ctx.caller.visible(), uid)
}

/// As `document`, for whoever may see these findings.
pub fn visible_document(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    uid: &str,
) -> Result<Option<Value>, Failure> {
    let finding: Option<Kept<Finding>> = tx.get(&[uid.into()])?;
    let Some(finding) = finding.filter(|finding| visible.includes(&finding.account)) else {
        return Ok(None);
    };
    let packed = &finding.packed;
    let text = Unpacker::default().unpack(tx, &packed.bytes, packed.dictionary)?;
    let mut document = serde_json::from_str(&text)?;
    let edits = edits_of(tx, &[uid], &Tail::default())?;
    if let Some(edited) = edits.get(uid) {
        edited.current().apply(&mut document);
    }
    Ok(Some(document))
}
