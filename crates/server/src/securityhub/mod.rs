//! Security Hub: the hub of each region, and findings as OCSF documents and, for the first version, in ASFF.

pub mod action_target;
pub mod asff;
pub mod finding;
pub mod hub;
pub mod hub_v1;
pub mod insight;
pub mod product;

use balefire_api::generated::securityhub::operations as op;
use balefire_api::own;

use crate::handler::Handler;

/// The operations of this room.
pub fn operations() -> Vec<Handler> {
    vec![
        Handler::of::<op::BatchImportFindings>(finding::v1::batch_import_findings),
        Handler::of::<op::BatchUpdateFindings>(finding::v1::batch_update_findings),
        Handler::of::<op::BatchUpdateFindingsV2>(finding::batch_update_findings_v2),
        Handler::of::<op::CreateActionTarget>(action_target::create_action_target),
        Handler::of::<op::CreateInsight>(insight::create_insight),
        Handler::of::<op::DeleteActionTarget>(action_target::delete_action_target),
        Handler::of::<op::DeleteInsight>(insight::delete_insight),
        Handler::of::<op::DescribeActionTargets>(action_target::describe_action_targets),
        Handler::of::<op::DescribeHub>(hub_v1::describe_hub),
        Handler::of::<op::DescribeProducts>(product::describe_products),
        Handler::of::<op::DescribeSecurityHubV2>(hub::describe_security_hub_v2),
        Handler::of::<op::DisableImportFindingsForProduct>(
            product::disable_import_findings_for_product,
        ),
        Handler::of::<op::DisableSecurityHub>(hub_v1::disable_security_hub),
        Handler::of::<op::DisableSecurityHubV2>(hub::disable_security_hub_v2),
        Handler::of::<op::EnableImportFindingsForProduct>(
            product::enable_import_findings_for_product,
        ),
        Handler::of::<op::EnableSecurityHub>(hub_v1::enable_security_hub),
        Handler::of::<op::EnableSecurityHubV2>(hub::enable_security_hub_v2),
        Handler::of::<op::GetFindingHistory>(finding::v1::get_finding_history),
        Handler::of::<op::GetFindings>(finding::v1::get_findings),
        Handler::of::<op::GetFindingsV2>(finding::get_findings_v2),
        Handler::of::<op::GetInsightResults>(insight::get_insight_results),
        Handler::of::<op::GetInsights>(insight::get_insights),
        Handler::of::<own::ImportFindings>(finding::import_findings),
        Handler::of::<op::ListEnabledProductsForImport>(product::list_enabled_products_for_import),
        Handler::of::<op::UpdateActionTarget>(action_target::update_action_target),
        Handler::of::<op::UpdateInsight>(insight::update_insight),
        Handler::of::<op::UpdateSecurityHubConfiguration>(
            hub_v1::update_security_hub_configuration,
        ),
    ]
}
