//! Security Hub: the hub of each region, findings as OCSF documents, and rules over them.

pub mod automation_rule;
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
        Handler::of::<op::CreateAutomationRuleV2>(automation_rule::create_automation_rule_v2),
        Handler::of::<op::DeleteAutomationRuleV2>(automation_rule::delete_automation_rule_v2),
        Handler::of::<op::DescribeSecurityHubV2>(hub::describe_security_hub_v2),
        Handler::of::<op::DisableSecurityHubV2>(hub::disable_security_hub_v2),
        Handler::of::<op::EnableSecurityHubV2>(hub::enable_security_hub_v2),
        Handler::of::<op::GetFindingStatisticsV2>(move |ctx, input| {
            finding::get_finding_statistics_v2(ctx, input, &statistics)
        }),
        Handler::of::<op::GetFindingsV2>(move |ctx, input| {
            finding::get_findings_v2(ctx, input, &findings)
        }),
        Handler::of::<op::GetAutomationRuleV2>(automation_rule::get_automation_rule_v2),
        Handler::of::<op::ListAutomationRulesV2>(automation_rule::list_automation_rules_v2),
        Handler::of::<op::UpdateAutomationRuleV2>(automation_rule::update_automation_rule_v2),
        Handler::of::<own::TestAutomationRule>(automation_rule::test_automation_rule),
        Handler::of::<own::ImportFindings>(finding::import_findings),
    ]
}
