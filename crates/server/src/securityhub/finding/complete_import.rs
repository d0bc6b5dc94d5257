//! CompleteImport, Balefire's own: closes what a complete report no longer names.

use std::collections::BTreeSet;

use balefire_api::Timestamp;
use balefire_api::own::{CompleteImportInput, CompleteImportOutput};
use balefire_store::{Row, Tx};
use serde_json::Value as Json;

use super::analysis::{self, Analyses, CATEGORY};
use super::edit::Standing;
use super::identity;
use super::import::Import;
use super::index::Index;
use super::members::{Changes, Members, json_text};
use super::packing::Unpacker;
use super::provider::{self, Accepted};
use super::run::Run;
use super::v1::Originals;
use crate::context::Ctx;
use crate::failure::Failure;

/// What errors call a run; its name follows from it.
const RUN: &str = "IMPORT_RUN";
/// How the product ends that scans of this server find as.
const INSPECTOR: &str = "::productv2/aws/inspector";
/// Findings that one call looks at.
const CHUNK: i64 = 1000;
/// A range of the primary key is one account, see `identity`.
const NEXT: &str = "SELECT f.uid, f.account, f.document, f.dictionary, f.updated_ms, n.run, \
                    n.run_started_ms, f.version FROM finding f LEFT JOIN finding_named n ON n.uid = f.uid \
                    WHERE f.uid > $1 AND f.uid < $2 ORDER BY f.uid LIMIT $3";

/// Whether scans of this server found what an account has under a provider's id.
pub type FoundHere = fn(&mut Tx<'_>, account: &str, finding_uid: &str) -> Result<bool, Failure>;

/// Closes, from `After` on, findings of the accounts and products that the run's report covers and that
/// it has not named; with a scope, only those that have a resource with that uid.
///
/// What another analysis of the same repository reports stays open, see `analysis`. What another run has
/// named since this one began stays open, and so does what was imported since then, and
/// what scans of this server found: their own news close it, whatever a report of the same product names.
/// A run of which something was refused, or that has taken nothing, closes nothing: what is not in it
/// may be there all the same. What is closed is imported as its provider would send it, without what
/// customers set in its document, with all that follows from a version that is new.
pub fn complete_import(
    ctx: &mut Ctx<'_, '_>,
    input: CompleteImportInput,
    index: &Index,
    found_here: FoundHere,
) -> Result<CompleteImportOutput, Failure> {
    let key = [ctx.account().into(), (&input.run).into()];
    let run = ctx.tx.get::<Run>(&key)?;
    let run = run
        .ok_or_else(|| Failure::not_found(RUN, &input.run))?
        .record;
    check(&run)?;
    let after = input.after.unwrap_or_default();
    let visible = ctx.caller.visible();
    let accounts: BTreeSet<&str> = run
        .covers
        .iter()
        .map(|(account, ..)| account.as_str())
        .collect();
    let mut left = accounts
        .into_iter()
        .filter(|account| visible.includes(account) && identity::end_of(account) > after);
    let Some(account) = left.next() else {
        return Ok(CompleteImportOutput::default());
    };
    let is_last = left.next().is_none();
    let end = identity::end_of(account);
    let start = after.max(account.to_owned());
    ctx.tx.hold([account])?;
    let rows = ctx
        .tx
        .query(NEXT, &[start.into(), (&end).into(), CHUNK.into()])?;
    let versions = rows.iter().map(|row| Ok((row.text(0)?, row.int(7)?)));
    let versions: Vec<(&str, i64)> = versions.collect::<Result<_, Failure>>()?;
    let known: Vec<&str> = versions.iter().map(|(uid, _)| *uid).collect();
    let mut unpacker = Unpacker::default();
    let mut closing = Closing {
        run: &run,
        scope: input.scope.as_deref(),
        analyses: Analyses::of(ctx.tx, &known)?,
        originals: Originals::of(ctx.tx, &mut unpacker, versions)?,
        unpacker,
        found_here,
    };
    let mut closed = Vec::new();
    for row in &rows {
        closed.extend(closing.row(ctx, row)?);
    }
    let uids: Vec<&str> = closed.iter().map(|one| one.uid.as_str()).collect();
    let mut import = Import::of(ctx, &uids, index.tail())?;
    for one in &closed {
        analysis::forget(ctx.tx, &one.uid)?;
        import.take(ctx, one, None, None)?;
    }
    let counts = import.finish(ctx)?;
    let next = match rows.last() {
        Some(last) if rows.len() as i64 == CHUNK => Some(last.text(0)?.to_owned()),
        _ if is_last => None,
        _ => Some(end),
    };
    Ok(CompleteImportOutput {
        closed: counts.updated,
        after: next,
    })
}

fn check(run: &Run) -> Result<(), Failure> {
    let refuse =
        |why: String| Failure::conflict(RUN, &run.id, format!("Nothing was closed: {why}"));
    if run.refused > 0 {
        let count = run.refused;
        return Err(refuse(format!(
            "{count} documents of the report were refused."
        )));
    }
    if run.taken == 0 {
        return Err(refuse("the report has no findings.".into()));
    }
    Ok(())
}

struct Closing<'a> {
    run: &'a Run,
    scope: Option<&'a str>,
    analyses: Analyses,
    originals: Originals,
    unpacker: Unpacker,
    found_here: FoundHere,
}

