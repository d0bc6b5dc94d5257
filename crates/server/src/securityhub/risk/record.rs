//! An acceptance as it is kept.

use std::collections::BTreeSet;

use balefire_api::Timestamp;
use balefire_api::own::RiskAcceptance;
use balefire_store::{Error, Record, Row, Table, Value};

const BILLION: f64 = 1e9;

/// The acceptance of a finding's risk.
#[derive(Clone, Debug, PartialEq)]
pub struct Acceptance {
    /// The finding's.
    pub account: String,
    pub uid: String,
    pub id: String,
    pub reason: String,
    pub accepted_by: String,
    pub accepted_ms: i64,
    pub expires_ms: Option<i64>,
    pub unless_exploited: bool,
    pub epss_billionths_max: Option<i64>,
    /// What the finding was about when it was accepted.
    pub cves: BTreeSet<String>,
}

impl Record for Acceptance {
    const TABLE: Table = Table {
        name: "risk_acceptance",
        key: &["account", "uid"],
        columns: &[
            "id",
            "reason",
            "accepted_by",
            "accepted_ms",
            "expires_ms",
            "unless_exploited",
            "epss_billionths_max",
            "cves",
        ],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.account).into(), (&self.uid).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            (&self.id).into(),
            (&self.reason).into(),
            (&self.accepted_by).into(),
            self.accepted_ms.into(),
            self.expires_ms.into(),
            i64::from(self.unless_exploited).into(),
            self.epss_billionths_max.into(),
            serde_json::json!(self.cves).to_string().into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        let cves: BTreeSet<String> =
            serde_json::from_str(row.text(9)?).map_err(|error| Error::Invalid {
                what: "a row of risk_acceptance",
                reason: error.to_string(),
            })?;
        Ok(Acceptance {
            account: row.text(0)?.into(),
            uid: row.text(1)?.into(),
            id: row.text(2)?.into(),
            reason: row.text(3)?.into(),
            accepted_by: row.text(4)?.into(),
            accepted_ms: row.int(5)?,
            expires_ms: row.optional_int(6)?,
            unless_exploited: row.flag(7)?,
            epss_billionths_max: row.optional_int(8)?,
            // Older rows have them as the finding's tool wrote them, and the feeds have capitals.
            cves: cves.iter().map(|cve| cve.to_ascii_uppercase()).collect(),
        })
    }
}

/// A share of one in billionths, as the feeds keep it.
pub fn billionths(share: f64) -> i64 {
    (share * BILLION).round() as i64
}

impl Acceptance {
    pub fn epss_at_most(&self) -> Option<f64> {
        self.epss_billionths_max.map(|most| most as f64 / BILLION)
    }

    /// Whether what becomes known of vulnerabilities may end it.
    pub fn is_conditional(&self) -> bool {
        self.unless_exploited || self.epss_billionths_max.is_some()
    }

    pub fn shown(self) -> RiskAcceptance {
        RiskAcceptance {
            epss_at_most: self.epss_at_most(),
            account: self.account,
            finding_uid: self.uid,
            reason: self.reason,
            accepted_by: self.accepted_by,
            accepted_at: Timestamp(self.accepted_ms),
            expires_at: self.expires_ms.map(Timestamp),
            unless_exploited: self.unless_exploited,
        }
    }
}
