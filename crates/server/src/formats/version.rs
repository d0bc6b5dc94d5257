//! Documents that are versions of one finding, told apart while they are under way.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;
use serde_json::value::RawValue;

/// What a document is a version of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// The same for all versions of one finding.
    pub finding: u64,
    /// The same for those of one time.
    moment: u64,
    text: u64,
}

/// Versions of one finding that are of one time and differ. They are brought in together, since nothing but
/// their order says which is the newest.
pub struct Versions<T> {
    /// How many are still to come, by the moment.
    left: HashMap<u64, usize>,
    held: HashMap<u64, Vec<T>>,
}

#[derive(Deserialize)]
struct Finding<'a> {
    #[serde(borrow, default)]
    time: Option<&'a RawValue>,
    #[serde(borrow, default)]
    finding_info: Option<Uid<'a>>,
    /// In its place in the deprecated class 2001.
    #[serde(borrow, default)]
    finding: Option<Uid<'a>>,
    #[serde(borrow, default)]
    metadata: Option<Metadata<'a>>,
    #[serde(borrow, default)]
    cloud: Option<Cloud<'a>>,
}

#[derive(Deserialize)]
struct Uid<'a> {
    #[serde(borrow, default)]
    uid: Option<std::borrow::Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow, default)]
    product: Option<Uid<'a>>,
}

#[derive(Deserialize)]
struct Cloud<'a> {
    #[serde(borrow, default)]
    account: Option<Uid<'a>>,
}

impl Version {
    /// `None` where the text has no identity, which the server will say. What one can be read of is JSON.
    pub fn of(text: &str) -> Option<Version> {
        let finding: Finding = serde_json::from_str(text).ok()?;
        let time = finding.time.map(RawValue::get);
        let uid = |uid: Option<Uid>| uid.and_then(|uid| uid.uid).unwrap_or_default().into_owned();
        let triple = (
            uid(finding.cloud.and_then(|cloud| cloud.account)),
            uid(finding.metadata.and_then(|metadata| metadata.product)),
            uid(finding.finding_info.or(finding.finding)),
        );
        if triple.2.is_empty() {
            return None;
        }
        let finding = hash(&triple);
        Some(Version {
            finding,
            moment: hash(&(finding, time)),
            text: hash(text),
        })
    }
}

fn hash(of: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

impl<T> Default for Versions<T> {
    fn default() -> Self {
        Versions {
            left: HashMap::new(),
            held: HashMap::new(),
        }
    }
}

impl<T> Versions<T> {
    /// Of all that will come.
    pub fn among(all: impl IntoIterator<Item = Version>) -> Versions<T> {
        let mut seen: HashMap<u64, (u64, usize)> = HashMap::new();
        let mut differing = HashSet::new();
        for version in all {
            let (text, count) = seen.entry(version.moment).or_insert((version.text, 0));
            *count += 1;
            if *text != version.text {
                differing.insert(version.moment);
            }
        }
        seen.retain(|moment, _| differing.contains(moment));
        let left = seen.into_iter().map(|(moment, (_, count))| (moment, count));
        Versions {
            left: left.collect(),
            held: HashMap::new(),
        }
    }

    /// What is to be brought in next, together: the one that came, unless others of its moment are to come.
    pub fn take(&mut self, version: Option<Version>, one: T) -> Vec<T> {
        let Some(moment) = version.map(|version| version.moment) else {
            return vec![one];
        };
        let Some(left) = self.left.get_mut(&moment) else {
            return vec![one];
        };
        *left = left.saturating_sub(1);
        let is_last = *left == 0;
        self.held.entry(moment).or_default().push(one);
        match is_last {
            true => self.held.remove(&moment).unwrap_or_default(),
            false => Vec::new(),
        }
    }

    /// What waits for others that have not come.
    pub fn rest(&mut self) -> Vec<T> {
        self.held.drain().flat_map(|(_, held)| held).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(text: &str) -> Option<u64> {
        Version::of(text).map(|version| version.finding)
    }

    #[test]
    fn versions_of_one_finding_have_one_identity() {
        let known = finding(r#"{"finding_info": {"uid": "a"}, "severity_id": 1}"#);
        let newer = r#"{"severity_id": 2, "finding_info": {"uid": "a"}, "time": 7}"#;
        assert!(known.is_some());
        assert_eq!(finding(newer), known);
        assert_ne!(finding(r#"{"finding_info": {"uid": "b"}}"#), known);
        assert_eq!(
            finding(r#"{"class_uid": 2001, "finding": {"uid": "a"}}"#),
            known
        );
    }

    #[test]
    fn what_is_no_document_has_none() {
        for text in [
            r#"{"finding_info": 5}"#,
            "7",
            r#"{"cloud": "a"}"#,
            r#"{"finding_info": {"title": "a"}}"#,
            r#"{"finding_info": {"uid": "a"}"#,
            r#"{"a": tru}"#,
            "",
        ] {
            assert_eq!(finding(text), None, "{text}");
        }
    }

    #[test]
    fn those_of_one_time_that_differ_come_together_and_others_as_they_are() {
        let text = |uid: &str, time: i64, severity: i64| {
            format!(
                r#"{{"finding_info": {{"uid": "{uid}"}}, "time": {time}, "severity_id": {severity}}}"#
            )
        };
        let all = [
            text("tie", 1, 1),
            text("tie", 2, 1),
            text("same", 1, 1),
            "7".into(),
            text("tie", 1, 2),
            text("same", 1, 1),
            text("tie", 1, 1),
            text("tie", 1, 9),
        ];
        let mut versions = Versions::among(all[..7].iter().filter_map(|text| Version::of(text)));
        let mut came = Vec::new();
        for (number, text) in all.iter().enumerate() {
            came.push(versions.take(Version::of(text), number));
        }
        let none = Vec::new();
        let together = vec![0, 4, 6];
        // The last one was not known to come.
        let expected = [
            none.clone(),
            vec![1],
            vec![2],
            vec![3],
            none,
            vec![5],
            together,
            vec![7],
        ];
        assert_eq!(came, expected);
        assert!(versions.rest().is_empty());
        let mut versions = Versions::among(all[..7].iter().filter_map(|text| Version::of(text)));
        assert!(versions.take(Version::of(&all[0]), 0).is_empty());
        assert_eq!(versions.rest(), [0]);
    }
}
