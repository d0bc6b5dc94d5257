//! ASFF, the form of Security Hub's first API: an array, `{"Findings": […]}`, one finding, or one a line.

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::{Format, Given, Report, each};
use crate::securityhub::asff;

/// What holds the findings in a call or its answer.
pub const LIST: &str = "Findings";

pub fn read(text: &str, given: Given<'_>) -> Result<Report, String> {
    each::read(Format::Asff, text, LIST, given, one)
}

/// The document of one finding.
pub fn one(finding: &Value) -> Result<Box<RawValue>, String> {
    let mut finding = finding.clone();
    asff::drop_blank_entries(&mut finding);
    let ocsf = asff::to_ocsf(&finding)?;
    to_raw_value(&ocsf).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn blank_entries_of_maps_do_not_come_in() {
        let finding = json!({
            "SchemaVersion": "2018-10-08", "Id": "f", "AwsAccountId": "111111111111", "Title": "t",
            "ProductArn": "arn:aws:securityhub:eu-central-1::product/prowler/prowler",
            "CreatedAt": "2025-12-01T00:00:00Z", "UpdatedAt": "2025-12-01T00:00:00Z",
            "ProductFields": {"a": "", "b": "c"},
            "Resources": [{"Type": "Other", "Id": "r", "Tags": {"t": ""}, "Details": {"Other": {"x": ""}}}],
        });
        let made = one(&finding).unwrap();
        let made: Value = serde_json::from_str(made.get()).unwrap();
        assert_eq!(made["unmapped"]["ProductFields"], json!({"b": "c"}));
        for blank in ["\"\"", "\"t\""] {
            assert_eq!(
                made["resources"].to_string().matches(blank).count(),
                0,
                "{made}"
            );
        }
    }
}
