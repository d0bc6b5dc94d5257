//! BatchUpdateFindingsV2: customers set severity, status and comment of findings, each for itself.

use std::collections::{HashMap, HashSet};

use balefire_api::generated::securityhub::{
    BatchUpdateFindingsV2ProcessedFinding as Processed, BatchUpdateFindingsV2Request,
    BatchUpdateFindingsV2Response, BatchUpdateFindingsV2UnprocessedFinding as Unprocessed,
    BatchUpdateFindingsV2UnprocessedFindingErrorCode as ErrorCode, OcsfFindingIdentifier,
};
use balefire_api::{Violation, rejection};
use balefire_store::Kept;
use serde_json::json;

use super::caption::{SEVERITIES, STATUSES, caption};
use super::edit::Edit;
use super::history;
use super::identity::{Identity, account_of};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

const COMMENT_CHARS_MAX: usize = 512;
/// OCSF's Deleted, which the API does not let customers set.
const STATUS_DELETED: i32 = 6;

/// Updates what it can and says for each of the others why not. Times of the finding do not move, and
/// what customers set stays when the provider sends the finding again.
pub fn batch_update_findings_v2(
    ctx: &mut Ctx<'_, '_>,
    input: BatchUpdateFindingsV2Request,
) -> Result<BatchUpdateFindingsV2Response, Failure> {
    let hub = hub::require_on(ctx)?;
    let settings = Settings::of(&input)?;
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
            if settings.set(ctx, &uid, edits.get_mut(&uid))? {
                changed.push(uid);
            }
            response.processed_findings.push(echo.processed());
        }
    }
    if !changed.is_empty() {
        history::record_edits(ctx, &changed, &before)?;
        ctx.changed("findings.updated", &hub.arn(), &settings.log_body(&changed))?;
    }
    Ok(response)
}

/// What a request sets.
struct Settings {
    severity_id: Option<i64>,
    status_id: Option<i64>,
    comment: Option<String>,
}

impl Settings {
    fn of(input: &BatchUpdateFindingsV2Request) -> Result<Settings, Failure> {
        let mut violations: Vec<Violation> = Vec::new();
        let mut refuse = |at, rule: &str| violations.push(rejection::violation(at, rule));
        if input.severity_id.is_none() && input.status_id.is_none() && input.comment.is_none() {
            refuse(
                "/",
                "Member must have one of SeverityId, StatusId and Comment",
            );
        }
        let known = |captions, id: i32| caption(captions, id.into()).is_some();
        if input.severity_id.is_some_and(|id| !known(SEVERITIES, id)) {
            refuse(
                "/SeverityId",
                "Member must be one of 0, 1, 2, 3, 4, 5, 6, 99",
            );
        }
        if let Some(id) = input.status_id
            && (!known(STATUSES, id) || id == STATUS_DELETED)
        {
            refuse("/StatusId", "Member must be one of 0, 1, 2, 3, 4, 5, 99");
        }
        if let Some(comment) = &input.comment {
            if comment.chars().count() > COMMENT_CHARS_MAX {
                refuse("/Comment", "Member must have at most 512 characters");
            }
            if comment.contains('\0') {
                refuse("/Comment", "Member must not have the character NUL");
            }
        }
        match violations.is_empty() {
            true => Ok(Settings {
                severity_id: input.severity_id.map(i64::from),
                status_id: input.status_id.map(i64::from),
                comment: input.comment.clone(),
            }),
            false => Err(Failure::Invalid(violations)),
        }
    }

    /// Sets this on a finding; false where all of it was set already.
    fn set(
        &self,
        ctx: &mut Ctx<'_, '_>,
        uid: &str,
        edit: Option<&mut Kept<Edit>>,
    ) -> Result<bool, Failure> {
        let Some(edit) = edit else {
            let edit = self.over(ctx, &Edit::new(uid));
            match ctx.tx.insert(&edit) {
                // Another server set something at this very moment; the next try will see it.
                Err(balefire_store::Error::Exists { .. }) => return Err(Failure::Throttled),
                done => done?,
            }
            return Ok(true);
        };
        let after = self.over(ctx, edit);
        let unedited = Edit {
            edited_ms: edit.edited_ms,
            edited_by: edit.edited_by.clone(),
            ..after.clone()
        };
        if unedited == edit.record {
            return Ok(false);
        }
        edit.record = after;
        ctx.tx.replace(edit)?;
        Ok(true)
    }

    fn over(&self, ctx: &Ctx<'_, '_>, edit: &Edit) -> Edit {
        Edit {
            uid: edit.uid.clone(),
            severity_id: self.severity_id.or(edit.severity_id),
            status_id: self.status_id.or(edit.status_id),
            comment: self.comment.clone().or_else(|| edit.comment.clone()),
            edited_ms: ctx.now.0,
            edited_by: ctx.caller.arn.clone(),
        }
    }

    fn log_body(&self, uids: &[String]) -> serde_json::Value {
        json!({
            "uids": uids,
            "severity_id": self.severity_id,
            "status_id": self.status_id,
            "comment": self.comment,
        })
    }
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
