//! ASFF, the form of Security Hub's first API, which has an operation of its own.

use super::Report;

/// Where these findings are taken.
const ELSEWHERE: &str = "ASFF files are taken by BatchImportFindings";

/// The place at which a conversion from ASFF to OCSF comes in: an array, `{"Findings": […]}`, one finding, or
/// one a line.
pub fn read(_text: &str) -> Result<Report, String> {
    Err(ELSEWHERE.into())
}
