//! BatchImportFindings: takes findings of the caller's account in ASFF, each for itself.

use std::collections::HashMap;

use balefire_api::Node;
use balefire_api::generated::securityhub::{
    BatchImportFindingsResponse, FindingHistoryUpdateSourceType as Source, ImportFindingsError,
};
use balefire_store::Kept;
use serde_json::Value;

use super::super::edit::{Edit, Edited};
use super::super::identity::Identity;
use super::super::import::{Import, Judged};
use super::super::index::Index;
use super::super::packing::{Packer, Unpacker};
use super::super::provider;
use super::super::{insert_new, instant_ms};
use super::refusal::{self, Refusal};
use super::stored::{self, CustomerFields, SecurityFinding};
use super::workflow::Move;
use super::{FINDING_BYTES_MAX, customer, history, merge, sent};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::product::{self, Product};
use crate::securityhub::{asff, hub_v1};

const REQUEST_BYTES_MAX: usize = 6 * 1024 * 1024;

/// A finding that was sent: its uid, its document, and whether it may be taken.
type Sent = (String, Value, Result<(), Refusal>);

/// Takes what it can and says for each of the others why not. What is not newer than what is there changes
/// nothing, and counts as taken. Where the index has no room for more, what is not known is not taken; a call
/// that names nothing else fails as a whole.
pub fn batch_import_findings(
    ctx: &mut Ctx<'_, '_>,
    findings: Vec<Node>,
    index: &Index,
) -> Result<BatchImportFindingsResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let mut sent: Vec<Sent> = Vec::with_capacity(findings.len());
    let mut bytes = 0;
    for finding in findings {
        let (document, modelled) = sent::read(finding)?;
        bytes += document.to_string().len();
        let verdict = match modelled {
            Ok(()) => check(ctx, &document)?,
            broken => broken,
        };
        sent.push((uid_of(&document), document, verdict));
    }
    if bytes > REQUEST_BYTES_MAX {
        let rule = format!("Member must have at most {REQUEST_BYTES_MAX} bytes");
        return Err(Failure::invalid("/Findings", rule));
    }
    let uids: Vec<&str> = sent.iter().map(|(uid, ..)| uid.as_str()).collect();
    let mut batch = Batch {
        import: Import::of(ctx, &uids, index.tail())?,
        asff: super::super::records_of(ctx.tx, &uids)?,
        fields: super::super::records_of(ctx.tx, &uids)?,
        packer: Packer::newest(ctx.tx)?,
        unpacker: Unpacker::default(),
    };
    if let Some(reason) = index.has_no_room(ctx.settings) {
        batch.refuse_new(&mut sent, reason)?;
    }
    let mut response = BatchImportFindingsResponse::default();
    let mut failed = Vec::new();
    for (uid, document, verdict) in sent {
        // A finding without an id is refused, and an answer needs one.
        let id = asff::place::text(&document, "Id").unwrap_or("-").to_owned();
        let taken = match verdict {
            Err(refusal) => Err(refusal),
            Ok(()) => batch.take(ctx, &uid, document)?,
        };
        match taken {
            Ok(()) => response.success_count += 1,
            Err(refusal) => failed.push(ImportFindingsError {
                error_code: refusal.code.into(),
                error_message: refusal.message,
                id,
            }),
        }
    }
    batch.import.finish(ctx)?;
    response.failed_count = i32::try_from(failed.len()).unwrap_or(i32::MAX);
    response.failed_findings = Some(failed);
    Ok(response)
}

/// Whether a finding may be taken, as far as it can be said without what is there.
fn check(ctx: &mut Ctx<'_, '_>, document: &Value) -> Result<Result<(), Refusal>, Failure> {
    if let Err(refusal) = refusal::check(document, &ctx.caller.account) {
        return Ok(Err(refusal));
    }
    let arn = document["ProductArn"].as_str().unwrap_or_default();
    if let Some(product) = Product::of_arn(arn)
        && !product::is_on(ctx, &product)?
    {
        return Ok(Err(Refusal::access(format!(
            "Account {} does not take findings of {} in {}. Turn it on with EnableImportFindingsForProduct.",
            ctx.account(),
            product.path,
            ctx.region
        ))));
    }
    Ok(Ok(()))
}

fn uid_of(document: &Value) -> String {
    let text = |name: &str| document[name].as_str().unwrap_or_default();
    let identity = Identity {
        account: text("AwsAccountId"),
        product_uid: text("ProductArn"),
        finding_uid: text("Id"),
    };
    identity.uid()
}

/// What a call touches, and what became of it so far.
struct Batch {
    import: Import,
    asff: HashMap<String, Kept<SecurityFinding>>,
    fields: HashMap<String, Kept<CustomerFields>>,
    packer: Packer,
    unpacker: Unpacker,
}

impl Batch {
    /// Refuses those of the findings that are not known; all of the call, where no other is left to be taken.
    fn refuse_new(&self, sent: &mut [Sent], reason: String) -> Result<(), Failure> {
        let (mut refused, mut left) = (0, 0);
        for (uid, _, verdict) in sent.iter_mut().filter(|(.., verdict)| verdict.is_ok()) {
            if self.import.findings.contains_key(uid) {
                left += 1;
            } else {
                refused += 1;
                *verdict = Err(Refusal::limit(reason.clone()));
            }
        }
        if refused == 0 || left > 0 {
            return Ok(());
        }
        Err(Failure::Limit {
            kind: "FINDING",
            id: String::new(),
            quota: "FINDINGS_MEMORY",
            message: reason,
        })
    }

