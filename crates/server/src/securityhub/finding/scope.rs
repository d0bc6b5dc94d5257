//! Scopes: which part of the organization the administrator asks for.

use balefire_api::generated::securityhub::{AwsOrganizationScope, FindingScopes};
use sha2::{Digest, Sha256};

use crate::context::Caller;
use crate::failure::Failure;
use crate::hex;

const SCOPES_MAX: usize = 10;
/// What errors call these things; their names follow from it.
const ORGANIZATION: &str = "ORGANIZATION";
const ORGANIZATIONAL_UNIT: &str = "ORGANIZATIONAL_UNIT";

/// The id of the organization that an account administers, in the form of AWS Organizations.
pub fn organization_id(administrator: &str) -> String {
    let hash = Sha256::digest(format!("balefire/organization/{administrator}"));
    format!("o-{}", hex::digits(&hash[..5]))
}

/// Checks scopes. There is one organization and it has no units, so what passes asks for everything.
pub fn check(scopes: &FindingScopes, caller: &Caller) -> Result<(), Failure> {
    if !caller.administrator {
        return Err(Failure::Denied(
            "Only the organization's administrator may use Scopes; leave them out to see your own \
             findings."
                .into(),
        ));
    }
    let at = "/Scopes/AwsOrganizations";
    let scopes = scopes.aws_organizations.as_deref().unwrap_or_default();
    if scopes.len() > SCOPES_MAX {
        let rule = format!("Member must have at most {SCOPES_MAX} elements");
        return Err(Failure::invalid(at, rule));
    }
    for (place, scope) in scopes.iter().enumerate() {
        if scope.organization_id.is_none() && scope.organizational_unit_id.is_none() {
            let rule = "Member must have OrganizationId or OrganizationalUnitId";
            return Err(Failure::invalid(&format!("{at}/{place}"), rule));
        }
    }
    let has_unit = |scope: &AwsOrganizationScope| scope.organizational_unit_id.is_some();
    if scopes.iter().any(has_unit) && !scopes.iter().all(has_unit) {
        let rule = "Members must all name organizational units, or none of them";
        return Err(Failure::invalid(at, rule));
    }
    let own = organization_id(&caller.account);
    for scope in scopes {
        if let Some(id) = scope.organization_id.as_ref().filter(|id| **id != own) {
            return Err(Failure::not_found(ORGANIZATION, id));
        }
        if let Some(id) = &scope.organizational_unit_id {
            return Err(Failure::not_found(ORGANIZATIONAL_UNIT, id));
        }
    }
    Ok(())
}
