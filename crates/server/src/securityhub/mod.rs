//! Security Hub: the hub of each region, and findings as OCSF documents.

pub mod finding;
pub mod hub;

use std::sync::Arc;

use balefire_api::generated::securityhub::operations as op;
use balefire_api::own;

use crate::handler::Handler;
use finding::Index;

/// The operations of this room. Those that search ask the index.
pub fn operations(index: &Arc<Index>) -> Vec<Handler> {
    let (findings, statistics) = (Arc::clone(index), Arc::clone(index));
    vec![
        Handler::of::<op::BatchUpdateFindingsV2>(finding::batch_update_findings_v2),
        Handler::of::<op::DescribeSecurityHubV2>(hub::describe_security_hub_v2),
        Handler::of::<op::DisableSecurityHubV2>(hub::disable_security_hub_v2),
        Handler::of::<op::EnableSecurityHubV2>(hub::enable_security_hub_v2),
        Handler::of::<op::GetFindingStatisticsV2>(move |ctx, input| {
            finding::get_finding_statistics_v2(ctx, input, &statistics)
        }),
        Handler::of::<op::GetFindingsV2>(move |ctx, input| {
            finding::get_findings_v2(ctx, input, &findings)
        }),
        Handler::of::<own::ImportFindings>(finding::import_findings),
    ]
}