    fn take(
        &mut self,
        ctx: &mut Ctx<'_, '_>,
        uid: &str,
        sent: Value,
    ) -> Result<Result<(), Refusal>, Failure> {
        let known = self.known(ctx, uid)?;
        if known
            .as_ref()
            .is_some_and(|known| !self.is_newer(uid, &sent, known))
        {
            return Ok(Ok(()));
        }
        let before = known.as_ref().map(|known| self.shown(uid, known));
        let now = ctx.now.date_time();
        let mut merged = merge::merge(known.as_ref(), sent, ctx.region, &now);
        let moved = known.as_ref().and_then(|known| Move::of(known, &merged));
        let workflow = merged["Workflow"]["Status"].as_str().unwrap_or_default();
        let edit = self.import.edits.get(uid).map(Edited::current);
        let customers = edit.and_then(Edit::customers_status);
        if let Some(status) = moved.and_then(|moved| moved.workflow(workflow, customers)) {
            asff::place::put(&mut merged, "Workflow.Status", status.into());
        }
        let text = merged.to_string();
        if text.len() > FINDING_BYTES_MAX {
            let message = format!(
                "the finding has {} bytes; at most {FINDING_BYTES_MAX} are taken",
                text.len()
            );
            return Ok(Err(Refusal::input(message)));
        }
        let (accepted, judged) = match self.accept(ctx, uid, known.as_ref(), &merged) {
            Ok(accepted) => accepted,
            Err(reason) => return Ok(Err(Refusal::input(reason))),
        };
        let account = accepted.account.clone();
        if let Some(moved) = moved {
            let ends = |status_id| moved.ends(status_id);
            self.import.end_status_if(ctx, uid, ends)?;
        }
        self.import.take(ctx, &accepted, None, judged.as_ref())?;
        self.keep(ctx, uid, account, &text)?;
        let arn = merged["ProductArn"].as_str().unwrap_or_default();
        let source = (Source::BatchImportFindings, arn);
        history::record(ctx, uid, source, before.as_ref(), &self.shown(uid, &merged))?;
        Ok(Ok(()))
    }

    /// The document that is there.
    fn known(&mut self, ctx: &mut Ctx<'_, '_>, uid: &str) -> Result<Option<Value>, Failure> {
        let Some(finding) = self.import.findings.get(uid) else {
            return Ok(None);
        };
        let asff = self.asff.get(uid).map(|asff| &asff.record);
        stored::document(ctx.tx, &mut self.unpacker, finding, asff).map(Some)
    }

    /// A document with what customers set.
    fn shown(&self, uid: &str, document: &Value) -> Value {
        let mut shown = document.clone();
        let edit = self.import.edits.get(uid).map(Edited::current);
        let fields = self.fields.get(uid).map(|fields| &fields.fields);
        customer::show(&mut shown, edit, fields);
        shown
    }

    /// The OCSF of a document with what customers set in it; and without, where they set anything.
    fn accept(
        &self,
        ctx: &Ctx<'_, '_>,
        uid: &str,
        known: Option<&Value>,
        merged: &Value,
    ) -> Result<(provider::Accepted, Option<Judged>), String> {
        let accept = |document: &Value| {
            let ocsf = asff::to_ocsf(document)?;
            provider::accept(&ocsf.to_string(), ctx.account(), None)
        };
        let own = accept(merged)?;
        let Some(fields) = self.fields.get(uid) else {
            return Ok((own, None));
        };
        let before = known.filter(|_| self.is_from_asff(uid));
        let before = before.and_then(|known| accept(known).ok());
        let judged = Judged {
            text: own.text.clone(),
            before: before.map(|own| own.text),
        };
        let mut document = merged.clone();
        customer::set_fields(&mut document, &fields.fields);
        let shown = match document == *merged {
            true => own,
            false => accept(&document)?,
        };
        Ok((shown, Some(judged)))
    }

    /// Whether a provider's document is of a later time than the one that is there. What Balefire has closed
    /// says nothing of the provider's times: it opens again whatever the time of what names it.
    fn is_newer(&self, uid: &str, sent: &Value, known: &Value) -> bool {
        let updated = |document: &Value| document["UpdatedAt"].as_str().and_then(instant_ms);
        let finding = self.import.findings.get(uid);
        let came_ms = finding.map(|finding| finding.updated_ms);
        let is_given = !self.is_from_asff(uid) && updated(known) == came_ms;
        is_given || updated(sent) > updated(known)
    }

    /// Whether customers' values are in the row of a finding: those of what came as OCSF are not.
    fn is_from_asff(&self, uid: &str) -> bool {
        let finding = self.import.findings.get(uid);
        let asff = self.asff.get(uid);
        asff.zip(finding)
            .is_some_and(|(asff, finding)| asff.finding_version == finding.version)
    }

    /// Keeps the ASFF beside the OCSF that was just taken.
    fn keep(
        &mut self,
        ctx: &mut Ctx<'_, '_>,
        uid: &str,
        account: String,
        text: &str,
    ) -> Result<(), Failure> {
        let finding_version = self
            .import
            .findings
            .get(uid)
            .map_or(1, |finding| finding.version);
        let packed = self.packer.pack(text)?;
        if let Some(asff) = self.asff.get_mut(uid) {
            asff.packed = packed;
            asff.finding_version = finding_version;
            return Ok(ctx.tx.replace(asff)?);
        }
        let record = SecurityFinding {
            uid: uid.to_owned(),
            account,
            packed,
            finding_version,
        };
        insert_new(ctx.tx, &record)?;
        self.asff
            .insert(uid.to_owned(), Kept { record, version: 1 });
        Ok(())
    }
}
