//! Semantic-version precedence, shared by the ecosystems whose order is built on SemVer 2.0.

use std::cmp::Ordering;

/// The ordered part of a semantic version: three numbers and the pre-release identifiers.
///
/// Build metadata takes no part in precedence and is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Precedence {
    core: [u64; 3],
    pre: Vec<Identifier>,
}

/// One dot-separated pre-release identifier.
///
/// The order of the variants is the order of the standard: numbers come before words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    /// Digit count and digits without leading zeros, so that no number is too large to compare.
    Number(usize, String),
    Word(String),
}

/// What the leading zeros of a number mean.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Zeros {
    Allowed,
    Refused,
}

impl Precedence {
    /// Joins a core and the text after the hyphen (`None` for a release).
    pub(super) fn new(core: [u64; 3], pre: Option<&str>, zeros: Zeros) -> Result<Self, String> {
        let pre = match pre {
            Some(text) => identifiers(text, zeros)?,
            None => Vec::new(),
        };
        Ok(Self { core, pre })
    }
}

impl Ord for Precedence {
    fn cmp(&self, other: &Self) -> Ordering {
        self.core.cmp(&other.core).then_with(|| {
            // A release comes after all of its pre-releases.
            match (self.pre.is_empty(), other.pre.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => self.pre.cmp(&other.pre),
            }
        })
    }
}

impl PartialOrd for Precedence {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Cuts the build metadata off and checks its form.
pub(super) fn without_build(text: &str) -> Result<&str, String> {
    match text.split_once('+') {
        None => Ok(text),
        Some((rest, build)) => {
            build.split('.').try_for_each(check_identifier)?;
            Ok(rest)
        }
    }
}

/// Reads one to three dotted numbers from the start; gives the core, how many there were, the rest.
pub(super) fn leading_core(text: &str, zeros: Zeros) -> Result<([u64; 3], usize, &str), String> {
    let mut core = [0; 3];
    let mut rest = text;
    for (position, part) in core.iter_mut().enumerate() {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        *part = number(&rest[..end], zeros)?;
        rest = &rest[end..];
        let next_is_number = rest
            .strip_prefix('.')
            .is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
        if position == 2 || !next_is_number {
            return Ok((core, position + 1, rest));
        }
        rest = &rest[1..];
    }
    unreachable!("the loop returns at its third part")
}

fn number(digits: &str, zeros: Zeros) -> Result<u64, String> {
    if digits.is_empty() {
        return Err("a number is missing".to_owned());
    }
    if zeros == Zeros::Refused && digits.len() > 1 && digits.starts_with('0') {
        return Err(format!("{digits} has a leading zero"));
    }
    digits.parse().map_err(|_| format!("{digits} is too large"))
}

fn identifiers(text: &str, zeros: Zeros) -> Result<Vec<Identifier>, String> {
    text.split('.')
        .map(|part| {
            check_identifier(part)?;
            if !part.bytes().all(|b| b.is_ascii_digit()) {
                return Ok(Identifier::Word(part.to_owned()));
            }
            if zeros == Zeros::Refused && part.len() > 1 && part.starts_with('0') {
                return Err(format!("pre-release number {part} has a leading zero"));
            }
            let digits = part.trim_start_matches('0');
            Ok(Identifier::Number(digits.len(), digits.to_owned()))
        })
        .collect()
}

fn check_identifier(part: &str) -> Result<(), String> {
    if part.is_empty() {
        return Err("an identifier after '-' or '+' is empty".to_owned());
    }
    match part
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && *c != '-')
    {
        Some(other) => Err(format!("{other:?} is not allowed in an identifier")),
        None => Ok(()),
    }
}
