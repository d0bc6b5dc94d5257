//! The crates.io order: strict SemVer 2.0, build metadata left out.

use super::precedence::{Precedence, Zeros};

/// Reads a version as cargo does: three numbers, nothing lenient.
pub(super) fn parse(text: &str) -> Result<Precedence, String> {
    let version = semver::Version::parse(text.trim()).map_err(|error| error.to_string())?;
    let pre = (!version.pre.is_empty()).then(|| version.pre.as_str());
    Precedence::new(
        [version.major, version.minor, version.patch],
        pre,
        Zeros::Refused,
    )
}
