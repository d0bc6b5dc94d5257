//! Workflow statuses that move by themselves when a provider sends a finding again.

use serde_json::Value;

use super::super::edit::ends_with_reopening;

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

    /// The status after the move.
    pub fn workflow(self, status: &str) -> Option<&'static str> {
        match (self, status) {
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
        let workflow = |status| {
            [Move::Reopened, Move::Passed].map(|one| one.workflow(status).unwrap_or(status))
        };
        assert_eq!(workflow("NEW"), ["NEW", "RESOLVED"]);
        assert_eq!(workflow("NOTIFIED"), ["NEW", "RESOLVED"]);
        assert_eq!(workflow("RESOLVED"), ["NEW", "RESOLVED"]);
        assert_eq!(workflow("SUPPRESSED"), ["SUPPRESSED", "SUPPRESSED"]);
    }
}
