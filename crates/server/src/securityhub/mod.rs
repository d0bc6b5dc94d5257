//! Security Hub: the hub of each region, findings, rules over them, and what they come from and go to.

pub mod action_target;
mod administration;
pub mod aggregator;
mod arn;
pub mod asff;
pub mod automation_rule;
pub mod connector;
pub mod export_job;
pub mod finding;
pub mod hub;
pub mod hub_v1;
pub mod insight;
mod organization;
pub mod product;
mod product_v2;
mod resource;
pub mod risk;
pub mod software;
mod standard;
mod tags;
pub mod ticket;
pub mod trend;

use std::sync::Arc;

use balefire_api::generated::securityhub::operations as op;
use balefire_api::own;

use crate::handler::Handler;
use finding::{FoundHere, Index};
use resource::Inventory;

/// The operations of this room. Some ask the index, and one which findings scans of this server found.
pub fn operations(index: &Arc<Index>, found_here: FoundHere) -> Vec<Handler> {
    let inventory = Arc::new(Inventory::new(Arc::clone(index)));
    [
        first_version(),
        second_version(),
        indexed(index, found_here),
        resources(&inventory, index),
        own(),
    ]
    .concat()
}

/// The first version: ASFF.
fn first_version() -> Vec<Handler> {
    vec![
        Handler::of::<op::CreateActionTarget>(action_target::create_action_target),
        Handler::of::<op::CreateInsight>(insight::create_insight),
        Handler::of::<op::DeleteActionTarget>(action_target::delete_action_target),
        Handler::of::<op::DeleteInsight>(insight::delete_insight),
        Handler::of::<op::DescribeActionTargets>(action_target::describe_action_targets),
        Handler::of::<op::DescribeHub>(hub_v1::describe_hub),
        Handler::of::<op::DescribeOrganizationConfiguration>(
            organization::describe_organization_configuration,
        ),
        Handler::of::<op::DescribeProducts>(product::describe_products),
        Handler::of::<op::DescribeStandards>(standard::describe_standards),
        Handler::of::<op::DisableImportFindingsForProduct>(
            product::disable_import_findings_for_product,
        ),
        Handler::of::<op::DisableSecurityHub>(hub_v1::disable_security_hub),
        Handler::of::<op::EnableImportFindingsForProduct>(
            product::enable_import_findings_for_product,
        ),
        Handler::of::<op::EnableSecurityHub>(hub_v1::enable_security_hub),
        Handler::of::<op::GetAdministratorAccount>(organization::get_administrator_account),
        Handler::of::<op::GetEnabledStandards>(standard::get_enabled_standards),
        Handler::of::<op::GetInsights>(insight::get_insights),
        Handler::of::<op::GetMasterAccount>(organization::get_master_account),
        Handler::of::<op::GetMembers>(organization::get_members),
        Handler::of::<op::ListEnabledProductsForImport>(product::list_enabled_products_for_import),
        Handler::of::<op::ListMembers>(organization::list_members),
        Handler::of::<op::ListOrganizationAdminAccounts>(
            organization::list_organization_admin_accounts,
        ),
        Handler::of::<op::UpdateActionTarget>(action_target::update_action_target),
        Handler::of::<op::UpdateInsight>(insight::update_insight),
        Handler::of::<op::UpdateSecurityHubConfiguration>(
            hub_v1::update_security_hub_configuration,
        ),
    ]
}

/// The second version: OCSF; and tags, which are of both.
fn second_version() -> Vec<Handler> {
    vec![
        Handler::of::<op::CancelExportJobV2>(export_job::cancel_export_job_v2),
        Handler::of::<op::CreateAggregatorV2>(aggregator::create_aggregator_v2),
        Handler::of::<op::CreateAutomationRuleV2>(automation_rule::create_automation_rule_v2),
        Handler::of::<op::CreateConnectorV2>(connector::create_connector_v2),
        Handler::of::<op::CreateTicketV2>(ticket::create_ticket_v2)
            .answered_by_job::<op::CreateTicketV2>(ticket::outcome),
        Handler::of::<op::DeleteAggregatorV2>(aggregator::delete_aggregator_v2),
        Handler::of::<op::DeleteAutomationRuleV2>(automation_rule::delete_automation_rule_v2),
        Handler::of::<op::DeleteConnectorV2>(connector::delete_connector_v2),
        Handler::of::<op::DescribeProductsV2>(product_v2::describe_products_v2),
        Handler::of::<op::DescribeSecurityHubV2>(hub::describe_security_hub_v2),
        Handler::of::<op::DisableSecurityHubFeatureV2>(hub::disable_security_hub_feature_v2),
        Handler::of::<op::DisableSecurityHubV2>(hub::disable_security_hub_v2),
        Handler::of::<op::EnableSecurityHubFeatureV2>(hub::enable_security_hub_feature_v2),
        Handler::of::<op::EnableSecurityHubV2>(hub::enable_security_hub_v2),
        Handler::of::<op::GetAggregatorV2>(aggregator::get_aggregator_v2),
        Handler::of::<op::GetAutomationRuleV2>(automation_rule::get_automation_rule_v2),
        Handler::of::<op::GetConnectorV2>(connector::get_connector_v2),
        Handler::of::<op::GetExportJobV2>(export_job::get_export_job_v2),
        Handler::of::<op::GetFindingsTrendsV2>(trend::get_findings_trends_v2).at_length(),
        Handler::of::<op::GetResourcesTrendsV2>(resource::get_resources_trends_v2).at_length(),
        Handler::of::<op::GetSoftwareResourcesV2>(software::get_software_resources_v2).at_length(),
        Handler::of::<op::GetSoftwareStatisticsV2>(software::get_software_statistics_v2)
            .at_length(),
        Handler::of::<op::GetSoftwareV2>(software::get_software_v2).at_length(),
        Handler::of::<op::ListAggregatorsV2>(aggregator::list_aggregators_v2),
        Handler::of::<op::ListAutomationRulesV2>(automation_rule::list_automation_rules_v2),
        Handler::of::<op::ListConnectorsV2>(connector::list_connectors_v2),
        Handler::of::<op::ListExportJobsV2>(export_job::list_export_jobs_v2),
        Handler::of::<op::ListTagsForResource>(tags::list_tags_for_resource),
        Handler::of::<op::RegisterConnectorV2>(connector::register_connector_v2),
        Handler::of::<op::StartExportJobV2>(export_job::start_export_job_v2),
        Handler::of::<op::TagResource>(tags::tag_resource),
        Handler::of::<op::UntagResource>(tags::untag_resource),
        Handler::of::<op::UpdateAggregatorV2>(aggregator::update_aggregator_v2),
        Handler::of::<op::UpdateAutomationRuleV2>(automation_rule::update_automation_rule_v2),
        Handler::of::<op::UpdateConnectorV2>(connector::update_connector_v2),
    ]
}

