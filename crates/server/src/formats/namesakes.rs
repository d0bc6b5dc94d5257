//! Findings of one report that have one identity, and what tells them apart.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use serde_json::value::to_raw_value;

use super::Placed;
use super::words::joined;

/// The findings of a report by their identities.
#[derive(Default)]
pub struct Namesakes(HashMap<String, Vec<Namesake>>);

/// One of those that may share an identity.
struct Namesake {
    /// Its place among the findings.
    at: usize,
    /// See `Draft::apart`.
    apart: Vec<String>,
}

impl Namesakes {
    pub fn note(&mut self, uid: String, at: usize, apart: Vec<String>) {
        let namesake = Namesake { at, apart };
        self.0.entry(uid).or_default().push(namesake);
    }

    /// Gives an identity of its own to each of those that share one.
    ///
    /// Of several that differ, none keeps the identity that it would have alone: when one of them goes, the
    /// one that is left has it, and with it what customers decided. That must not be about another thing. The
    /// order of the report tells nothing, since tools write the same in another order.
    pub fn tell_apart(&mut self, findings: &mut [Placed]) {
        for (uid, mut namesakes) in self.0.drain() {
            if namesakes.len() > 1 {
                // Where nothing else does, all that is said tells which is which.
                namesakes.sort_by(|a, b| {
                    let text = |one: &Namesake| findings[one.at].document.get();
                    text(a).cmp(text(b))
                });
                name(findings, &uid, namesakes, 0);
            }
        }
    }
}

/// Names findings by what differs at a level or after it.
fn name(findings: &mut [Placed], uid: &str, namesakes: Vec<Namesake>, level: usize) {
    let is_last = namesakes.iter().all(|one| one.apart.len() <= level);
    if is_last || namesakes.len() == 1 {
        for (count, one) in (1..).zip(namesakes) {
            match count {
                1 => rename(&mut findings[one.at], uid),
                _ => rename(&mut findings[one.at], &format!("{uid}|#{count}")),
            }
        }
        return;
    }
    let mut parts: BTreeMap<String, Vec<Namesake>> = BTreeMap::new();
    for one in namesakes {
        let by = one.apart.get(level).cloned().unwrap_or_default();
        parts.entry(by).or_default().push(one);
    }
    let differ = parts.len() > 1;
    for (by, part) in parts {
        match differ {
            true => name(
                findings,
                &format!("{uid}|@{}", joined(&[&by])),
                part,
                level + 1,
            ),
            false => name(findings, uid, part, level + 1),
        }
    }
}

fn rename(finding: &mut Placed, uid: &str) {
    let Ok(mut document) = serde_json::from_str::<Value>(finding.document.get()) else {
        return;
    };
    let info = &mut document["finding_info"];
    // What has no title is called by its identity.
    if info["title"] == info["uid"] {
        info["title"] = uid.into();
    }
    info["uid"] = uid.into();
    if let Ok(document) = to_raw_value(&document) {
        finding.document = document;
    }
}
