//! Incident Manager: response plans, incidents and what belongs to them.

pub mod arn;
pub mod cause;
pub mod change;
mod findable;
pub mod finding;
#[cfg(test)]
mod fixture;
pub mod follow_up;
pub mod incident;
pub mod pager_duty;
mod query;
mod quota;
pub mod related_item;
pub mod replication_set;
pub mod report;
pub mod resource_policy;
pub mod response_plan;
pub mod runbook;
pub mod tags;
pub mod timeline;

use balefire_api::generated::ssm_incidents::operations as op;
use balefire_api::own;

use crate::handler::Handler;

/// The operations of this room.
pub fn operations() -> Vec<Handler> {
    vec![
        Handler::of::<op::BatchGetIncidentFindings>(finding::batch_get_incident_findings),
        Handler::of::<op::CreateReplicationSet>(replication_set::create_replication_set),
        Handler::of::<op::CreateResponsePlan>(response_plan::create_response_plan),
        Handler::of::<op::CreateTimelineEvent>(timeline::create_timeline_event)
            .ordered_by("incidentRecordArn"),
        Handler::of::<op::DeleteIncidentRecord>(incident::delete_incident_record),
        Handler::of::<op::DeleteReplicationSet>(replication_set::delete_replication_set),
        Handler::of::<op::DeleteResourcePolicy>(resource_policy::delete_resource_policy),
        Handler::of::<op::DeleteResponsePlan>(response_plan::delete_response_plan),
        Handler::of::<op::DeleteTimelineEvent>(timeline::delete_timeline_event),
        Handler::of_wire_form::<op::GetIncidentRecord>(incident::get_incident_record),
        Handler::of::<own::GetIncidentReport>(report::get_incident_report),
        Handler::of::<op::GetReplicationSet>(replication_set::get_replication_set),
        Handler::of::<op::GetResourcePolicies>(resource_policy::get_resource_policies),
        Handler::of::<op::GetResponsePlan>(response_plan::get_response_plan),
        Handler::of::<op::GetTimelineEvent>(timeline::get_timeline_event),
        Handler::of::<op::ListIncidentFindings>(finding::list_incident_findings),
        Handler::of::<op::ListIncidentRecords>(incident::list_incident_records),
        Handler::of::<op::ListRelatedItems>(related_item::list_related_items),
        Handler::of::<op::ListReplicationSets>(replication_set::list_replication_sets),
        Handler::of::<op::ListResponsePlans>(response_plan::list_response_plans),
        Handler::of::<op::ListTagsForResource>(tags::list_tags_for_resource),
        Handler::of::<op::ListTimelineEvents>(timeline::list_timeline_events),
        Handler::of::<op::PutResourcePolicy>(resource_policy::put_resource_policy),
        Handler::of::<own::ResolveCause>(cause::resolve_cause).ordered_by("ResponsePlanArn"),
        Handler::of::<op::StartIncident>(incident::start_incident).ordered_by("responsePlanArn"),
        Handler::of::<op::TagResource>(tags::tag_resource),
        Handler::of::<own::TriggerIncident>(cause::trigger_incident).ordered_by("ResponsePlanArn"),
        Handler::of::<op::UntagResource>(tags::untag_resource),
        Handler::of::<op::UpdateDeletionProtection>(replication_set::update_deletion_protection),
        Handler::of::<op::UpdateIncidentRecord>(incident::update_incident_record).ordered_by("arn"),
        Handler::of::<op::UpdateRelatedItems>(related_item::update_related_items)
            .ordered_by("incidentRecordArn"),
        Handler::of::<op::UpdateReplicationSet>(replication_set::update_replication_set),
        Handler::of::<op::UpdateResponsePlan>(response_plan::update_response_plan),
        Handler::of::<op::UpdateTimelineEvent>(timeline::update_timeline_event)
            .ordered_by("incidentRecordArn"),
    ]
}
