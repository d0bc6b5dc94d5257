//! What the operator has set that rules of operations depend on.

use std::collections::BTreeSet;
use std::sync::Arc;

/// Read once at the start; the same for all accounts.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// How long before an incident a deployment may have begun to be one of its findings.
    pub deployment_window_ms: i64,
    pub limits: Limits,
    /// Whether there is a bus that hears of changes to incidents.
    pub publishes: bool,
    pub integrations: Arc<Integrations>,
    /// How much memory the columns of findings may take before no new ones are taken in.
    pub findings_bytes_max: Option<u64>,
}

/// What is set up outside, by name.
#[derive(Debug, Default, PartialEq)]
pub struct Integrations {
    /// The documents whose runbook is a command of this machine.
    pub local_runbooks: BTreeSet<String>,
    /// The secrets for PagerDuty that response plans may name.
    pub pager_duty_secrets: BTreeSet<String>,
}

/// Which quotas and rates hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Limits {
    /// Only those that the model or the machine sets.
    #[default]
    None,
    /// Those that AWS gives an account.
    Aws,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            deployment_window_ms: 60 * 60 * 1000,
            limits: Limits::None,
            publishes: false,
            integrations: Arc::default(),
            findings_bytes_max: None,
        }
    }
}
