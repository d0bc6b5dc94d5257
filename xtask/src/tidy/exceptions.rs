//! What does not keep a rule and may stay so, in lists that may only shrink.

use super::Fault;
use super::sources::Tree;

/// A file, or all files of a folder, that may have something that others may not.
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
        .any(|allowed| path.starts_with(allowed.path) && allowed.what == what)
}

/// Entries that no file needs any more. Other trees than ours need none of them.
pub fn unused(list: &[Allowed], used: &[(String, String)], tree: &Tree) -> Vec<Fault> {
    if !tree.is_ours() {
        return Vec::new();
    }
    let is_used = |allowed: &&Allowed| {
        let mut used = used.iter();
        used.any(|(path, what)| path.starts_with(allowed.path) && what == allowed.what)
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
pub const SOURCES: &[Allowed] = &[
    allow(
        "crates/server/src/context.rs",
        "Timestamp::now",
        "it is `Clock`",
    ),
    allow(
        "crates/server/src/context.rs",
        "SystemRandom::new",
        "it is `Ids`",
    ),
    allow("crates/server/src/context.rs", "new_v4", "it is `Ids`"),
    allow(
        "crates/server/src/access.rs",
        "Instant::now",
        "the age of a key in memory, which is never kept or shown",
    ),
    allow(
        "crates/server/src/access/",
        "SystemRandom::new",
        "secrets and nonces, which no test may choose",
    ),
    allow(
        "crates/server/src/command/feeds/bring.rs",
        "new_v4",
        "a name that the client gives, outside of any operation",
    ),
    allow("xtask/src/ci.rs", "Instant::now", "how long each step took"),
];

/// Words that say nothing elsewhere.
pub const WORDS: &[Allowed] = &[
    allow(
        "crates/server/src/inspector/",
        "manager",
        "the API's `packageManager`",
    ),
    allow(
        "crates/server/src/intelligence/package.rs",
        "manager",
        "the API's `packageManager`",
    ),
    allow(
        "crates/server/src/console/vulnerability.rs",
        "manager",
        "the API's `packageManager`",
    ),
    allow(
        "crates/server/src/pipeline/failure.rs",
        "common",
        "the API's \"Common Errors\"",
    ),
    allow(
        "crates/server/src/console/reply.rs",
        "common",
        "the headers of every reply",
    ),
];

/// A file or function above the limit, with its lines.
pub struct Large {
    pub path: &'static str,
    /// Empty for the file itself.
    pub function: &'static str,
    pub lines: usize,
}

pub const LARGE: &[Large] = &[];

/// Files with lines that are too wide and that formatting does not break, and how many they have.
pub const WIDE: &[(&str, usize)] = &[
    ("crates/api/src/declare.rs", 1),
    ("crates/server/benches/server/client.rs", 1),
    ("crates/server/benches/server/findings.rs", 1),
    ("crates/server/src/command/feeds.rs", 1),
    ("crates/server/src/command/reach.rs", 1),
    ("crates/server/src/command/scan.rs", 1),
    ("crates/server/src/command/serve.rs", 1),
    ("crates/server/src/incidents/incident/tests/plan.rs", 1),
    ("crates/server/src/incidents/incident/tests/start.rs", 3),
    (
        "crates/server/src/incidents/timeline/list_timeline_events.rs",
        1,
    ),
    ("xtask/src/codegen/emit.rs", 1),
    ("xtask/src/codegen/emit/operations.rs", 5),
];

/// Files whose opening is more than one sentence.
pub const OPENINGS: &[&str] = &[
    "crates/api/src/aws_query.rs",
    "crates/server/src/incidents/finding/mod.rs",
    "crates/server/src/incidents/replication_set/mod.rs",
];
