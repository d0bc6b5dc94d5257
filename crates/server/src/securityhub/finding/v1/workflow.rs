//! Workflow statuses that move by themselves when a provider sends a finding again.

use serde_json::Value;

use super::super::edit::ends_with_reopening;
use crate::securityhub::asff;

const CONTROLS: &str = ":product/aws/securityhub";

/// What a provider's update does to the workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// What was done or passed on is new again.
    Reopened,
    /// A control that passes is resolved.
    Passed,
}

impl Move {
    pub fn of(before: &Value, after: &Value) -> Option<Move> {
        let was = |name: &str| before[name].as_str();
        let compliance =
            |document: &'_ Value| document["Compliance"]["Status"].as_str().map(str::to_owned);
        let passes = |status: &Option<String>| status.as_deref() == Some("PASSED");
        let (old, new) = (compliance(before), compliance(after));
        let is_active = after["RecordState"] == "ACTIVE";
        if was("RecordState") == Some("ARCHIVED") && is_active
            || passes(&old) && new.is_some() && !passes(&new)
        {
            return Some(Move::Reopened);
        }
        let is_control = after["ProductArn"]
            .as_str()
            .is_some_and(|arn| arn.ends_with(CONTROLS));
        (is_control && passes(&new) && old.is_some() && !passes(&old)).then_some(Move::Passed)
    }

    /// The provider's status after the move, where it is another. Where a customer's status ends, its place
    /// is taken by what that moves to: a provider says the workflow of a new finding alone, and what it said
    /// then does not come back over what a customer chose since.
    pub fn workflow(self, own: &str, customers: Option<i64>) -> Option<&'static str> {
        let ended = customers.filter(|status_id| self.ends(*status_id));
        let status = ended.and_then(asff::workflow_of_status_id);
        match (self, status.unwrap_or(own)) {
            (Move::Reopened, "NOTIFIED" | "RESOLVED") => Some("NEW"),
            (Move::Passed, "NEW" | "NOTIFIED") => Some("RESOLVED"),
            _ => None,
        }
    }

    /// Whether a status that customers set, in OCSF's numbers, ends with the move: it is the provider's and
    /// the rules' again.
    pub fn ends(self, status_id: i64) -> bool {
        match self {
            Move::Reopened => ends_with_reopening(status_id),
            Move::Passed => matches!(status_id, 1 | 2),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn finding(record: &str, compliance: Option<&str>, product: &str) -> Value {
        let mut finding = json!({"RecordState": record, "ProductArn": format!("arn{product}")});
        if let Some(status) = compliance {
            finding["Compliance"] = json!({"Status": status});
        }
        finding
    }

    #[test]
    fn statuses_move_as_the_service_says() {
        let other = ":product/a/b";
        let (failed, passed) = (Some("FAILED"), Some("PASSED"));
        let cases = [
            (
                "ARCHIVED",
                None,
                "ACTIVE",
                None,
                other,
                Some(Move::Reopened),
            ),
            ("ACTIVE", None, "ARCHIVED", None, other, None),
            (
                "ACTIVE",
                passed,
                "ACTIVE",
                failed,
                other,
                Some(Move::Reopened),
            ),
            (
                "ACTIVE",
                passed,
                "ACTIVE",
                Some("NOT_AVAILABLE"),
                other,
                Some(Move::Reopened),
            ),
            ("ACTIVE", failed, "ACTIVE", Some("WARNING"), other, None),
            ("ACTIVE", failed, "ACTIVE", passed, other, None),
            (
                "ACTIVE",
                failed,
                "ACTIVE",
                passed,
                CONTROLS,
                Some(Move::Passed),
            ),
            ("ACTIVE", passed, "ACTIVE", passed, CONTROLS, None),
        ];
        for (record, compliance, new_record, new_compliance, product, expected) in cases {
            let before = finding(record, compliance, product);
            let after = finding(new_record, new_compliance, product);
            assert_eq!(Move::of(&before, &after), expected, "{before} {after}");
        }
        let (notified, suppressed, resolved) = (Some(2), Some(3), Some(4));
        for (own, customers, expected) in [
            ("NEW", None, ["NEW", "RESOLVED"]),
            ("NOTIFIED", None, ["NEW", "RESOLVED"]),
            ("RESOLVED", None, ["NEW", "RESOLVED"]),
            ("SUPPRESSED", None, ["SUPPRESSED", "SUPPRESSED"]),
            // What a customer chose counts while it ends, and stays over the provider's where it does not.
            ("SUPPRESSED", Some(1), ["SUPPRESSED", "RESOLVED"]),
            ("SUPPRESSED", notified, ["NEW", "RESOLVED"]),
            ("SUPPRESSED", resolved, ["NEW", "SUPPRESSED"]),
            ("NEW", suppressed, ["NEW", "RESOLVED"]),
            // An archived record says nothing of its workflow.
            ("SUPPRESSED", Some(5), ["SUPPRESSED", "SUPPRESSED"]),
        ] {
            let moved = [Move::Reopened, Move::Passed]
                .map(|one| one.workflow(own, customers).unwrap_or(own));
            assert_eq!(moved, expected, "{own} {customers:?}");
        }
    }
}
