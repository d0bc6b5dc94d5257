//! The readers and the version orders against real feeds, where the folder with them is present.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::osv::{Advisory, Affected, Event, Verdict};
use super::source::{Source, unpack};
use super::version::{Ecosystem, Version};
use super::{epss, kev, osv, severity};

/// A file of the data folder; `None`, with a line that says so, where it is absent.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = env::var_os("BALEFIRE_SHARED").map_or(beside, PathBuf::from);
    let path = folder.join("data").join(path);
    if !path.exists() {
        println!("skipped: {} is absent", path.display());
        return None;
    }
    Some(path)
}

/// A JSON file, packed or not.
pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_reader(unpack(File::open(path).unwrap()).unwrap()).unwrap()
}

/// All advisories of a feed in which nothing is broken.
pub(crate) fn advisories(path: PathBuf) -> Vec<Advisory> {
    let mut advisories = Vec::new();
    let no_fetch = |_: &str| Err(io::Error::other("a path is not fetched"));
    let summary = osv::read(&Source::Path(path), no_fetch, |record| {
        advisories.push(record.unwrap())
    });
    assert_eq!(summary.unwrap().advisories, advisories.len() as u64);
    advisories
}

/// How many records the folder's own list says a file has.
fn listed_records(path: &str) -> u64 {
    let manifest = json(&shared("MANIFEST.json").unwrap());
    let files = manifest.as_array().unwrap();
    let file = files.iter().find(|file| file["file"] == path).unwrap();
    file["records"].as_u64().unwrap()
}

#[test]
fn every_osv_record_is_read_and_survives_storing() {
    for name in ["pypi", "go", "rustsec", "almalinux", "bitnami", "cran"] {
        let path = format!("advisories/{name}-osv.jsonl.gz");
        let Some(file) = shared(&path) else { return };
        let advisories = advisories(file);
        assert_eq!(advisories.len() as u64, listed_records(&path), "{name}");
        for advisory in advisories.iter().step_by(20) {
            let text = serde_json::to_string(advisory).unwrap();
            assert_eq!(serde_json::from_str::<Advisory>(&text).unwrap(), *advisory);
        }
        for score in advisories.iter().flat_map(|advisory| &advisory.severity) {
            severity::base_score(&score.score).unwrap();
        }
    }
}

#[test]
fn every_version_of_the_advisories_has_a_place_or_is_older_than_the_standard() {
    for (name, ecosystem, without_place) in [
        ("go", Ecosystem::Go, 0),
        ("rustsec", Ecosystem::CratesIo, 0),
        // Counted with `packaging`, for each package and listed version, and each range point.
        ("pypi", Ecosystem::PyPi, PYPI_WITHOUT_PLACE),
    ] {
        let Some(file) = shared(&format!("advisories/{name}-osv.jsonl.gz")) else {
            return;
        };
        let mut refused = BTreeSet::new();
        for advisory in advisories(file) {
            for entry in &advisory.affected {
                let ranges = entry.ranges.iter().filter(|range| range.kind.is_versions());
                let points = ranges
                    .flat_map(|range| &range.events)
                    .map(|event| match event {
                        Event::Introduced(text)
                        | Event::Fixed(text)
                        | Event::LastAffected(text)
                        | Event::Limit(text) => text,
                    });
                let package = &entry.package.as_ref().unwrap().name;
                for text in points.chain(&entry.versions) {
                    if text != "0" && Version::parse(ecosystem, text).is_err() {
                        refused.insert((package.clone(), text.clone()));
                    }
                }
            }
        }
        assert_eq!(refused.len(), without_place, "{name}: {refused:?}");
    }
}

const PYPI_WITHOUT_PLACE: usize = 77;

