//! BatchUpdateFindings: customers set fields of findings, each for itself; V2 shows what it has a place for.

use std::collections::{BTreeSet, HashMap, HashSet};

use balefire_api::generated::securityhub::{
    AwsSecurityFindingIdentifier, BatchUpdateFindingsRequest, BatchUpdateFindingsResponse,
    BatchUpdateFindingsUnprocessedFinding as Unprocessed, FindingHistoryUpdateSourceType as Source,
};
use balefire_columns::Key;
use balefire_store::{Kept, Record};
use serde_json::{Map, Value, json};

use super::super::counted::{state, up_to_today};
use super::super::edit::{self, Edit, Edited, edits_of};
use super::super::identity::account_of;
use super::super::index::{Index, key_of_stored};
use super::super::packing::{Packed, Packer, Unpacker};
use super::super::{Finding, insert_new, provider, version};
use super::stored::{self, CustomerFields, SecurityFinding};
use super::{FINDING_BYTES_MAX, customer, history, named};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::trend::{Changes, day_of};
use crate::securityhub::{asff, hub_v1, software};

mod settings;

use settings::Settings;

const FINDINGS_MAX: usize = 100;

/// Code and message of why a finding was not updated.
type Reason = (&'static str, &'static str);
const NOT_FOUND: Reason = ("FindingNotFound", "Finding Not Found");
const DUPLICATED: Reason = (
    "DuplicatedFindingIdentifier",
    "Finding Identifier is duplicated",
);
const TOO_LARGE: Reason = ("FindingSizeExceeded", "Finding size exceeded 240 KB");

/// What a request sets, and in which findings: the uid of each that there is. None is ever taken away.
pub struct Ready {
    settings: Settings,
    named: Vec<(AwsSecurityFindingIdentifier, Option<String>)>,
}

/// Finds what a request names.
pub fn look_up(
    ctx: &mut Ctx<'_, '_>,
    input: BatchUpdateFindingsRequest,
    index: &Index,
) -> Result<Ready, Failure> {
    hub_v1::require_on(ctx)?;
    let settings = Settings::of(&input, ctx.now)?;
    let identifiers = input.finding_identifiers;
    if !(1..=FINDINGS_MAX).contains(&identifiers.len()) {
        let rule = format!("Member must have from 1 to {FINDINGS_MAX} elements");
        return Err(Failure::invalid("/FindingIdentifiers", rule));
    }
    let uids = named::uids_of(ctx, &identifiers, index)?;
    Ok(Ready {
        settings,
        named: identifiers.into_iter().zip(uids).collect(),
    })
}

/// Updates what it can and says for each of the others why not. UpdatedAt and what the provider suggested
/// stay.
pub fn batch_update_findings(
    ctx: &mut Ctx<'_, '_>,
    ready: &Ready,
    index: &Index,
) -> Result<BatchUpdateFindingsResponse, Failure> {
    let hub = hub_v1::require_on(ctx)?;
    let mut update = Update::of(ctx, ready, index)?;
    let mut seen = HashSet::new();
    let mut response = BatchUpdateFindingsResponse::default();
    for (identifier, uid) in &ready.named {
        let outcome = match uid {
            None => Err(NOT_FOUND),
            Some(uid) if !seen.insert(uid) => Err(DUPLICATED),
            Some(uid) => update.apply(ctx, uid)?,
        };
        match outcome {
            Ok(()) => response.processed_findings.push(identifier.clone()),
            Err(reason) => response
                .unprocessed_findings
                .push(unprocessed(identifier.clone(), reason)),
        }
    }
    update.log(ctx, &hub.arn())?;
    Ok(response)
}

fn unprocessed(identifier: AwsSecurityFindingIdentifier, (code, message): Reason) -> Unprocessed {
    Unprocessed {
        error_code: code.into(),
        error_message: message.into(),
        finding_identifier: identifier,
    }
}

/// What a request touches, and what it changed so far.
struct Update<'r> {
    settings: &'r Settings,
    findings: HashMap<String, Kept<Finding>>,
    edits: HashMap<String, Edited>,
    asff: HashMap<String, Kept<SecurityFinding>>,
    fields: HashMap<String, Kept<CustomerFields>>,
    unpacker: Unpacker,
    trend: Changes,
    software: software::Changes,
    edited: Vec<String>,
    /// Those whose document in OCSF is another.
    converted: BTreeSet<String>,
}

