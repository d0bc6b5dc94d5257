//! The rows of all services, in the order in which the owner calls them: what ends a thing stands last.

use super::row::Row;
use super::securityhub::{
    action_target, aggregator, automation_rule, connector, export_job, finding, finding_v1, hub,
    hub_v1, insight, organization, product, resource, risk, software,
};
use super::ssm_incidents::{incident, replication_set, response_plan, timeline};
use super::{delivery, events, inspector2, sts};

const TABLE: &[&[Row]] = &[
    sts::ROWS,
    events::ROWS,
    // Without the set and the plan there is no incident, and without an incident no timeline.
    timeline::ROWS,
    incident::ROWS,
    response_plan::ROWS,
    replication_set::ROWS,
    software::ROWS,
    resource::ROWS,
    risk::ROWS,
    finding::ROWS,
    export_job::ROWS,
    automation_rule::ROWS,
    connector::ROWS,
    aggregator::ROWS,
    organization::ROWS,
    finding_v1::ROWS,
    insight::ROWS,
    action_target::ROWS,
    product::ROWS,
    // Without a hub there is nothing of the rest.
    hub_v1::ROWS,
    hub::ROWS,
    inspector2::ROWS,
    delivery::ROWS,
];

pub fn rows() -> impl Iterator<Item = &'static Row> {
    TABLE.iter().copied().flatten()
}
