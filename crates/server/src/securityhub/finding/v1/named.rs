//! Findings that a request names by product and id, as GetFindings shows them; neither says whose they are.

use std::collections::{BTreeSet, HashMap};

use balefire_api::generated::securityhub::AwsSecurityFindingIdentifier;
use balefire_columns::Plan;

use super::super::filter::Names;
use super::super::identity::account_of;
use super::super::index::Index;
use super::shown::show;
use crate::access::Account;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::asff::place;

/// The uid of each finding that the caller may see, in the order of the identifiers.
///
/// Of several that are shown with one product and id, the one of the administrator's own account comes first,
/// then those of accounts that the identifier mentions, then all others.
pub fn uids_of(
    ctx: &mut Ctx<'_, '_>,
    identifiers: &[AwsSecurityFindingIdentifier],
    index: &Index,
) -> Result<Vec<Option<String>>, Failure> {
    let names: BTreeSet<(&str, &str)> = identifiers.iter().map(name_of).collect();
    let asked = Names::of(&names);
    // Without a column, nothing would be known of a finding.
    let plan = asked.plan(index.fields()).unwrap_or(Plan::Any(Vec::new()));
    let current = index.current(ctx.tx)?;
    let visible = ctx.caller.visible();
    let keys = current.keys(visible, plan);
    let mut shown: HashMap<(&str, &str), Vec<String>> = HashMap::new();
    show(ctx.tx, visible, &keys, index.tail(), |uid, document| {
        let text = |member| place::text(&document, member);
        let name = text("ProductArn").zip(text("Id"));
        // The columns give what may be shown so.
        if let Some(name) = names.iter().find(|one| Some(**one) == name) {
            shown.entry(*name).or_default().push(uid.to_owned());
        }
    })?;
    let first = identifiers.iter().map(|identifier| {
        let uids = shown.get(&name_of(identifier))?;
        let mentioned = mentioned(ctx.account(), identifier);
        let place = |uid: &&String| {
            let account = account_of(uid);
            let place = mentioned.iter().position(|one| Some(*one) == account);
            place.unwrap_or(mentioned.len())
        };
        uids.iter().min_by_key(place).cloned()
    });
    Ok(first.collect())
}

fn name_of(identifier: &AwsSecurityFindingIdentifier) -> (&str, &str) {
    (&identifier.product_arn, &identifier.id)
}

/// The caller's account, and those that an identifier mentions.
fn mentioned<'a>(own: &'a str, identifier: &'a AwsSecurityFindingIdentifier) -> Vec<&'a str> {
    let (product, id) = name_of(identifier);
    let parts = [product, id]
        .into_iter()
        .flat_map(|text| text.split([':', '/', '-']));
    let accounts = parts.filter(|part| Account::is_id(part));
    std::iter::once(own).chain(accounts).collect()
}