impl Closing<'_> {
    /// The finding as it is when it is over, if the report says so.
    fn row(&mut self, ctx: &mut Ctx<'_, '_>, row: &Row) -> Result<Option<Accepted>, Failure> {
        let (uid, account) = (row.text(0)?, row.text(1)?);
        let named = match row.optional_text(5)? {
            Some(run) => Some((run, row.int(6)?)),
            None => None,
        };
        let began_ms = self.run.started_ms;
        let is_named = named.is_some_and(|(run, ms)| run == self.run.id || ms > began_ms);
        let is_news = is_named || row.int(4)? > began_ms;
        let scope = self.scope.unwrap_or_default();
        let reported_ms = self.analyses.named_ms(uid, scope);
        // Whoever has named it, the analysis of this report has not.
        if reported_ms.map_or(is_news, |ms| ms >= began_ms) {
            return Ok(None);
        }
        let kept = self.unpacker.unpack(ctx.tx, row.blob(2)?, row.int(3)?)?;
        let text = self.originals.take(uid, kept);
        let document: Json = serde_json::from_str(&text)?;
        if !self.covers(account, &document, reported_ms.is_some())
            || Standing::of(&text)?.is_closed()
        {
            return Ok(None);
        }
        if reported_ms.is_some_and(|ms| ms > 0) {
            analysis::give_up(ctx.tx, uid, scope)?;
        }
        if is_news || self.scope.is_some() && self.analyses.has_others(uid, scope, ctx.now) {
            return Ok(None);
        }
        if self.is_found_here(ctx, account, &document)? {
            return Ok(None);
        }
        match provider::accept(&closed(&text, ctx.now)?, account, None) {
            Ok(closed) => Ok(Some(closed)),
            Err(reason) => {
                tracing::warn!(
                    uid,
                    "it stays open, since its document is not sound: {reason}"
                );
                Ok(None)
            }
        }
    }

    /// Whether scans of this server found it, which find as Inspector alone.
    fn is_found_here(
        &self,
        ctx: &mut Ctx<'_, '_>,
        account: &str,
        document: &Json,
    ) -> Result<bool, Failure> {
        if !product_of(document).ends_with(INSPECTOR) {
            return Ok(false);
        }
        let own = document.pointer("/finding_info/uid").and_then(Json::as_str);
        (self.found_here)(ctx.tx, account, own.unwrap_or_default())
    }

    /// Whether the report would have named this finding if it were still there; surely, where its analysis
    /// has named it before.
    fn covers(&self, account: &str, document: &Json, has_named: bool) -> bool {
        let text = |path: &str| document.pointer(path).and_then(Json::as_str);
        let product = product_of(document);
        let project = text("/cloud/project_uid").unwrap_or_default();
        let mut covered = self.run.covers.iter();
        if !covered.any(|(of, by, part)| of == account && by == product && part == project) {
            return false;
        }
        let Some(scope) = self.scope.filter(|_| !has_named) else {
            return true;
        };
        let resources = document["resources"].as_array();
        let mut resources = resources.into_iter().flatten();
        // A repository is a resource of each of its analyses, and one says nothing of another.
        let is_of_another =
            |resource: &Json| resource["type"] == CATEGORY && resource["uid"] != scope;
        resources.clone().any(|resource| resource["uid"] == scope) && !resources.any(is_of_another)
    }
}

fn product_of(document: &Json) -> &str {
    let uid = document.pointer("/metadata/product/uid");
    uid.and_then(Json::as_str).unwrap_or_default()
}

/// The document as its provider would send it when the finding is over: who asks for what was updated since
/// a moment gets it.
fn closed(text: &str, now: Timestamp) -> Result<String, Failure> {
    let event = Members::of(text)?;
    let class: i64 = event
        .get("class_uid")
        .and_then(|raw| serde_json::from_str(raw).ok())
        .unwrap_or_default();
    let mut members = vec![
        ("activity_id", "3".into()),
        ("activity_name", json_text("Close")),
        ("type_uid", (class * 100 + 3).to_string()),
        ("status_id", "4".into()),
        ("status", json_text("Resolved")),
        ("time", now.0.to_string()),
    ];
    members.extend(moved(&event, &["time_dt"], now));
    if event.get("type_name").is_some() {
        let name: String = event
            .get("class_name")
            .and_then(|raw| serde_json::from_str(raw).ok())
            .unwrap_or_default();
        members.push(("type_name", json_text(&format!("{name}: Close"))));
    }
    let mut changes = Changes::of(text);
    changes.set(&event, members);
    if let Some(raw) = event.get("finding_info") {
        let info = Members::of(raw)?;
        let times = moved(&info, &["modified_time", "modified_time_dt"], now);
        changes.set(&info, times);
    }
    Ok(changes.make().into_owned())
}

/// Those of these times that an object has, now, each in the form that it has there.
fn moved<'n>(object: &Members<'_>, names: &[&'n str], now: Timestamp) -> Vec<(&'n str, String)> {
    let times = names.iter().filter_map(|name| {
        let is_text = object.get(name)?.starts_with('"');
        let text = || json_text(&now.date_time());
        Some((*name, if is_text { text() } else { now.0.to_string() }))
    });
    times.collect()
}
