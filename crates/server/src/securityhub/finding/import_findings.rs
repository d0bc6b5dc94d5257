//! ImportFindings, Balefire's own: takes documents of providers, each for itself.

use std::collections::{BTreeSet, HashMap};

use balefire_api::own::{FailedFinding, ImportFindingsInput, ImportFindingsOutput};
use balefire_store::{Error, Kept};
use serde_json::json;

use super::Finding;
use super::counted::{edited, state};
use super::edit::{Edit, Edited, Standing, edits_of, status_after_reopening};
use super::identity::account_of;
use super::index::Index;
use super::packing::{Packed, Packer, Unpacker, train_if_due};
use super::parallel;
use super::provider::{self, Accepted};
use super::ruled;
use super::run;
use super::version;
use crate::access::Account;
use crate::context::{Caller, Ctx};
use crate::failure::Failure;
use crate::securityhub::automation_rule::{Rules, Version};
use crate::securityhub::resource::Named;
use crate::securityhub::software;
use crate::securityhub::trend::{Changes, State};

/// Keeps the documents that are valid and reports the others with their place and reason.
///
/// A document of a finding that is known replaces the one before, and leaves alone what customers
/// set; the very same document changes nothing. Automation rules judge each version that is new. Of
/// documents of one finding in one call, each counts in its turn, so the last one stays. The
/// administrator brings in findings of any account, which becomes a member; others bring in their own.
/// The hub need not be on: a store may be filled before anybody looks. With a run, it is kept which
/// findings the run has named, see `complete_import`. Where the index has no room for more, findings that
/// are not known are reported as those that are not valid.
pub fn import_findings(
    ctx: &mut Ctx<'_, '_>,
    input: ImportFindingsInput,
    index: &Index,
) -> Result<ImportFindingsOutput, Failure> {
    let mut output = ImportFindingsOutput::default();
    let mut accepted = Vec::with_capacity(input.findings.len());
    let undated_ms = input.undated.unwrap_or_default().then_some(ctx.now.0);
    let caller = ctx.caller;
    let read = parallel::map(
        &input.findings,
        || (),
        |(), document| accept(document.text(), caller, undated_ms),
    );
    for (place, read) in (0..).zip(read) {
        match read {
            Ok(document) => accepted.push((place, document)),
            Err(reason) => output.failed.push(refused(place, reason)),
        }
    }
    if let Some(reason) = index.has_no_room(ctx.settings) {
        let uids: Vec<&str> = accepted.iter().map(|(_, a)| a.uid.as_str()).collect();
        let known = super::known_of(ctx.tx, &uids)?;
        let new = accepted.extract_if(.., |(_, document)| !known.contains(&document.uid));
        output
            .failed
            .extend(new.map(|(place, _)| refused(place, reason.clone())));
        output.failed.sort_unstable_by_key(|failed| failed.index);
    }
    let accepted: Vec<Accepted> = accepted.into_iter().map(|(_, document)| document).collect();
    let accounts: BTreeSet<&str> = accepted.iter().map(|a| a.account.as_str()).collect();
    for account in accounts {
        Account::ensure_member(ctx.tx, account, ctx.now.0)?;
    }
    if let Some(run) = &input.run {
        run::note(ctx, run, &accepted, output.failed.len())?;
    }
    let uids: Vec<&str> = accepted.iter().map(|a| a.uid.as_str()).collect();
    let mut import = Import::of(ctx, &uids, index)?;
    let packed = import.packed(&accepted)?;
    for (document, packed) in accepted.into_iter().zip(packed) {
        import.take_packed(ctx, document, packed)?;
    }
    import.finish(ctx)?;
    output.created = import.created_count;
    output.updated = import.updated_count;
    output.unchanged = import.unchanged_count;
    Ok(output)
}

fn refused(index: i32, reason: String) -> FailedFinding {
    FailedFinding { index, reason }
}

