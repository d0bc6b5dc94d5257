//! ListFindingsAsOf, Balefire's own: all findings as they were at a past moment.

use balefire_api::Document;
use balefire_api::own::{ListFindingsAsOfInput, ListFindingsAsOfOutput};
use balefire_store::Value;

use super::edit::edits_at;
use super::identity;
use super::index::Index;
use super::packing::{Packed, Unpacker};
use super::version::{KEPT_MS, documents_at};
use crate::context::{Ctx, Visible};
use crate::failure::Failure;

const FINDINGS_PER_PAGE: usize = 250;
/// A range of the primary key is one account, see `identity`.
const NEXT: &str = "SELECT uid, document, dictionary FROM finding \
                    WHERE uid > $1 AND uid < $2 AND imported_ms <= $3 ORDER BY uid LIMIT $4";
/// Comes after every account.
const END: &str = "a";

/// Shows the administrator the findings of all accounts, and others their own, by account and uid.
///
/// Each has the document that was its newest then, and what customers and rules had set over it.
pub fn list_findings_as_of(
    ctx: &mut Ctx<'_, '_>,
    input: ListFindingsAsOfInput,
    index: &Index,
) -> Result<ListFindingsAsOfOutput, Failure> {
    let at_ms = input.as_of.0;
    if !(ctx.now.0 - KEPT_MS..=ctx.now.0).contains(&at_ms) {
        let rule = "Member must be a time of the last 90 days";
        return Err(Failure::invalid("/AsOf", rule));
    }
    let limit = ctx.page.limit(FINDINGS_PER_PAGE, FINDINGS_PER_PAGE);
    let (start, end) = match ctx.caller.visible() {
        Visible::Organization => (String::new(), END.to_owned()),
        Visible::Account(own) => (own.to_owned(), identity::end_of(own)),
    };
    let start = match ctx.page.after.as_deref() {
        Some([Value::Text(last)]) => start.max(last.clone()),
        _ => start,
    };
    let count = limit as i64 + 1;
    let params: [Value; 4] = [start.into(), end.into(), at_ms.into(), count.into()];
    let mut findings = Vec::with_capacity(limit + 1);
    for row in ctx.tx.query(NEXT, &params)? {
        let packed = Packed {
            bytes: row.blob(1)?.into(),
            dictionary: row.int(2)?,
        };
        findings.push((row.text(0)?.to_owned(), packed));
    }
    let next_token = ctx
        .page
        .cut(&mut findings, limit, |(uid, _)| vec![uid.into()]);
    Ok(ListFindingsAsOfOutput {
        findings: documents(ctx, findings, at_ms, index)?,
        next_token,
    })
}

/// The documents that findings, of which the newest are given, had at a moment.
fn documents(
    ctx: &mut Ctx<'_, '_>,
    findings: Vec<(String, Packed)>,
    at_ms: i64,
    index: &Index,
) -> Result<Vec<Document>, Failure> {
    let uids: Vec<&str> = findings.iter().map(|(uid, _)| uid.as_str()).collect();
    let (Some(first), Some(last)) = (uids.first(), uids.last()) else {
        return Ok(Vec::new());
    };
    let replaced = documents_at(ctx.tx, [first, last], at_ms)?;
    let edits = edits_at(ctx.tx, &uids, at_ms, index.tail())?;
    let mut unpacker = Unpacker::default();
    let mut documents = Vec::with_capacity(findings.len());
    for (uid, newest) in &findings {
        let packed = replaced.get(uid).unwrap_or(newest);
        let text = unpacker.unpack(ctx.tx, &packed.bytes, packed.dictionary)?;
        let text = match edits.get(uid) {
            None => text,
            Some(edit) => edit.overlay(&text)?.into_owned(),
        };
        documents.push(Document::of_sound(text));
    }
    Ok(documents)
}
