//! BatchUpdateFindingsV2: customers set severity, status and comment of findings, each for itself.

use std::collections::HashSet;

use balefire_api::generated::securityhub::{
    BatchUpdateFindingsV2ProcessedFinding as Processed, BatchUpdateFindingsV2Request,
    BatchUpdateFindingsV2Response, BatchUpdateFindingsV2UnprocessedFinding as Unprocessed,
    BatchUpdateFindingsV2UnprocessedFindingErrorCode as ErrorCode, OcsfFindingIdentifier,
};
use balefire_store::Tx;

use super::edit;
use super::fields::Fields;
use super::identity::{Identity, account_of};
use super::index::Index;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

/// How many edits may wait for their rows. Each takes some 80 bytes of memory until then.
const NAMED_MAX: usize = 2_000_000;

/// What a request sets, and in which findings.
pub struct Ready {
    fields: Fields,
    named: Vec<Named>,
    /// For each whether the columns have it. None is ever taken away, so what they know is there.
    known: Vec<bool>,
}

/// Reads which findings a request names, and in how far they are known.
pub fn prepare(input: BatchUpdateFindingsV2Request, index: &Index) -> Result<Ready, Failure> {
    let fields = fields(&input)?;
    let named = named(input)?;
    let uids: Vec<&str> = named.iter().map(|named| named.uid.as_str()).collect();
    Ok(Ready {
        known: index.knows(&uids),
        fields,
        named,
    })
}

/// Updates what it can and says for each of the others why not. Times of the finding do not move, and
/// what customers set stays when the provider sends the finding again.
pub fn batch_update_findings_v2(
    ctx: &mut Ctx<'_, '_>,
    ready: &Ready,
    index: &Index,
) -> Result<BatchUpdateFindingsV2Response, Failure> {
    let hub = hub::require_on(ctx)?;
    if index.tail().waiting() > NAMED_MAX {
        return Err(Failure::Throttled);
    }
    let known = known_of(ctx.tx, ready)?;
    let mut seen = HashSet::new();
    let mut edited = Vec::with_capacity(ready.named.len());
    let mut response = BatchUpdateFindingsV2Response::default();
    for (Named { uid, echo }, known) in ready.named.iter().zip(known) {
        let is_visible = account_of(uid).is_some_and(|a| ctx.caller.visible().includes(a));
        if !known || !is_visible {
            let message = "There is no finding with this identifier.";
            let error = (ErrorCode::ResourceNotFoundException, message);
            response.unprocessed_findings.push(echo.unprocessed(error));
        } else if !seen.insert(uid.as_str()) {
            let message = "The request names this finding twice; the first naming was processed.";
            let error = (ErrorCode::ConflictException, message);
            response.unprocessed_findings.push(echo.unprocessed(error));
        } else {
            edited.push(uid.as_str());
            response.processed_findings.push(echo.processed());
        }
    }
    if !edited.is_empty() {
        edit::append(ctx, &hub.arn(), &ready.fields, &edited)?;
    }
    Ok(response)
}

fn fields(input: &BatchUpdateFindingsV2Request) -> Result<Fields, Failure> {
    let comment = input.comment.as_deref();
    Fields::of("", input.severity_id, input.status_id, comment).map_err(Failure::Invalid)
}

/// For each finding whether it is there. Those that the columns do not know are looked for.
fn known_of(tx: &mut Tx<'_>, ready: &Ready) -> Result<Vec<bool>, Failure> {
    let mut known = ready.known.clone();
    let left = ready.named.iter().zip(&known).filter(|(_, known)| !**known);
    let left: Vec<&str> = left.map(|(named, _)| named.uid.as_str()).collect();
    if !left.is_empty() {
        let found = super::known_of(tx, &left)?;
        for (Named { uid, .. }, known) in ready.named.iter().zip(&mut known) {
            *known |= found.contains(uid);
        }
    }
    Ok(known)
}

/// A finding that the request names.
struct Named {
    uid: String,
    echo: Echo,
}

/// How the request named it, which is how the answer names it.
enum Echo {
    Uid(String),
    Identifier(OcsfFindingIdentifier),
}

fn named(input: BatchUpdateFindingsV2Request) -> Result<Vec<Named>, Failure> {
    let uids = input.metadata_uids.unwrap_or_default();
    let identifiers = input.finding_identifiers.unwrap_or_default();
    let by_uid = uids.into_iter().map(|uid| Named {
        uid: uid.clone(),
        echo: Echo::Uid(uid),
    });
    let by_identifier = identifiers.into_iter().map(|identifier| {
        let identity = Identity {
            account: &identifier.cloud_account_uid,
            product_uid: &identifier.metadata_product_uid,
            finding_uid: &identifier.finding_info_uid,
        };
        Named {
            uid: identity.uid(),
            echo: Echo::Identifier(identifier),
        }
    });
    match (by_uid.len(), by_identifier.len()) {
        (_, 0) if by_uid.len() > 0 => Ok(by_uid.collect()),
        (0, _) if by_identifier.len() > 0 => Ok(by_identifier.collect()),
        _ => Err(Failure::invalid(
            "/",
            "Member must have either MetadataUids or FindingIdentifiers, with at least one element",
        )),
    }
}

impl Echo {
    fn parts(&self) -> (Option<OcsfFindingIdentifier>, Option<String>) {
        match self {
            Echo::Uid(uid) => (None, Some(uid.clone())),
            Echo::Identifier(identifier) => (Some(identifier.clone()), None),
        }
    }

    fn processed(&self) -> Processed {
        let (finding_identifier, metadata_uid) = self.parts();
        Processed {
            finding_identifier,
            metadata_uid,
        }
    }

    fn unprocessed(&self, (code, message): (ErrorCode, &str)) -> Unprocessed {
        let (finding_identifier, metadata_uid) = self.parts();
        Unprocessed {
            error_code: Some(code),
            error_message: Some(message.to_owned()),
            finding_identifier,
            metadata_uid,
        }
    }
}
