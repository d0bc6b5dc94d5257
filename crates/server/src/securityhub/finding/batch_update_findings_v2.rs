//! BatchUpdateFindingsV2: customers set severity, status and comment of findings, each for itself.

use std::collections::{HashMap, HashSet};

use balefire_api::generated::securityhub::{
    BatchUpdateFindingsV2ProcessedFinding as Processed, BatchUpdateFindingsV2Request,
    BatchUpdateFindingsV2Response, BatchUpdateFindingsV2UnprocessedFinding as Unprocessed,
    BatchUpdateFindingsV2UnprocessedFindingErrorCode as ErrorCode, OcsfFindingIdentifier,
};
use balefire_store::Kept;
use serde_json::json;

use super::edit::Edit;
use super::fields::Fields;
use super::history;
use super::identity::{Identity, account_of};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

/// Updates what it can and says for each of the others why not. Times of the finding do not move, and
/// what customers set stays when the provider sends the finding again.
pub fn batch_update_findings_v2(
    ctx: &mut Ctx<'_, '_>,
    input: BatchUpdateFindingsV2Request,
) -> Result<BatchUpdateFindingsV2Response, Failure> {
    let hub = hub::require_on(ctx)?;
    let fields = fields(&input)?;
    let named = named(input)?;
    let uids: Vec<&str> = named.iter().map(|named| named.uid.as_str()).collect();
    let known = super::known_of(ctx.tx, &uids)?;
    let mut edits: HashMap<String, Kept<Edit>> = super::records_of(ctx.tx, &uids)?;
    let before = edits.clone();
    let mut seen = HashSet::new();
    let mut changed = Vec::new();
    let mut response = BatchUpdateFindingsV2Response::default();
    for Named { uid, echo } in named {
        let is_visible = account_of(&uid).is_some_and(|a| ctx.caller.visible().includes(a));
        if !known.contains(&uid) || !is_visible {
            let message = "There is no finding with this identifier.";
            let error = (ErrorCode::ResourceNotFoundException, message);
            response.unprocessed_findings.push(echo.unprocessed(error));
        } else if !seen.insert(uid.clone()) {
            let message = "The request names this finding twice; the first naming was processed.";
            let error = (ErrorCode::ConflictException, message);
            response.unprocessed_findings.push(echo.unprocessed(error));
        } else {
            if set(ctx, &fields, &uid, edits.get_mut(&uid))? {
                changed.push(uid);
            }
            response.processed_findings.push(echo.processed());
        }
    }
    if !changed.is_empty() {
        history::record_edits(ctx, &changed, &before)?;
        ctx.changed("findings.updated", &hub.arn(), &log_body(&fields, &changed))?;
    }
    Ok(response)
}

fn fields(input: &BatchUpdateFindingsV2Request) -> Result<Fields, Failure> {
    let comment = input.comment.as_deref();
    Fields::of("", input.severity_id, input.status_id, comment).map_err(Failure::Invalid)
}

/// Sets fields of a finding; false where all of it was set already, and by customers.
fn set(
    ctx: &mut Ctx<'_, '_>,
    fields: &Fields,
    uid: &str,
    edit: Option<&mut Kept<Edit>>,
) -> Result<bool, Failure> {
    let by = ctx.caller.arn.as_str();
    let Some(edit) = edit else {
        let edit = Edit::new(uid).by_customer(fields, by, ctx.now);
        match ctx.tx.insert(&edit) {
            // Another server set something at this very moment; the next try will see it.
            Err(balefire_store::Error::Exists { .. }) => return Err(Failure::Throttled),
            done => done?,
        }
        return Ok(true);
    };
    let after = edit.by_customer(fields, by, ctx.now);
    if after == edit.record {
        return Ok(false);
    }
    edit.record = after;
    ctx.tx.replace(edit)?;
    Ok(true)
}

fn log_body(fields: &Fields, uids: &[String]) -> serde_json::Value {
    json!({
        "uids": uids,
        "severity_id": fields.severity_id,
        "status_id": fields.status_id,
        "comment": fields.comment,
    })
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
    fn parts(self) -> (Option<OcsfFindingIdentifier>, Option<String>) {
        match self {
            Echo::Uid(uid) => (None, Some(uid)),
            Echo::Identifier(identifier) => (Some(identifier), None),
        }
    }

    fn processed(self) -> Processed {
        let (finding_identifier, metadata_uid) = self.parts();
        Processed {
            finding_identifier,
            metadata_uid,
        }
    }

    fn unprocessed(self, (code, message): (ErrorCode, &str)) -> Unprocessed {
        let (finding_identifier, metadata_uid) = self.parts();
        Unprocessed {
            error_code: Some(code),
            error_message: Some(message.to_owned()),
            finding_identifier,
            metadata_uid,
        }
    }
}
