//! The findings of one resource, as they are kept and as the model shows them; and whether there is one.

use balefire_api::generated::inspector2::Finding as FindingAnswer;
use balefire_store::{Kept, Page, Tx};

use super::Finding;
use super::facts::Facts;
use super::view::view;
use crate::failure::Failure;

/// At most `limit` findings after an ARN, in the order of their ARNs, closed ones included. The resource is
/// named by account, region and ARN.
pub fn kept_of(
    tx: &mut Tx<'_>,
    [account, region, resource]: [&str; 3],
    after: &str,
    limit: usize,
) -> Result<Vec<Kept<Finding>>, Failure> {
    Ok(tx.page::<Finding>(&Page {
        equal: &[
            ("account", account.into()),
            ("region", region.into()),
            ("resource", resource.into()),
        ],
        order: &["arn"],
        after: Some(vec![after.into()]),
        limit,
        ..Page::default()
    })?)
}

/// As `kept_of`, joined with what the feeds say now.
pub fn findings_of(
    tx: &mut Tx<'_>,
    resource: [&str; 3],
    after: &str,
    limit: usize,
) -> Result<Vec<FindingAnswer>, Failure> {
    let kept = kept_of(tx, resource, after, limit)?;
    let findings: Vec<Finding> = kept.into_iter().map(|kept| kept.record).collect();
    let facts = Facts::of(tx, &findings)?;
    findings
        .iter()
        .map(|finding| view(finding, &facts))
        .collect()
}

/// Whether an account has a finding with this ARN, open or not.
pub fn is_kept(tx: &mut Tx<'_>, account: &str, arn: &str) -> Result<bool, Failure> {
    let kept = tx.get::<Finding>(&[arn.into()])?;
    Ok(kept.is_some_and(|kept| kept.account == account))
}
