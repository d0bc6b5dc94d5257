//! Findings that a request names by product and id, which say nothing of the account.

use std::collections::{BTreeSet, HashMap};

use balefire_api::generated::securityhub::AwsSecurityFindingIdentifier;

use super::super::identity::Identity;
use super::super::known_of;
use crate::access::Account;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::asff;

/// The uid of each finding that the caller may see, in the order of the identifiers.
///
/// The administrator's own account is looked into first, then those that an identifier mentions, then all
/// others.
pub fn uids_of(
    ctx: &mut Ctx<'_, '_>,
    identifiers: &[AwsSecurityFindingIdentifier],
) -> Result<Vec<Option<String>>, Failure> {
    let mut found: Vec<Option<String>> = vec![None; identifiers.len()];
    let own = ctx.account().to_owned();
    let likely = |identifier: &AwsSecurityFindingIdentifier| -> Vec<String> {
        let mut accounts = vec![own.clone()];
        if ctx.caller.administrator {
            let texts = [identifier.product_arn.as_str(), identifier.id.as_str()];
            let parts = texts
                .into_iter()
                .flat_map(|text| text.split([':', '/', '-']));
            accounts.extend(parts.filter(|part| Account::is_id(part)).map(str::to_owned));
        }
        accounts
    };
    let candidates: Vec<Vec<String>> = identifiers.iter().map(likely).collect();
    look(ctx, identifiers, &mut found, |place| &candidates[place])?;
    if ctx.caller.administrator && found.iter().any(Option::is_none) {
        let rows = ctx.tx.query("SELECT id FROM account ORDER BY id", &[])?;
        let ids = rows.iter().map(|row| Ok(row.text(0)?.to_owned()));
        let all: Vec<String> = ids.collect::<Result<_, Failure>>()?;
        look(ctx, identifiers, &mut found, |_| &all)?;
    }
    Ok(found)
}

/// Fills in those that are not found yet, in the accounts given for each.
fn look<'a>(
    ctx: &mut Ctx<'_, '_>,
    identifiers: &[AwsSecurityFindingIdentifier],
    found: &mut [Option<String>],
    accounts: impl Fn(usize) -> &'a Vec<String>,
) -> Result<(), Failure> {
    let mut candidates: HashMap<usize, Vec<String>> = HashMap::new();
    for (place, identifier) in identifiers.iter().enumerate() {
        if found[place].is_none() {
            let uids = accounts(place)
                .iter()
                .flat_map(|account| uids(account, identifier));
            candidates.insert(place, uids.collect());
        }
    }
    let asked: BTreeSet<&str> = candidates.values().flatten().map(String::as_str).collect();
    let asked: Vec<&str> = asked.into_iter().collect();
    let known = known_of(ctx.tx, &asked)?;
    for (place, uids) in candidates {
        found[place] = uids.into_iter().find(|uid| known.contains(uid));
    }
    Ok(())
}

fn uids(account: &str, identifier: &AwsSecurityFindingIdentifier) -> Vec<String> {
    let products = asff::product_uids(&identifier.product_arn);
    let uids = products.iter().map(|product| {
        let identity = Identity {
            account,
            product_uid: product,
            finding_uid: &identifier.id,
        };
        identity.uid()
    });
    uids.collect()
}
