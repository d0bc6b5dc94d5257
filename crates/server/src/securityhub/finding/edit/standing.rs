//! Whether something is left to do about a finding, as its provider says.

use crate::securityhub::finding::members::Members;

/// OCSF's Suppressed.
const SUPPRESSED: i64 = 3;

/// What of a provider's document says whether its finding is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Resolved, archived or deleted, or the provider closed it.
    closed: bool,
    /// The compliance check passed.
    passed: bool,
    /// The provider itself says that nothing is to be done.
    suppressed: bool,
}

impl Standing {
    /// Reads a document that was accepted.
    pub fn of(text: &str) -> Result<Standing, serde_json::Error> {
        let event = Members::of(text)?;
        let number = |members: &Members<'_>, name| -> Option<i64> {
            members
                .get(name)
                .and_then(|raw| serde_json::from_str(raw).ok())
        };
        let status_id = number(&event, "status_id");
        let closed = matches!(status_id, Some(4..=6)) || number(&event, "activity_id") == Some(3);
        let compliance = event
            .get("compliance")
            .and_then(|raw| Members::of(raw).ok());
        let passed = compliance.and_then(|members| number(&members, "status_id")) == Some(1);
        Ok(Standing {
            closed,
            passed,
            suppressed: status_id == Some(SUPPRESSED),
        })
    }

    /// Whether something is left to do about the finding.
    pub fn is_open(self) -> bool {
        !(self.closed || self.passed || self.suppressed)
    }

    pub fn is_closed(self) -> bool {
        self.closed
    }

    /// Whether a provider's update makes a finding that was over one that is open again.
    pub fn reopens(self, after: Standing) -> bool {
        !after.closed && (self.closed || self.passed && !after.passed)
    }
}

/// Whether a customer's status ends where the provider opens the finding again: what was in work or done is
/// to be looked at anew, and what was suppressed stays so.
pub fn ends_with_reopening(status_id: i64) -> bool {
    matches!(status_id, 2 | 4..=6)
}