impl<'r> Update<'r> {
    fn of(ctx: &mut Ctx<'_, '_>, ready: &'r Ready, index: &Index) -> Result<Update<'r>, Failure> {
        let uids = ready.named.iter().filter_map(|(_, uid)| uid.as_deref());
        let uids: Vec<&str> = uids.collect();
        ctx.tx.hold(uids.iter().filter_map(|uid| account_of(uid)))?;
        Ok(Update {
            settings: &ready.settings,
            findings: super::super::records_of(ctx.tx, &uids)?,
            edits: edits_of(ctx.tx, &uids, index.tail())?,
            asff: super::super::records_of(ctx.tx, &uids)?,
            fields: super::super::records_of(ctx.tx, &uids)?,
            unpacker: Unpacker::default(),
            trend: Changes::default(),
            software: software::Changes::default(),
            edited: Vec::new(),
            converted: BTreeSet::new(),
        })
    }

    fn apply(&mut self, ctx: &mut Ctx<'_, '_>, uid: &str) -> Result<Result<(), Reason>, Failure> {
        let Some(finding) = self.findings.get(uid) else {
            return Ok(Err(NOT_FOUND));
        };
        let account = finding.account.clone();
        let asff = self.asff.get(uid).map(|asff| &asff.record);
        let document = stored::document(ctx.tx, &mut self.unpacker, finding, asff)?;
        let edit = self.edits.get(uid).map(Edited::current).cloned();
        let fields = self.fields.get(uid).map(|fields| fields.fields.clone());
        let before = shown(&document, edit.as_ref(), fields.as_ref());

        let new_edit = self.settings.edit(ctx, uid, edit.as_ref());
        let new_fields = self.settings.fields_over(fields.as_ref(), edit.as_ref());
        let after = shown(
            &document,
            new_edit.as_ref().or(edit.as_ref()),
            Some(&new_fields),
        );
        if after.to_string().len() > FINDING_BYTES_MAX {
            return Ok(Err(TOO_LARGE));
        }
        if new_edit.is_some() {
            self.edited.push(uid.to_owned());
        }
        if fields.as_ref() != Some(&new_fields) && !new_fields.is_empty() {
            let record = CustomerFields {
                uid: uid.to_owned(),
                account,
                fields: new_fields.clone(),
            };
            put(ctx, &mut self.fields, uid, record)?;
            if self.settings.sets_document() {
                self.convert(ctx, uid, document, &new_fields)?;
            }
        }
        let identity = ctx.caller.arn.clone();
        let source = (Source::BatchUpdateFindings, identity.as_str());
        history::record(ctx, uid, source, Some(&before), &after)?;
        Ok(Ok(()))
    }

    /// Writes the OCSF of a finding that came as ASFF again, with what customers set in it.
    fn convert(
        &mut self,
        ctx: &mut Ctx<'_, '_>,
        uid: &str,
        mut document: Value,
        fields: &Map<String, Value>,
    ) -> Result<(), Failure> {
        let (Some(finding), Some(asff)) = (self.findings.get_mut(uid), self.asff.get_mut(uid))
        else {
            return Ok(());
        };
        if asff.finding_version != finding.version {
            return Ok(());
        }
        customer::set_fields(&mut document, fields);
        let ocsf = asff::to_ocsf(&document).map_err(Failure::Internal)?;
        // A document that grew too large in OCSF stays as it is there.
        let Ok(accepted) = provider::accept(&ocsf.to_string(), &finding.account, None) else {
            return Ok(());
        };
        let Packed { bytes, dictionary } = &finding.packed;
        let before = self.unpacker.unpack(ctx.tx, bytes, *dictionary)?;
        let account = &finding.account;
        let edit = self.edits.get_mut(uid);
        let was = up_to_today(ctx, account, &before, edit, &mut self.trend)?;
        let counted = self.edits.get(uid).and_then(Edited::counted);
        let is = state(account, &accepted.text, counted)?;
        self.trend.take(day_of(ctx.now.0), Some(&was), &is);
        self.software
            .take(uid, account, Some(&before), &accepted.software)?;
        let packed = Packer::newest(ctx.tx)?.pack(&accepted.text)?;
        version::replace(ctx, finding, packed)?;
        asff.finding_version = finding.version;
        ctx.tx.replace(asff)?;
        self.converted.insert(uid.to_owned());
        Ok(())
    }

    fn log(&mut self, ctx: &mut Ctx<'_, '_>, hub: &str) -> Result<(), Failure> {
        self.trend.record(ctx.tx)?;
        std::mem::take(&mut self.software).record(ctx)?;
        if !self.edited.is_empty() {
            let edited = self.edited.iter().map(|uid| key_of_stored(uid));
            let edited: Vec<Key> = edited.collect::<Result<_, _>>()?;
            edit::append(ctx, hub, &self.settings.shared(), &edited)?;
        }
        if !self.converted.is_empty() {
            let account = ctx.caller.account.clone();
            let created: [&str; 0] = [];
            let body = json!({"created": created, "updated": self.converted});
            ctx.changed("findings.imported", &account, &body)?;
        }
        Ok(())
    }
}

fn shown(document: &Value, edit: Option<&Edit>, fields: Option<&Map<String, Value>>) -> Value {
    let mut shown = document.clone();
    customer::show(&mut shown, edit, fields);
    shown
}

/// Writes a record over the one that is there, or as the first.
fn put<R: Record>(
    ctx: &mut Ctx<'_, '_>,
    records: &mut HashMap<String, Kept<R>>,
    uid: &str,
    record: R,
) -> Result<(), Failure> {
    if let Some(kept) = records.get_mut(uid) {
        kept.record = record;
        return Ok(ctx.tx.replace(kept)?);
    }
    insert_new(ctx.tx, &record)
}
