//! The PyPI order: PEP 440.

use std::str::FromStr;

/// Reads a version as PEP 440 does.
///
/// Versions from before the standard (`0.7.10p1`, `2.0.0-final`) have no place in its order: they
/// are an error, and match an advisory only where it lists them letter by letter.
pub(super) fn parse(text: &str) -> Result<pep440_rs::Version, String> {
    pep440_rs::Version::from_str(text.trim()).map_err(|error| error.to_string())
}
