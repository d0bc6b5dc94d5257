//! ASFF, the form of Security Hub's first API: an array, `{"Findings": […]}`, one finding, or one a line.

use serde_json::value::to_raw_value;

use super::{Format, Given, Report, each};
use crate::securityhub::asff;

pub fn read(text: &str, given: Given<'_>) -> Report {
    each::read(Format::Asff, text, "Findings", given, |finding| {
        asff::to_ocsf(finding)
            .and_then(|ocsf| to_raw_value(&ocsf).map_err(|error| error.to_string()))
    })
}