/// Those that ask what the columns know.
fn indexed(index: &Arc<Index>, found_here: FoundHere) -> Vec<Handler> {
    [brought(index, found_here), searches(index)].concat()
}

/// What changes findings.
fn brought(index: &Arc<Index>, found_here: FoundHere) -> Vec<Handler> {
    let [
        looked_up,
        first,
        named,
        second,
        imported,
        ahead,
        own,
        complete,
    ] = std::array::from_fn(|_| Arc::clone(index));
    vec![
        Handler::of_elements::<op::BatchImportFindings>("Findings", move |ctx, findings| {
            finding::v1::batch_import_findings(ctx, findings, &imported)
        }),
        Handler::looked_up::<op::BatchUpdateFindings, _>(
            move |ctx, input| finding::v1::look_up(ctx, input, &looked_up),
            move |ctx, ready| finding::v1::batch_update_findings(ctx, ready, &first),
        ),
        Handler::of::<own::CompleteImport>(move |ctx, input| {
            finding::complete_import(ctx, input, &complete, found_here)
        }),
        Handler::prepared::<op::BatchUpdateFindingsV2, _, _>(
            |ctx| hub::require_on(ctx).map(drop),
            move |_, _, (), input| finding::prepare_update(input, &named),
            move |ctx, ready| finding::batch_update_findings_v2(ctx, ready, &second),
        ),
        Handler::prepared::<own::ImportFindings, _, _>(
            |ctx| finding::Dictionary::newest(ctx.tx),
            move |caller, now, dictionary, input| {
                finding::prepare_import(caller, now, dictionary, input, &ahead)
            },
            move |ctx, ready| finding::import_findings(ctx, ready, &own),
        )
        .at_length(),
    ]
}

/// What searches findings.
fn searches(index: &Arc<Index>) -> Vec<Handler> {
    let [findings, findings_v1, history, insights, past, statistics] =
        std::array::from_fn(|_| Arc::clone(index));
    let handlers = [
        Handler::of::<op::GetFindingHistory>(move |ctx, input| {
            finding::v1::get_finding_history(ctx, input, &history)
        }),
        Handler::of::<op::GetFindings>(move |ctx, input| {
            finding::v1::get_findings(ctx, input, &findings_v1)
        }),
        Handler::of::<op::GetInsightResults>(move |ctx, input| {
            insight::get_insight_results(ctx, input, &insights)
        }),
        Handler::of::<own::ListFindingsAsOf>(move |ctx, input| {
            finding::list_findings_as_of(ctx, input, &past)
        }),
        Handler::of::<op::GetFindingStatisticsV2>(move |ctx, input| {
            finding::get_finding_statistics_v2(ctx, input, &statistics)
        }),
        Handler::of::<op::GetFindingsV2>(move |ctx, input| {
            finding::get_findings_v2(ctx, input, &findings)
        }),
    ];
    handlers.map(Handler::at_length).to_vec()
}

/// Those that search the inventory, and the findings of what is in it. A rule is over either.
fn resources(inventory: &Arc<Inventory>, index: &Arc<Index>) -> Vec<Handler> {
    let lists = (Arc::clone(inventory), Arc::clone(index));
    let (rules, statistics) = (lists.clone(), lists.clone());
    let handlers = [
        Handler::of::<op::GetResourcesStatisticsV2>(move |ctx, input| {
            let (inventory, findings) = &statistics;
            resource::get_resources_statistics_v2(ctx, input, inventory, findings)
        }),
        Handler::of::<op::GetResourcesV2>(move |ctx, input| {
            let (inventory, findings) = &lists;
            resource::get_resources_v2(ctx, input, inventory, findings)
        }),
        Handler::of::<own::TestAutomationRule>(move |ctx, input| {
            let (inventory, findings) = &rules;
            automation_rule::test_automation_rule(ctx, input, findings, inventory)
        }),
    ];
    handlers.map(Handler::at_length).to_vec()
}

/// Balefire's own.
fn own() -> Vec<Handler> {
    vec![
        Handler::of::<own::AcceptRisk>(risk::accept_risk),
        Handler::of::<own::ListRiskAcceptances>(risk::list_risk_acceptances),
        Handler::of::<own::WithdrawRiskAcceptance>(risk::withdraw_risk_acceptance),
    ]
}