fn accept(text: &str, caller: &Caller, undated_ms: Option<i64>) -> Result<Accepted, String> {
    let accepted = provider::accept(text, &caller.account, undated_ms)?;
    if caller.visible().includes(&accepted.account) {
        return Ok(accepted);
    }
    Err(format!(
        "cloud.account.uid must be {}: only the administrator brings in findings of other accounts, \
         here of {}",
        caller.account, accepted.account
    ))
}

/// The findings that a call touches, and what became of them so far.
pub(super) struct Import {
    pub(super) findings: HashMap<String, Kept<Finding>>,
    pub(super) edits: HashMap<String, Edited>,
    rules: Rules,
    packer: Packer,
    unpacker: Unpacker,
    created: BTreeSet<String>,
    /// None of those that were created.
    updated: BTreeSet<String>,
    trend: Changes,
    resources: Named,
    software: software::Changes,
    created_count: i32,
    updated_count: i32,
    unchanged_count: i32,
}

impl Import {
    pub(super) fn of(
        ctx: &mut Ctx<'_, '_>,
        uids: &[&str],
        index: &Index,
    ) -> Result<Import, Failure> {
        let findings: HashMap<_, _> = super::records_of(ctx.tx, uids)?;
        let known: Vec<&str> = findings.keys().map(String::as_str).collect();
        Ok(Import {
            edits: edits_of(ctx.tx, &known, index.tail())?,
            rules: Rules::over(ctx, uids.iter().filter_map(|uid| account_of(uid)))?,
            packer: Packer::newest(ctx.tx)?,
            unpacker: Unpacker::default(),
            findings,
            created: BTreeSet::new(),
            updated: BTreeSet::new(),
            trend: Changes::default(),
            resources: Named::default(),
            software: software::Changes::default(),
            created_count: 0,
            updated_count: 0,
            unchanged_count: 0,
        })
    }

    /// Packs the documents of findings that are new, which most of a large import are.
    fn packed(&self, documents: &[Accepted]) -> Result<Vec<Option<Packed>>, Failure> {
        let packer = || self.packer.another();
        let pack = |packer: &mut Result<Packer, Failure>, document: &Accepted| match packer {
            Ok(packer) if !self.findings.contains_key(&document.uid) => {
                packer.pack(&document.text).map(Some)
            }
            // One by one, it is found out what is wrong.
            _ => Ok(None),
        };
        parallel::map(documents, packer, pack).into_iter().collect()
    }

    pub(super) fn take(
        &mut self,
        ctx: &mut Ctx<'_, '_>,
        document: Accepted,
    ) -> Result<(), Failure> {
        self.take_packed(ctx, document, None)
    }

    fn take_packed(
        &mut self,
        ctx: &mut Ctx<'_, '_>,
        document: Accepted,
        packed: Option<Packed>,
    ) -> Result<(), Failure> {
        let Accepted {
            uid,
            account,
            text,
            fields,
            is_undated,
            about,
            ..
        } = document;
        let now_ms = ctx.now.0;
        let version = Version {
            uid: &uid,
            account: &account,
            text: &text,
            before: None,
        };
        let Some(known) = self.findings.get_mut(&uid) else {
            self.resources.take(&account, about, true)?;
            ruled::apply(ctx, &mut self.rules, &mut self.edits, &version)?;
            let is = edited(State::new(&account, fields), self.counted(&uid));
            self.trend.take(None, is)?;
            let packed = packed.map_or_else(|| self.packer.pack(&text), Ok)?;
            self.software.take(&uid, &account, None, &text)?;
            return self.create(ctx, uid, account, packed);
        };
        let Packed { bytes, dictionary } = &known.packed;
        let before = self.unpacker.unpack(ctx.tx, bytes, *dictionary)?;
        if is_same(&before, &text, is_undated)? {
            self.unchanged_count += 1;
            return self.resources.take(&account, about, false);
        }
        let counted = self.edits.get(&uid).and_then(Edited::counted);
        let was = state(&account, &before, counted)?;
        let before_ms = std::mem::replace(&mut known.updated_ms, now_ms);
        version::replace(ctx, known, self.packer.pack(&text)?)?;
        if Standing::of(&before)?.reopens(Standing::of(&text)?)
            && let Some(edit) = self.edits.get_mut(&uid)
        {
            reopen(ctx, edit)?;
        }
        let version = Version {
            before: Some((&before, before_ms)),
            ..version
        };
        ruled::apply(ctx, &mut self.rules, &mut self.edits, &version)?;
        let is = edited(State::new(&account, fields), self.counted(&uid));
        self.trend.take(Some(was), is)?;
        self.resources.take(&account, about, true)?;
        self.software.take(&uid, &account, Some(&before), &text)?;
        self.updated_count += 1;
        if !self.created.contains(&uid) {
            self.updated.insert(uid);
        }
        Ok(())
    }

