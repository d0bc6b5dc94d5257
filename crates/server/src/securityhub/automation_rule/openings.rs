//! The incidents that a rule calls for: one for each vulnerability, or else for each title.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Version;
use crate::abridged::abridged;

/// The job that opens them.
pub const OPEN_RULE_INCIDENTS: &str = "open_rule_incidents";
/// Findings and resources that an incident is told of at once: half of the items it may have, each.
const TOLD_MAX: usize = 25;
/// Of one finding.
const RESOURCES_MAX: usize = 10;
const KEY_CHARS_MAX: usize = 200;
const KEY_BEGINNING_CHARS: usize = 180;
const KEY_DIGEST_BYTES: usize = 8;
const TITLE_CHARS_MAX: usize = 200;

/// What the findings of one import call for by one rule.
#[derive(Debug, Deserialize, Serialize)]
pub struct Openings {
    /// The rule's.
    pub region: String,
    pub rule_arn: String,
    pub rule_name: String,
    pub plan_arn: String,
    /// In the order in which the first finding of each came.
    pub groups: Vec<Group>,
}

/// Findings that are one matter.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Group {
    /// The same for all that belongs together.
    pub key: String,
    pub title: String,
    pub finding_count: usize,
    /// Some of the findings.
    pub findings: Vec<Told>,
    /// Identifiers of some resources, ARNs or not.
    pub resources: Vec<String>,
}

/// A finding, as an incident refers to it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Told {
    pub arn: String,
    pub title: String,
}

impl Openings {
    pub(super) fn add(&mut self, version: &Version<'_>, document: &Json) {
        let title = clean(text(document, "/finding_info/title").unwrap_or_default());
        let vulnerability = vulnerability(document).map(|id| folded(clean(id)));
        let key = short_key(vulnerability.as_ref().unwrap_or(&title));
        let place = self.groups.iter().position(|group| group.key == key);
        let place = place.unwrap_or_else(|| {
            let title = match &vulnerability {
                Some(vulnerability) => format!("{vulnerability}: {title}"),
                None => title.clone(),
            };
            self.groups.push(Group {
                key,
                title: title.chars().take(TITLE_CHARS_MAX).collect(),
                ..Group::default()
            });
            self.groups.len() - 1
        });
        let told = Told {
            arn: finding_arn(version, document, &self.region),
            title,
        };
        self.groups[place].add(told, &resources(document));
    }
}

impl Group {
    fn add(&mut self, told: Told, resources: &[String]) {
        self.finding_count += 1;
        if self.findings.len() < TOLD_MAX {
            self.findings.push(told);
        }
        for resource in resources {
            if self.resources.len() < TOLD_MAX && !self.resources.contains(resource) {
                self.resources.push(resource.clone());
            }
        }
    }

    /// Takes in another matter, as far as there is room to tell of it.
    pub fn merge(&mut self, other: Group) {
        self.finding_count += other.finding_count;
        let room = TOLD_MAX - self.findings.len().min(TOLD_MAX);
        self.findings.extend(other.findings.into_iter().take(room));
        for resource in other.resources {
            if self.resources.len() < TOLD_MAX && !self.resources.contains(&resource) {
                self.resources.push(resource);
            }
        }
    }
}

/// The provider's id where it is an ARN, or else one of Security Hub's form.
fn finding_arn(version: &Version<'_>, document: &Json, rule_region: &str) -> String {
    match text(document, "/finding_info/uid") {
        Some(uid) if uid.starts_with("arn:aws") => uid.to_owned(),
        _ => {
            let region = text(document, "/cloud/region").filter(|region| is_region(region));
            let region = region.unwrap_or(rule_region);
            let Version { account, uid, .. } = version;
            format!("arn:aws:securityhub:{region}:{account}:finding/{uid}")
        }
    }
}

fn is_region(text: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty() && text.bytes().all(is_part)
}

fn text<'d>(document: &'d Json, pointer: &str) -> Option<&'d str> {
    let found = document.pointer(pointer).and_then(Json::as_str);
    found.filter(|text| !text.trim().is_empty())
}

/// The first vulnerability that has an id.
fn vulnerability(document: &Json) -> Option<&str> {
    let all = document.get("vulnerabilities").and_then(Json::as_array)?;
    all.iter().find_map(|one| text(one, "/cve/uid"))
}

/// Scanners write the ids of CVE in either case, and mean the same.
fn folded(id: String) -> String {
    let is_cve = id
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("CVE-"));
    if is_cve { id.to_ascii_uppercase() } else { id }
}

fn resources(document: &Json) -> Vec<String> {
    let all = document.get("resources").and_then(Json::as_array);
    let uids = all
        .into_iter()
        .flatten()
        .filter_map(|one| text(one, "/uid"));
    uids.take(RESOURCES_MAX).map(str::to_owned).collect()
}

/// Providers' texts may hold what no column keeps.
fn clean(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    text.trim().to_owned()
}

/// Long keys are cut, and stay different by their hash.
fn short_key(key: &str) -> String {
    let mut ends = key.char_indices().map(|(end, _)| end);
    match (
        ends.nth(KEY_BEGINNING_CHARS),
        ends.nth(KEY_CHARS_MAX - KEY_BEGINNING_CHARS - 1),
    ) {
        (Some(end), Some(_)) => abridged(key, end, '#', KEY_DIGEST_BYTES),
        _ => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_keys_are_as_open_incidents_have_them() {
        let long = "é".repeat(201);
        let short = format!("{}#3821f1b32e730d3a", "é".repeat(180));
        assert_eq!(short_key(&long), short);
        for fits in ["", "CVE-2099-1", &"é".repeat(181), &"é".repeat(200)] {
            assert_eq!(short_key(fits), *fits);
        }
    }

    #[test]
    fn the_ids_of_cve_are_one_in_either_case() {
        for (id, expected) in [
            ("CVE-2024-1", "CVE-2024-1"),
            ("cve-2024-1", "CVE-2024-1"),
            ("Cve-2024-1x", "CVE-2024-1X"),
            ("GHSA-abcd-2345", "GHSA-abcd-2345"),
            ("cve", "cve"),
            ("cvé-1", "cvé-1"),
        ] {
            assert_eq!(folded(id.into()), expected);
        }
    }
}
