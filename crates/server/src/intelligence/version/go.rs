//! The Go order: module versions with or without `v`, and toolchain versions such as `go1.21rc2`.

use super::precedence::{Precedence, Zeros, leading_core, without_build};

/// Reads a Go version.
///
/// Module versions, pseudo-versions and `+incompatible` follow SemVer precedence, and `v1` and
/// `v1.2` are short for `v1.0.0` and `v1.2.0`. Versions of the toolchain and its standard library
/// are put in the form the Go vulnerability database writes: `go1.21rc2` is `1.21.0-rc.2`.
pub(super) fn parse(text: &str) -> Result<Precedence, String> {
    let text = text.trim();
    if let Some(release) = text.strip_prefix("go") {
        return toolchain(release);
    }
    let plain = text.strip_prefix('v').unwrap_or(text);
    let plain = without_build(plain)?;
    let (core, parts, rest) = leading_core(plain, Zeros::Refused)?;
    match rest.strip_prefix('-') {
        _ if rest.is_empty() => Precedence::new(core, None, Zeros::Refused),
        Some(pre) if parts == 3 => Precedence::new(core, Some(pre), Zeros::Refused),
        Some(_) => Err("a pre-release needs all three numbers before it".to_owned()),
        None => toolchain(plain),
    }
}

/// Reads what follows `go`: numbers, then `rc`, `beta` or `alpha` with a number.
fn toolchain(release: &str) -> Result<Precedence, String> {
    // A vendor's suffix and the list of experiments do not change the release.
    let end = release.find(|c: char| c == '-' || c == '+' || c.is_whitespace());
    let release = &release[..end.unwrap_or(release.len())];
    let (core, _, rest) = leading_core(release, Zeros::Refused)?;
    if rest.is_empty() {
        return Precedence::new(core, None, Zeros::Refused);
    }
    let digits = rest.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let (stage, count) = rest.split_at(rest.len() - digits.len());
    if !matches!(stage, "rc" | "beta" | "alpha") {
        return Err(format!("{rest:?} cannot follow the numbers"));
    }
    Precedence::new(core, Some(&format!("{stage}.{count}")), Zeros::Refused)
}
