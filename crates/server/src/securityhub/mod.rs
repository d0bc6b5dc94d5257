//! Security Hub: the hub of each region, findings as OCSF documents, and what they come from and go to.

mod administration;
pub mod aggregator;
mod arn;
pub mod connector;
pub mod finding;
pub mod hub;
mod product;
mod tags;
pub mod ticket;

use balefire_api::generated::securityhub::operations as op;
use balefire_api::own;

use crate::handler::Handler;

/// The operations of this room.
pub fn operations() -> Vec<Handler> {
    vec![
        Handler::of::<op::BatchUpdateFindingsV2>(finding::batch_update_findings_v2),
        Handler::of::<op::CreateAggregatorV2>(aggregator::create_aggregator_v2),
        Handler::of::<op::CreateConnectorV2>(connector::create_connector_v2),
        Handler::of::<op::CreateTicketV2>(ticket::create_ticket_v2)
            .answered_by_job::<op::CreateTicketV2>(ticket::outcome),
        Handler::of::<op::DeleteAggregatorV2>(aggregator::delete_aggregator_v2),
        Handler::of::<op::DeleteConnectorV2>(connector::delete_connector_v2),
        Handler::of::<op::DescribeProductsV2>(product::describe_products_v2),
        Handler::of::<op::DescribeSecurityHubV2>(hub::describe_security_hub_v2),
        Handler::of::<op::DisableSecurityHubFeatureV2>(hub::disable_security_hub_feature_v2),
        Handler::of::<op::DisableSecurityHubV2>(hub::disable_security_hub_v2),
        Handler::of::<op::EnableSecurityHubFeatureV2>(hub::enable_security_hub_feature_v2),
        Handler::of::<op::EnableSecurityHubV2>(hub::enable_security_hub_v2),
        Handler::of::<op::GetAggregatorV2>(aggregator::get_aggregator_v2),
        Handler::of::<op::GetConnectorV2>(connector::get_connector_v2),
        Handler::of::<op::GetFindingsV2>(finding::get_findings_v2),
        Handler::of::<op::ListAggregatorsV2>(aggregator::list_aggregators_v2),
        Handler::of::<op::ListConnectorsV2>(connector::list_connectors_v2),
        Handler::of::<op::ListTagsForResource>(tags::list_tags_for_resource),
        Handler::of::<op::RegisterConnectorV2>(connector::register_connector_v2),
        Handler::of::<op::TagResource>(tags::tag_resource),
        Handler::of::<op::UntagResource>(tags::untag_resource),
        Handler::of::<op::UpdateAggregatorV2>(aggregator::update_aggregator_v2),
        Handler::of::<op::UpdateConnectorV2>(connector::update_connector_v2),
        Handler::of::<own::ImportFindings>(finding::import_findings),
    ]
}
