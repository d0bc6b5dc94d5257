//! Balefire: security findings and incidents on your own machine, behind the AWS API.

pub mod abridged;
pub mod access;
pub mod command;
pub mod configuration;
pub mod console;
pub mod context;
pub mod delivery;
pub mod engine;
pub mod events;
pub mod failure;
pub mod formats;
pub mod front;
pub mod handler;
pub mod hex;
pub mod hooks;
pub mod http;
pub mod https;
pub mod incidents;
pub mod inspector;
pub mod instant;
pub mod intelligence;
pub mod outside;
pub mod pipeline;
pub mod securityhub;
pub mod setting;
pub mod settings;
pub mod signature;
pub mod standard_webhook;
pub mod stream;
pub mod sts;
pub mod tags;
#[cfg(test)]
mod testing;
pub mod wire_form;

use std::sync::Arc;

use balefire_store::Migration;
use handler::Handler;
use securityhub::finding::Index;

/// The tables, in the order in which they came; a released migration never changes.
pub static MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001_access",
        sql: include_str!("../migrations/0001_access.sql"),
    },
    Migration {
        name: "0002_incidents",
        sql: include_str!("../migrations/0002_incidents.sql"),
    },
    Migration {
        name: "0003_securityhub",
        sql: include_str!("../migrations/0003_securityhub.sql"),
    },
    Migration {
        name: "0004_intelligence",
        sql: include_str!("../migrations/0004_intelligence.sql"),
    },
    Migration {
        name: "0005_inspector",
        sql: include_str!("../migrations/0005_inspector.sql"),
    },
    Migration {
        name: "0006_incident_operations",
        sql: include_str!("../migrations/0006_incident_operations.sql"),
    },
    Migration {
        name: "0007_events",
        sql: include_str!("../migrations/0007_events.sql"),
    },
    Migration {
        name: "0008_runbooks",
        sql: include_str!("../migrations/0008_runbooks.sql"),
    },
    Migration {
        name: "0009_deployments",
        sql: include_str!("../migrations/0009_deployments.sql"),
    },
    Migration {
        name: "0010_lists_and_actors",
        sql: include_str!("../migrations/0010_lists_and_actors.sql"),
    },
    Migration {
        name: "0011_incident_causes",
        sql: include_str!("../migrations/0011_incident_causes.sql"),
    },
    Migration {
        name: "0012_automation_rules",
        sql: include_str!("../migrations/0012_automation_rules.sql"),
    },
    Migration {
        name: "0013_aggregators_connectors",
        sql: include_str!("../migrations/0013_aggregators_connectors.sql"),
    },
    Migration {
        name: "0014_security_findings",
        sql: include_str!("../migrations/0014_security_findings.sql"),
    },
    Migration {
        name: "0015_imports",
        sql: include_str!("../migrations/0015_imports.sql"),
    },
    Migration {
        name: "0016_export_jobs",
        sql: include_str!("../migrations/0016_export_jobs.sql"),
    },
    Migration {
        name: "0017_finding_trends",
        sql: include_str!("../migrations/0017_finding_trends.sql"),
    },
    Migration {
        name: "0018_risk_acceptance",
        sql: include_str!("../migrations/0018_risk_acceptance.sql"),
    },
    Migration {
        name: "0019_resources",
        sql: include_str!("../migrations/0019_resources.sql"),
    },
    Migration {
        name: "0020_software",
        sql: include_str!("../migrations/0020_software.sql"),
    },
    Migration {
        name: "0024_edits_in_the_log",
        sql: include_str!("../migrations/0024_edits_in_the_log.sql"),
    },
    Migration {
        name: "0025_finding_history",
        sql: include_str!("../migrations/0025_finding_history.sql"),
    },
    Migration {
        name: "0026_rule_tickets",
        sql: include_str!("../migrations/0026_rule_tickets.sql"),
    },
    Migration {
        name: "0027_scanned_software",
        sql: include_str!("../migrations/0027_scanned_software.sql"),
    },
    Migration {
        name: "0028_findings_passed_on",
        sql: include_str!("../migrations/0028_findings_passed_on.sql"),
    },
    Migration {
        name: "0029_rules_judge_since",
        sql: include_str!("../migrations/0029_rules_judge_since.sql"),
    },
    Migration {
        name: "0030_authors_of_comments",
        sql: include_str!("../migrations/0030_authors_of_comments.sql"),
    },
    Migration {
        name: "0031_phantoms_of_software",
        sql: include_str!("../migrations/0031_phantoms_of_software.sql"),
    },
    Migration {
        name: "0032_go_modules_in_lower_case",
        sql: include_str!("../migrations/0032_go_modules_in_lower_case.sql"),
    },
    Migration {
        name: "0033_updates_by_their_times",
        sql: include_str!("../migrations/0033_updates_by_their_times.sql"),
    },
    Migration {
        name: "0034_counts_and_analyses",
        sql: include_str!("../migrations/0034_counts_and_analyses.sql"),
    },
    Migration {
        name: "0035_beginnings_of_deployments",
        sql: include_str!("../migrations/0035_beginnings_of_deployments.sql"),
    },
    Migration {
        name: "0036_severities_of_customers",
        sql: include_str!("../migrations/0036_severities_of_customers.sql"),
    },
];

/// Every operation that is answered; `index` is that of the store's findings.
pub fn operations(index: &Arc<Index>) -> Vec<Handler> {
    [
        incidents::operations(),
        events::operations(),
        securityhub::operations(index, inspector::finding::is_kept),
        inspector::operations(),
        intelligence::operations(),
        delivery::operations(),
        sts::operations(),
    ]
    .concat()
}
