//! What trends hear of findings: each change of what they count.

use std::collections::HashMap;

use balefire_store::Kept;

use super::caption::{STATUSES, caption};
use super::edit::Edit;
use super::packing::Unpacker;
use super::{Finding, records_of};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::trend::{Changes, State};

/// A document with what customers set over it, as trends count it.
pub fn state(account: &str, text: &str, edit: Option<&Edit>) -> Result<State, Failure> {
    let severity_id = edit.and_then(|edit| edit.severity_id);
    let status = edit.and_then(|edit| caption(STATUSES, edit.status_id?));
    Ok(State::of(account, text, severity_id, status)?)
}

/// Records that customers have edited findings. `before` has the edits that were there.
pub fn record_edits(
    ctx: &mut Ctx<'_, '_>,
    uids: &[String],
    before: &HashMap<String, Kept<Edit>>,
) -> Result<(), Failure> {
    let uids: Vec<&str> = uids.iter().map(String::as_str).collect();
    let after: HashMap<String, Kept<Edit>> = records_of(ctx.tx, &uids)?;
    let counted = |edits: &HashMap<String, Kept<Edit>>, uid: &str| {
        let edit = edits.get(uid);
        edit.map_or((None, None), |edit| (edit.severity_id, edit.status_id))
    };
    let moved = uids
        .into_iter()
        .filter(|uid| counted(before, uid) != counted(&after, uid));
    let moved: Vec<&str> = moved.collect();
    if moved.is_empty() {
        return Ok(());
    }
    let findings: HashMap<String, Kept<Finding>> = records_of(ctx.tx, &moved)?;
    let mut unpacker = Unpacker::default();
    let mut changes = Changes::default();
    for (uid, finding) in &findings {
        let packed = &finding.packed;
        let text = unpacker.unpack(ctx.tx, &packed.bytes, packed.dictionary)?;
        let edit =
            |edits: &HashMap<String, Kept<Edit>>| edits.get(uid).map(|kept| kept.record.clone());
        let was = state(&finding.account, &text, edit(before).as_ref())?;
        let is = state(&finding.account, &text, edit(&after).as_ref())?;
        changes.take(Some(was), is)?;
    }
    changes.record(ctx)
}
