//! Which part of the workspace may name which.

use super::Fault;
use super::exceptions::{self, Allowed};
use super::rust::is_word;
use super::sources::{Source, Tree};

const SERVER: &str = "crates/server/src/";

/// The rooms of operations.
const ROOMS: &[&str] = &[
    "contacts",
    "delivery",
    "events",
    "formats",
    "incidents",
    "inspector",
    "intelligence",
    "securityhub",
];

/// What every room may name of the server besides itself.
const SHARED: &[&str] = &[
    "abridged",
    "access",
    "context",
    "failure",
    "handler",
    "hex",
    "setting",
    "settings",
    "tags",
    "instant",
    "wire_form",
];

/// A room and what it may name of one other: `formats` for ASFF, which is Security Hub's own form.
const FROM_ROOM_TO_ROOM: &[(&str, &str)] = &[
    ("formats", "securityhub::asff"),
    ("inspector", "intelligence"),
];

/// What may stand nowhere below a path but in the places excepted: (below, words, except, why).
const CONFINED: &[(&str, &[&str], &[&str], &str)] = &[
    (
        "crates/",
        &["rusqlite", "postgres", "tokio_postgres"],
        &["crates/store/src/engine/", "crates/store/src/engine.rs"],
        "SQL drivers stand only in crates/store/src/engine",
    ),
    (
        "crates/server/src/",
        &["crate::outside"],
        &[
            "crates/server/src/outside/",
            "crates/server/src/engine/",
            "crates/server/src/command/",
            "crates/server/src/configuration.rs",
            "crates/server/src/testing.rs",
        ],
        "only the engine calls the outside; a request leaves it a job",
    ),
    (
        "crates/server/src/formats/",
        &[
            "crate::context",
            "balefire_store",
            "balefire_api",
            "tokio",
            "std::fs",
            "std::net",
            "async fn",
        ],
        &["crates/server/src/formats/tests/"],
        "crates/server/src/formats makes documents of text, without I/O, time or transactions",
    ),
    (
        "crates/server/src/securityhub/asff/",
        &[
            "crate::context",
            "balefire_store",
            "tokio",
            "std::fs",
            "std::net",
            "async fn",
        ],
        &[],
        "crates/server/src/securityhub/asff is named by `formats`, and is as free of I/O and transactions",
    ),
    (
        "crates/api/",
        &[
            "balefire_store",
            "balefire",
            "tokio",
            "std::fs",
            "std::net",
            "async fn",
        ],
        &[],
        "crates/api has no I/O, no async, and knows neither store nor server",
    ),
    (
        "crates/columns/",
        &["balefire_api", "balefire_store", "balefire"],
        &[],
        "crates/columns knows no AWS word and no SQL: neither api nor store nor server",
    ),
    (
        "crates/store/",
        &["balefire_api", "balefire_columns", "balefire"],
        &[],
        "crates/store knows no AWS word: neither crates/api nor the server",
    ),
];

/// Where time and randomness come from.
const SOURCES: &[&str] = &[
    "Timestamp::now",
    "Zoned::now",
    "SystemTime::now",
    "Instant::now",
    "Utc::now",
    "SystemRandom::new",
    "new_v4",
    "now_v7",
    "thread_rng",
    "getrandom",
];

pub fn faults(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut used = Vec::new();
    for file in tree.written() {
        rooms(file, &mut faults);
        confined(file, &mut faults);
        sources(file, &mut used, &mut faults);
    }
    faults.extend(exceptions::unused(exceptions::SOURCES, &used, tree));
    faults
}

fn rooms(file: &Source, faults: &mut Vec<Fault>) {
    let Some(inside) = file.path.strip_prefix(SERVER) else {
        return;
    };
    let room = inside.split('/').next().unwrap_or_default();
    let room = room.trim_end_matches(".rs");
    if !ROOMS.contains(&room) {
        return;
    }
    let may = |path: &str| {
        let part = first(path);
        let mut allowed = FROM_ROOM_TO_ROOM.iter();
        part == room
            || SHARED.contains(&part)
            || allowed.any(|(from, to)| *from == room && is_within(path, to))
    };
    let depth = depth(inside);
    for (at, line) in file.lines() {
        let rule = match named(line, depth) {
            Named::Parts(paths) => match paths.iter().find(|path| !may(path)) {
                Some(path) => format!(
                    "the room `{room}` may not name `{path}`: what it must cause there it leaves as a job"
                ),
                None => continue,
            },
            Named::Unclear => "name parts of the server one by one, by `crate::part`".into(),
        };
        faults.push(Fault {
            place: file.at(at),
            rule,
        });
    }
}

/// How many modules deep a file of the server is.
fn depth(inside: &str) -> usize {
    let parts = inside.split('/').count();
    parts - usize::from(inside.ends_with("/mod.rs"))
}

fn first(path: &str) -> &str {
    path.split("::").next().unwrap_or_default()
}

fn is_within(path: &str, module: &str) -> bool {
    let rest = path.strip_prefix(module);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// The parts of the server that a line names, with their paths within.
enum Named {
    Parts(Vec<String>),
    Unclear,
}

fn named(line: &str, depth: usize) -> Named {
    let mut parts = Vec::new();
    let paths = line.match_indices("crate::");
    let supers = "super::".repeat(depth);
    let escapes = line.match_indices(supers.as_str());
    for (at, path) in paths.chain(escapes) {
        if line[..at]
            .chars()
            .next_back()
            .is_some_and(|c| is_word(c) || c == '$')
        {
            continue;
        }
        let rest = &line[at + path.len()..];
        if rest.starts_with(['{', '*']) || rest.starts_with("super::") {
            return Named::Unclear;
        }
        let path: String = rest
            .chars()
            .take_while(|c| is_word(*c) || *c == ':')
            .collect();
        let part = first(&path);
        // A type or macro of the crate's root belongs to no part.
        if part.starts_with(char::is_lowercase) && !rest[part.len()..].starts_with('!') {
            parts.push(path.trim_end_matches(':').to_owned());
        }
    }
    Named::Parts(parts)
}

fn confined(file: &Source, faults: &mut Vec<Fault>) {
    for (below, words, except, why) in CONFINED {
        let excepted = except.iter().any(|place| file.path.starts_with(place));
        if !file.path.starts_with(below) || excepted {
            continue;
        }
        for (at, line) in file.lines() {
            if words.iter().any(|word| names_root(line, word)) {
                faults.push(Fault {
                    place: file.at(at),
                    rule: (*why).into(),
                });
            }
        }
    }
}

/// Whether a line uses a name as a path's root: `postgres::` and not `engine::postgres`.
fn names_root(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = &line[at + word.len()..];
        let bounded = !before.is_some_and(|c| is_word(c) || c == ':');
        let used = after.starts_with("::") || word.contains([':', ' ']);
        bounded && used && !after.starts_with(is_word)
    })
}

fn sources(file: &Source, used: &mut Vec<(String, String)>, faults: &mut Vec<Fault>) {
    for (at, line) in file.lines() {
        let found = SOURCES.iter().filter(|source| line.contains(**source));
        for source in found {
            if exceptions::allows(exceptions::SOURCES, &file.path, source) {
                used.push((file.path.clone(), (*source).into()));
                continue;
            }
            faults.push(Fault {
                place: file.at(at),
                rule: format!(
                    "`{source}`: time and randomness come by `Clock` and `Ids`; where that cannot be, \
                     say why in {}",
                    Allowed::PLACE
                ),
            });
        }
    }
}