/// PyPA computes the lists from the ranges with its own tools, which makes them an oracle.
#[test]
fn listed_python_versions_lie_in_the_ranges() {
    let Some(file) = shared("advisories/pypi-osv.jsonl.gz") else {
        return;
    };
    let (mut inside, mut outside) = (0, BTreeSet::new());
    for advisory in advisories(file) {
        for entry in advisory
            .affected
            .iter()
            .filter(|entry| !entry.ranges.is_empty())
        {
            let ranges_only = Affected {
                versions: Vec::new(),
                ..entry.clone()
            };
            for version in &entry.versions {
                match osv::decide(Ecosystem::PyPi, &[&ranges_only], version) {
                    Ok(Verdict::Affected) => inside += 1,
                    Ok(Verdict::NotAffected) => {
                        outside.insert((advisory.id.clone(), version.clone()));
                    }
                    Err(_) => {}
                }
            }
        }
    }
    // These were listed by hand, or from ranges that have changed since.
    let ids: BTreeSet<_> = outside.iter().map(|(id, _)| id.as_str()).collect();
    let by_hand = ["PYSEC-2021-114", "PYSEC-2023-177", "PYSEC-2023-61"];
    assert!(ids.into_iter().eq(by_hand), "{outside:?}");
    assert_eq!((inside, outside.len()), (140_729, 9));
}

#[test]
fn the_kev_catalogue_is_read_whole_and_agrees_with_the_joined_data() {
    let Some(file) = shared("kev/known_exploited_vulnerabilities-2025-08-25.json.gz") else {
        return;
    };
    let catalog = kev::read(unpack(File::open(file).unwrap()).unwrap()).unwrap();
    assert_eq!((catalog.entries.len(), catalog.rejected.len()), (1404, 0));
    assert_eq!(
        catalog
            .entries
            .iter()
            .filter(|entry| entry.ransomware)
            .count(),
        293
    );
    assert_eq!(catalog.version, "2025.08.25");
    assert_eq!(catalog.as_of.to_string(), "2025-08-25T17:04:19.9796Z");
    let by_cve: BTreeMap<_, _> = catalog
        .entries
        .iter()
        .map(|e| (e.cve.as_str(), e))
        .collect();
    let Some(joined) = shared("joined/kev_enrichment.jsonl.gz") else {
        return;
    };
    let rows = io::read_to_string(unpack(File::open(joined).unwrap()).unwrap()).unwrap();
    let (mut same, mut changed) = (0, 0);
    for row in rows
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
    {
        let Some(entry) = by_cve.get(row["cve"].as_str().unwrap()) else {
            continue;
        };
        let (added, due) = (entry.date_added.to_string(), entry.date_due.to_string());
        let ours = [added.as_str(), due.as_str(), entry.action.as_str()];
        let theirs = ["dateAdded", "dateDue", "action"]
            .map(|name| row["kev"][name].as_str().unwrap().trim());
        if ours == theirs {
            same += 1
        } else {
            changed += 1
        }
    }
    // The joined data was made a year later; CISA had changed six of the rows by then.
    assert_eq!((same, changed), (568, 6));
}

#[test]
fn the_epss_file_is_read_whole_and_a_cut_one_is_not() {
    let Some(file) = shared("epss/epss_scores-2025-08-10.csv.gz") else {
        return;
    };
    let mut shellshock = None;
    let summary = epss::read(unpack(File::open(&file).unwrap()).unwrap(), |row| {
        let row = row.unwrap();
        if row.cve == "CVE-2014-6271" {
            shellshock = Some(row);
        }
    })
    .unwrap();
    assert_eq!((summary.rows, summary.rejected), (288_787, 0));
    assert_eq!(summary.as_of, Some(jiff::civil::date(2025, 8, 10)));
    assert_eq!(summary.model_version.as_deref(), Some("unknown"));
    assert!(shellshock.unwrap().score > 0.9);
    let packed = fs::read(file).unwrap();
    let half = io::Cursor::new(&packed[..packed.len() / 2]);
    let error = epss::read(unpack(half).unwrap(), |_| {}).unwrap_err();
    assert!(
        matches!(error, super::feed::FeedError::Truncated { .. }),
        "{error}"
    );
}
