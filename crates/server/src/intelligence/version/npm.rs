//! The npm order: SemVer precedence over the loose spellings that packages and advisories use.

use super::precedence::{Precedence, Zeros, leading_core, without_build};

/// Reads a version as node-semver's loose mode does, and fills up missing minor and patch numbers.
///
/// Accepted beyond SemVer: leading `v`, `=` and blanks, leading zeros, a pre-release that follows
/// the patch number without a hyphen (`1.2.3beta`), and `1` or `1.2` for `1.0.0` and `1.2.0`.
pub(super) fn parse(text: &str) -> Result<Precedence, String> {
    let text = text
        .trim()
        .trim_start_matches(|c: char| c == 'v' || c == '=' || c.is_whitespace());
    let text = without_build(text)?;
    let (core, parts, rest) = leading_core(text, Zeros::Allowed)?;
    let pre = match rest.strip_prefix('-') {
        _ if rest.is_empty() => None,
        // The loose grammar then takes the hyphen itself for the identifier.
        Some("") => Some("-"),
        Some(pre) => Some(pre),
        None if parts == 3 && !rest.starts_with('.') => Some(rest),
        None => return Err(format!("{rest:?} cannot follow the numbers")),
    };
    Precedence::new(core, pre, Zeros::Allowed)
}
