//! Security Hub: the hub of each region, findings as OCSF documents, exports, trends and accepted risks.

pub mod export_job;
pub mod finding;
pub mod hub;
pub mod risk;
pub mod trend;

use balefire_api::generated::securityhub::operations as op;
use balefire_api::own;

use crate::handler::Handler;

/// The operations of this room.
pub fn operations() -> Vec<Handler> {
    vec![
        Handler::of::<op::BatchUpdateFindingsV2>(finding::batch_update_findings_v2),
        Handler::of::<op::CancelExportJobV2>(export_job::cancel_export_job_v2),
        Handler::of::<op::DescribeSecurityHubV2>(hub::describe_security_hub_v2),
        Handler::of::<op::DisableSecurityHubV2>(hub::disable_security_hub_v2),
        Handler::of::<op::EnableSecurityHubV2>(hub::enable_security_hub_v2),
        Handler::of::<op::GetExportJobV2>(export_job::get_export_job_v2),
        Handler::of::<op::GetFindingsTrendsV2>(trend::get_findings_trends_v2),
        Handler::of::<op::GetFindingsV2>(finding::get_findings_v2),
        Handler::of::<op::ListExportJobsV2>(export_job::list_export_jobs_v2),
        Handler::of::<op::StartExportJobV2>(export_job::start_export_job_v2),
        Handler::of::<own::ImportFindings>(finding::import_findings),
        Handler::of::<own::AcceptRisk>(risk::accept_risk),
        Handler::of::<own::ListRiskAcceptances>(risk::list_risk_acceptances),
        Handler::of::<own::WithdrawRiskAcceptance>(risk::withdraw_risk_acceptance),
    ]
}
