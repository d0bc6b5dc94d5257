//! BatchUpdateFindingsV2: customers set severity, status and comment of findings, each for itself.

use std::collections::{HashMap, HashSet};

use balefire_api::generated::securityhub::{
    BatchUpdateFindingsV2ProcessedFinding as Processed, BatchUpdateFindingsV2Request,
    BatchUpdateFindingsV2Response, BatchUpdateFindingsV2UnprocessedFinding as Unprocessed,
    BatchUpdateFindingsV2UnprocessedFindingErrorCode as ErrorCode, OcsfFindingIdentifier,
};
use balefire_columns::Key;
use balefire_store::Tx;

use super::edit;
use super::fields::Fields;
use super::identity::Identity;
use super::index::{Index, account_number_of, account_of_key, key_of, uid_of};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

/// How many edits may wait for their rows. Each takes some 80 bytes of memory until then.
const NAMED_MAX: usize = 2_000_000;

/// Why a finding was not updated.
type Reason = (ErrorCode, &'static str);
const UNKNOWN: Reason = (
    ErrorCode::ResourceNotFoundException,
    "There is no finding with this identifier.",
);
const TWICE: Reason = (
    ErrorCode::ConflictException,
    "The request names this finding twice; the first naming was processed.",
);

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
    let keys: Vec<Option<Key>> = named.iter().map(|named| named.key).collect();
    Ok(Ready {
        known: index.knows(&keys),
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
    let mut seen = HashSet::with_capacity(ready.named.len());
    let mut edited = Vec::with_capacity(ready.named.len());
    let mut visible = HashMap::new();
    let mut response = BatchUpdateFindingsV2Response::default();
    let mut is_visible = |key: &Key| {
        let includes = || ctx.caller.visible().includes(&account_of_key(key));
        *visible
            .entry(account_number_of(key))
            .or_insert_with(includes)
    };
    for (Named { key, echo }, known) in ready.named.iter().zip(known) {
        match key {
            Some(key) if known && is_visible(key) => {
                if seen.insert(key) {
                    edited.push(*key);
                    response.processed_findings.push(echo.processed());
                } else {
                    response.unprocessed_findings.push(echo.unprocessed(TWICE));
                }
            }
            _ => response
                .unprocessed_findings
                .push(echo.unprocessed(UNKNOWN)),
        }
    }
    if !edited.is_empty() {
        edit::append(ctx, &hub.arn(), &ready.fields, &edited)?;
    }
    Ok(response)
}

fn fields(input: &BatchUpdateFindingsV2Request) -> Result<Fields, Failure> {
    let comment = input.comment.as_deref();
    Fields::of("", input.severity_id, input.status_id, comment)
        .map_err(|violations| Failure::Invalid(violations.into()))
}

/// For each finding whether it is there. Those that the columns do not know are looked for.
fn known_of(tx: &mut Tx<'_>, ready: &Ready) -> Result<Vec<bool>, Failure> {
    let mut known = ready.known.clone();
    let left = ready.named.iter().zip(&known).filter(|(_, known)| !**known);
    let left: Vec<Key> = left.filter_map(|(named, _)| named.key).collect();
    if !left.is_empty() {
        let uids: Vec<String> = left.iter().map(uid_of).collect();
        let uids: Vec<&str> = uids.iter().map(String::as_str).collect();
        let found = super::known_of(tx, &uids)?;
        for (Named { key, .. }, known) in ready.named.iter().zip(&mut known) {
            *known |= key.is_some_and(|key| found.contains(&uid_of(&key)));
        }
    }
    Ok(known)
}

/// A finding that the request names.
struct Named {
    /// None where no finding of this server can have such a name.
    key: Option<Key>,
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
        key: key_of(&uid),
        echo: Echo::Uid(uid),
    });
    let by_identifier = identifiers.into_iter().map(|identifier| {
        let identity = Identity {
            account: &identifier.cloud_account_uid,
            product_uid: &identifier.metadata_product_uid,
            finding_uid: &identifier.finding_info_uid,
        };
        Named {
            key: identity.key(),
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

    fn unprocessed(&self, (code, message): Reason) -> Unprocessed {
        let (finding_identifier, metadata_uid) = self.parts();
        Unprocessed {
            error_code: Some(code),
            error_message: Some(message.to_owned()),
            finding_identifier,
            metadata_uid,
        }
    }
}
