//! Findings on their way in: what a call touches, and what becomes of it.

mod status;

pub use status::end_status;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use balefire_store::Kept;
use serde::Deserialize;
use serde_json::json;

use super::counted::{edited, up_to_today};
use super::edit::{Edited, Standing, Tail, edits_of, ends_with_reopening};
use super::identity::account_of;
use super::packing::{Packed, Packer, Unpacker, train_if_due};
use super::provider::Accepted;
use super::ruled;
use super::v1::Originals;
use super::version;
use super::{Finding, insert_new};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::automation_rule::{Rules, Version};
use crate::securityhub::resource;
use crate::securityhub::software;
use crate::securityhub::trend::{Changes, State, day_of};

/// How far a provider's clock may be ahead. A report of a wrong one shuts out others for no longer.
const AHEAD_MS_MAX: i64 = 5 * 60 * 1000;

/// The findings that a call touches, and what became of them so far.
pub struct Import {
    pub findings: HashMap<String, Kept<Finding>>,
    pub edits: HashMap<String, Edited>,
    rules: Rules,
    /// What providers sent, where customers' values are in the document that is kept, for rules to judge.
    originals: Originals,
    packer: Packer,
    unpacker: Unpacker,
    newer_only: bool,
    created: BTreeSet<String>,
    /// None of those that were created.
    updated: BTreeSet<String>,
    trend: Changes,
    resources: resource::Named,
    software: software::Changes,
    counts: Counts,
}

/// What a provider itself sent, where customers' values are in the document that is kept.
pub struct Judged {
    pub text: String,
    /// The same of the document before; where it is not known, that is what is there.
    pub before: Option<String>,
}

/// How many documents did what.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub created: i32,
    pub updated: i32,
    pub unchanged: i32,
}

impl Import {
    /// Invariant: from the first read on, no write of these findings' accounts runs beside this one, so what
    /// was set over a document is known when the document is replaced.
    pub fn of(ctx: &mut Ctx<'_, '_>, uids: &[&str], tail: &Tail) -> Result<Import, Failure> {
        ctx.tx.hold(uids.iter().filter_map(|uid| account_of(uid)))?;
        let findings: HashMap<_, _> = super::records_of(ctx.tx, uids)?;
        let known: Vec<&str> = findings.keys().map(String::as_str).collect();
        let rules = Rules::over(ctx, uids.iter().filter_map(|uid| account_of(uid)))?;
        let mut unpacker = Unpacker::default();
        let originals = match rules.are_none() {
            true => Originals::default(),
            false => {
                let versions = findings.iter().map(|(uid, known)| (&**uid, known.version));
                Originals::of(ctx.tx, &mut unpacker, versions)?
            }
        };
        Ok(Import {
            edits: edits_of(ctx.tx, &known, tail)?,
            rules,
            originals,
            packer: Packer::newest(ctx.tx)?,
            unpacker,
            newer_only: false,
            findings,
            created: BTreeSet::new(),
            updated: BTreeSet::new(),
            trend: Changes::default(),
            resources: resource::Named::default(),
            software: software::Changes::default(),
            counts: Counts::default(),
        })
    }

    /// What is older than the document that is there changes nothing.
    pub fn newer_only(self) -> Import {
        Import {
            newer_only: true,
            ..self
        }
    }

    /// A version that gives way to another of the same call.
    pub fn pass_over(&mut self) {
        self.counts.unchanged += 1;
    }