    fn create(
        &mut self,
        ctx: &mut Ctx<'_, '_>,
        uid: String,
        account: String,
        packed: Packed,
    ) -> Result<(), Failure> {
        let record = Finding {
            uid: uid.clone(),
            account,
            packed,
            imported_ms: ctx.now.0,
            updated_ms: ctx.now.0,
        };
        insert(ctx, &record)?;
        self.created_count += 1;
        self.created.insert(uid.clone());
        self.findings.insert(uid, Kept { record, version: 1 });
        Ok(())
    }

    /// Sets something else over a finding whose document was taken.
    pub(super) fn write_edit(
        &mut self,
        ctx: &mut Ctx<'_, '_>,
        uid: &str,
        after: Edit,
    ) -> Result<(), Failure> {
        let (Some(finding), Some(edited)) = (self.findings.get(uid), self.edits.get_mut(uid))
        else {
            return Ok(());
        };
        let Packed { bytes, dictionary } = &finding.packed;
        let text = self.unpacker.unpack(ctx.tx, bytes, *dictionary)?;
        let was = state(&finding.account, &text, edited.counted())?;
        edited.write(ctx, after)?;
        let is = state(&finding.account, &text, edited.counted())?;
        self.trend.take(Some(was), is)
    }

    fn counted(&self, uid: &str) -> Option<&Edit> {
        self.edits.get(uid).and_then(Edited::counted)
    }

    /// Logs and counts what changed, leaves what rules are to cause, and trains a dictionary when it is due.
    pub(super) fn finish(&mut self, ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
        let (created, updated) = (&self.created, &self.updated);
        if !self.packer.has_dictionary() && !created.is_empty() {
            train_if_due(ctx.tx, created.len(), ctx.now.0)?;
        }
        if !created.is_empty() || !updated.is_empty() {
            let body = json!({"created": created, "updated": updated});
            let account = ctx.caller.account.clone();
            ctx.changed("findings.imported", &account, &body)?;
        }
        std::mem::take(&mut self.trend).record(ctx)?;
        std::mem::take(&mut self.resources).finish(ctx, &self.rules)?;
        std::mem::take(&mut self.software).record(ctx)?;
        std::mem::take(&mut self.rules).finish(ctx)
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

fn insert(ctx: &mut Ctx<'_, '_>, finding: &Finding) -> Result<(), Failure> {
    match ctx.tx.insert(finding) {
        // Another server brought it in at this very moment; the next try will see it.
        Err(Error::Exists { .. }) => Err(Failure::Throttled),
        done => Ok(done?),
    }
}

/// A customer's status gives way where the provider opened the finding again.
fn reopen(ctx: &mut Ctx<'_, '_>, edited: &mut Edited) -> Result<(), Failure> {
    let mut after = edited.current().clone();
    after.status_id = after.status_id.map(status_after_reopening);
    if after == *edited.current() {
        return Ok(());
    }
    edited.write(ctx, after)
}
