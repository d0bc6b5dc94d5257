//! What does not keep a rule, each with its reason. These lists may only shrink.

use super::Fault;
use super::sources::Tree;

/// A file that may have something that others may not.
pub struct Allowed {
    pub path: &'static str,
    pub what: &'static str,
    /// For the reader.
    pub why: &'static str,
}

impl Allowed {
    pub const PLACE: &str = "xtask/src/tidy/exceptions.rs";
}

/// Whether a list allows something to a file.
pub fn allows(list: &[Allowed], path: &str, what: &str) -> bool {
    list.iter()
        .any(|allowed| allowed.path == path && allowed.what == what)
}

/// Entries that no file needs any more. Other trees than ours need none of them.
pub fn unused(list: &[Allowed], used: &[(String, String)], tree: &Tree) -> Vec<Fault> {
    if !tree.paths.contains(Allowed::PLACE) {
        return Vec::new();
    }
    let is_used = |allowed: &&Allowed| {
        let mut used = used.iter();
        used.any(|(path, what)| path == allowed.path && what == allowed.what)
    };
    list.iter()
        .filter(|allowed| !is_used(allowed))
        .map(|allowed| Fault {
            place: Allowed::PLACE.into(),
            rule: format!(
                "`{}` is not in {} any more ({}): take the entry out",
                allowed.what, allowed.path, allowed.why
            ),
        })
        .collect()
}

const fn allow(path: &'static str, what: &'static str, why: &'static str) -> Allowed {
    Allowed { path, what, why }
}

/// Time and randomness.
pub const SOURCES: &[Allowed] = &[];

/// Names with an empty word in them.
pub const WORDS: &[Allowed] = &[];

/// A file or function above the limit, with its lines.
pub struct Large {
    pub path: &'static str,
    /// Empty for the file itself.
    pub function: &'static str,
    pub lines: usize,
}

pub const LARGE: &[Large] = &[];
