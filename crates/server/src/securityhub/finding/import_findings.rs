//! ImportFindings, Balefire's own: takes documents of providers, each for itself.

use std::collections::{BTreeSet, HashMap};

use balefire_api::own::{FailedFinding, ImportFindingsInput, ImportFindingsOutput};
use balefire_api::{Document as Sent, Timestamp};

use super::analysis;
use super::import::Import;
use super::index::{Index, key_of};
use super::packing::{Dictionary, Packed, Packer};
use super::parallel;
use super::provider::{self, Accepted};
use super::run;
use crate::access::Account;
use crate::context::{Caller, Ctx};
use crate::failure::Failure;

/// Documents that were read, checked and packed before anything is locked.
pub struct Ready {
    documents: Vec<Document>,
    failed: Vec<FailedFinding>,
    run: Option<String>,
}

/// A document that may be kept.
struct Document {
    /// Its place in the request.
    place: i32,
    accepted: Accepted,
    /// Only of findings that were not known.
    packed: Option<Packed>,
}

/// Reads documents, each for itself, and packs those of findings that are new, which most of a large import
/// are.
pub fn prepare(
    caller: &Caller,
    now: Timestamp,
    dictionary: Dictionary,
    input: ImportFindingsInput,
    index: &Index,
) -> Result<Ready, Failure> {
    let undated_ms = input.undated.unwrap_or_default().then_some(now.0);
    let packer = || Packer::with(dictionary);
    let read = parallel::map(&input.findings, packer, |packer, document| {
        let accepted = match accept(document.text(), caller, undated_ms) {
            Ok(accepted) => accepted,
            Err(reason) => return Ok(Err(reason)),
        };
        let packed = match packer {
            Ok(packer) if index.knows(&[key_of(&accepted.uid)]) == [false] => {
                Some(packer.pack(&accepted.text)?)
            }
            // One by one, it is found out what is wrong.
            _ => None,
        };
        Ok::<_, Failure>(Ok((accepted, packed)))
    });
    let mut ready = Ready {
        documents: Vec::with_capacity(read.len()),
        failed: Vec::new(),
        run: input.run,
    };
    for (place, read) in (0..).zip(read) {
        match read? {
            Ok((accepted, packed)) => ready.documents.push(Document {
                place,
                accepted,
                packed,
            }),
            Err(reason) => ready.failed.push(refused(place, reason)),
        }
    }
    Ok(ready)
}

/// Keeps the documents that are valid and reports the others with their place and reason.
///
/// A document of a finding that is known replaces the one before, and leaves alone what customers
/// set; the very same document changes nothing, nor does one of an earlier time. Automation rules judge each
/// version that is new. Of documents of one finding in one call, the newest counts alone. The
/// administrator brings in findings of any account, which becomes a member; others bring in their own.
/// The hub need not be on: a store may be filled before anybody looks. With a run, it is kept which
/// findings the run has named, see `complete_import`. What one analysis of a repository calls over stays as
/// it is while another reports it. Where the index has no room for more, findings that
/// are not known are reported as those that are not valid.
pub fn import_findings(
    ctx: &mut Ctx<'_, '_>,
    ready: &Ready,
    index: &Index,
) -> Result<ImportFindingsOutput, Failure> {
    let mut output = ImportFindingsOutput {
        failed: ready.failed.clone(),
        ..ImportFindingsOutput::default()
    };
    let mut documents: Vec<&Document> = ready.documents.iter().collect();
    if let Some(reason) = index.has_no_room(ctx.settings) {
        let uids: Vec<&str> = documents.iter().map(|one| &*one.accepted.uid).collect();
        let known = super::known_of(ctx.tx, &uids)?;
        let new = documents.extract_if(.., |one| !known.contains(&one.accepted.uid));
        output
            .failed
            .extend(new.map(|one| refused(one.place, reason.clone())));
        output.failed.sort_unstable_by_key(|failed| failed.index);
    }
    let accounts: BTreeSet<&str> = documents.iter().map(|one| &*one.accepted.account).collect();
    for account in accounts {
        Account::ensure_member(ctx.tx, account, ctx.now.0)?;
    }
    if let Some(run) = &ready.run {
        let accepted: Vec<&Accepted> = documents.iter().map(|one| &one.accepted).collect();
        run::note(ctx, run, &accepted, output.failed.len())?;
    }
    let uids: Vec<&str> = documents.iter().map(|one| &*one.accepted.uid).collect();
    let mut import = Import::of(ctx, &uids, index.tail())?.newer_only();
    let still_reported = analysis::note(ctx, documents.iter().map(|one| &one.accepted))?;
    let newest = newest(&documents);
    for document in documents {
        let Document {
            accepted, packed, ..
        } = document;
        let is_newest = newest[&*accepted.uid].place == document.place;
        if is_newest && !still_reported.contains(&*accepted.uid) {
            import.take(ctx, accepted, packed.as_ref(), None)?;
        } else {
            import.pass_over();
        }
    }
    let counts = import.finish(ctx)?;
    output.created = counts.created;
    output.updated = counts.updated;
    output.unchanged = counts.unchanged;
    Ok(output)
}

/// Of each finding, its newest document, and of those of one time the last: what a report says of a finding
/// is how it ends. To take each would open what is over by then, and again when the report comes again.
fn newest<'d>(documents: &[&'d Document]) -> HashMap<&'d str, &'d Document> {
    let mut newest: HashMap<&str, &Document> = HashMap::with_capacity(documents.len());
    for document in documents {
        let known = newest.entry(&document.accepted.uid).or_insert(document);
        if document.accepted.time_ms >= known.accepted.time_ms {
            *known = document;
        }
    }
    newest
}

/// Brings documents in as a call would, where there is a transaction already.
pub fn bring_in(
    ctx: &mut Ctx<'_, '_>,
    index: &Index,
    findings: Vec<Sent>,
) -> Result<ImportFindingsOutput, Failure> {
    let input = ImportFindingsInput {
        findings,
        ..ImportFindingsInput::default()
    };
    let dictionary = Dictionary::newest(ctx.tx)?;
    let ready = prepare(ctx.caller, ctx.now, dictionary, input, index)?;
    import_findings(ctx, &ready, index)
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
