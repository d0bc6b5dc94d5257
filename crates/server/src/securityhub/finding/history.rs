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
    Ok(edited(State::of(account, text)?, edit))
}

/// The states of one document under two edits, which is read once.
pub fn states(account: &str, text: &str, edits: [Option<&Edit>; 2]) -> Result<[State; 2], Failure> {
    let provided = State::of(account, text)?;
    Ok(edits.map(|edit| edited(provided.clone(), edit)))
}

/// With what customers set over it.
pub fn edited(provided: State, edit: Option<&Edit>) -> State {
    let severity_id = edit.and_then(|edit| edit.severity_id);
    let status = edit.and_then(|edit| caption(STATUSES, edit.status_id?));
    provided.edited(severity_id, status)
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
        let edits = [before, &after].map(|edits| edits.get(uid).map(|kept| &kept.record));
        let [was, is] = states(&finding.account, &text, edits)?;
        changes.take(Some(was), is)?;
    }
    changes.record(ctx)
}