    /// Takes a document, which may be packed already. Rules judge it unless there is something else to judge.
    pub fn take(
        &mut self,
        ctx: &mut Ctx<'_, '_>,
        document: &Accepted,
        packed: Option<&Packed>,
        judged: Option<&Judged>,
    ) -> Result<(), Failure> {
        let Accepted {
            uid,
            account,
            text,
            about,
            ..
        } = document;
        let now_ms = ctx.now.0;
        let version = Version {
            uid,
            account,
            text: judged.map_or(text, |judged| &judged.text),
            before: None,
        };
        let Some(known) = self.findings.get_mut(uid) else {
            self.resources.take(account, about, true);
            ruled::apply(ctx, &mut self.rules, &mut self.edits, &version)?;
            let is = self.counted(document);
            self.trend.take(day_of(now_ms), None, &is);
            let software = &document.software;
            self.software.take(uid, account, None, software)?;
            let packed = packed.cloned();
            let packed = packed.map_or_else(|| self.packer.pack(text), Ok)?;
            return self.create(ctx, uid, account, packed);
        };
        let Packed { bytes, dictionary } = &known.packed;
        let before = self.unpacker.unpack(ctx.tx, bytes, *dictionary)?;
        if is_same(&before, text, document.is_undated)? {
            self.counts.unchanged += 1;
            self.resources.take(account, about, false);
            return Ok(());
        }
        if self.newer_only && is_older(&before, known.updated_ms, document, now_ms)? {
            self.counts.unchanged += 1;
            return Ok(());
        }
        let edit = self.edits.get_mut(uid);
        let was = up_to_today(ctx, account, &before, edit, &mut self.trend)?;
        let before_ms = std::mem::replace(&mut known.updated_ms, now_ms);
        version::replace(ctx, known, self.packer.pack(text)?)?;
        if Standing::of(&before)?.reopens(Standing::of(text)?)
            && let Some(edit) = self.edits.get_mut(uid)
        {
            status::end_if(ctx, edit, ends_with_reopening)?;
        }
        let sent = self.originals.take(uid, &*before);
        let known = judged.and_then(|judged| judged.before.as_deref());
        let version = Version {
            before: Some((known.unwrap_or(&sent), before_ms)),
            ..version
        };
        ruled::apply(ctx, &mut self.rules, &mut self.edits, &version)?;
        let is = self.counted(document);
        self.trend.take(day_of(now_ms), Some(&was), &is);
        self.resources.take(account, about, true);
        let software = &document.software;
        self.software.take(uid, account, Some(&before), software)?;
        self.counts.updated += 1;
        if !self.created.contains(uid) {
            self.updated.insert(uid.clone());
        }
        Ok(())
    }

    fn create(
        &mut self,
        ctx: &mut Ctx<'_, '_>,
        uid: &str,
        account: &str,
        packed: Packed,
    ) -> Result<(), Failure> {
        let record = Finding {
            uid: uid.to_owned(),
            account: account.to_owned(),
            packed,
            imported_ms: ctx.now.0,
            updated_ms: ctx.now.0,
        };
        insert_new(ctx.tx, &record)?;
        self.counts.created += 1;
        self.created.insert(uid.to_owned());
        let known = Kept { record, version: 1 };
        self.findings.insert(uid.to_owned(), known);
        Ok(())
    }

    /// What trends count of a document, with what is set over it.
    fn counted<'d>(&self, document: &'d Accepted) -> Cow<'d, State> {
        match self.edits.get(&document.uid).and_then(Edited::counted) {
            None => Cow::Borrowed(&document.state),
            Some(edit) => Cow::Owned(edited(document.state.clone(), Some(edit))),
        }
    }

    /// Logs and counts what changed, leaves what rules are to cause, and trains a dictionary when it is due.
    pub fn finish(self, ctx: &mut Ctx<'_, '_>) -> Result<Counts, Failure> {
        let (created, updated) = (&self.created, &self.updated);
        if !self.packer.has_dictionary() && !created.is_empty() {
            train_if_due(ctx.tx, created.len(), ctx.now.0)?;
        }
        if !created.is_empty() || !updated.is_empty() {
            let body = json!({"created": created, "updated": updated});
            let account = ctx.caller.account.clone();
            ctx.changed("findings.imported", &account, &body)?;
        }
        self.trend.record(ctx.tx)?;
        self.resources.finish(ctx, &self.rules)?;
        self.software.record(ctx)?;
        self.rules.finish(ctx)?;
        Ok(self.counts)
    }
}

/// Order and white space of members make no difference; nor does the time of a document that had none.
fn is_same(before: &str, after: &str, is_undated: bool) -> Result<bool, Failure> {
    if before == after {
        return Ok(true);
    }
    let parsed = serde_json::from_str::<serde_json::Value>;
    let (mut before, after) = (parsed(before)?, parsed(after)?);
    if is_undated && let Some(event) = before.as_object_mut() {
        event.insert("time".into(), after["time"].clone());
    }
    Ok(before == after)
}

/// Whether a document is of an earlier time than the one that is there. Two times say nothing: that of the
/// moment when that one came, since Balefire gave it, where there was none or as it closed the finding; and
/// one far ahead of now, since a provider's clock is wrong.
fn is_older(before: &str, came_ms: i64, document: &Accepted, now_ms: i64) -> Result<bool, Failure> {
    #[derive(Deserialize)]
    struct Event {
        time: i64,
    }
    let Event { time: known_ms } = serde_json::from_str(before)?;
    let is_told = known_ms != came_ms && known_ms <= now_ms + AHEAD_MS_MAX;
    Ok(is_told && !document.is_undated && document.time_ms < known_ms)
}
