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
    let ocsf = asff::to_ocsf(finding)?;
    to_raw_value(&ocsf).map_err(|error| error.to_string())
}
