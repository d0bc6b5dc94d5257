//! Real bills of many tools and their vulnerabilities, where the folder with them is present.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::SkipReason;
use super::cyclonedx::read;
use crate::intelligence::matching::Index;
use crate::intelligence::real_data::{advisories, json, shared};
use crate::intelligence::source::unpack;

fn files(folder: &str) -> Vec<PathBuf> {
    let Some(folder) = shared(&format!("sbom/{folder}")) else {
        return Vec::new();
    };
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_file()).collect()
}

fn content(path: &Path) -> Vec<u8> {
    let mut content = Vec::new();
    unpack(File::open(path).unwrap())
        .unwrap()
        .read_to_end(&mut content)
        .unwrap();
    content
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

#[test]
fn the_valid_examples_of_the_specification_are_read() {
    let valid: Vec<_> = files("spec-conformance")
        .into_iter()
        .filter(|p| name(p).contains("__valid"))
        .collect();
    for path in &valid {
        read(&content(path)).unwrap_or_else(|error| panic!("{}: {error}", name(path)));
    }
    assert!(valid.is_empty() || valid.len() == 126, "{}", valid.len());
}

#[test]
fn of_the_invalid_examples_those_about_what_is_read_are_refused() {
    let invalid = files("spec-conformance")
        .into_iter()
        .filter(|p| name(p).contains("__invalid"));
    let mut refused = BTreeSet::new();
    let mut any = false;
    for path in invalid {
        any = true;
        if read(&content(&path)).is_err() {
            let what = name(&path).split_once("__invalid-").unwrap().1;
            refused.insert(
                what.trim_end_matches(".json")
                    .trim_end_matches(|c: char| "-.1234567".contains(c))
                    .to_owned(),
            );
        }
    }
    let expected = [
        "bomformat",
        "component-ref",
        "empty-component",
        "missing-component-type",
    ];
    assert!(
        !any || refused.iter().map(String::as_str).eq(expected),
        "{refused:?}"
    );
}

#[test]
fn the_bills_of_real_tools_are_read() {
    let mut skipped: BTreeMap<&str, usize> = BTreeMap::new();
    for folder in [
        "bom-examples",
        "generated",
        "guac",
        "inspector/sboms",
        "sbom-2023",
        "trivy",
    ] {
        for path in files(folder)
            .into_iter()
            .filter(|path| !name(path).contains("expected"))
        {
            let sbom =
                read(&content(&path)).unwrap_or_else(|error| panic!("{}: {error}", name(&path)));
            let inventory = sbom.inventory();
            assert_eq!(
                inventory.packages.len() + inventory.skipped.len(),
                sbom.components.len()
            );
            for package in &inventory.packages {
                let again: packageurl::PackageUrl<'_> = package.purl.parse().unwrap();
                assert_eq!(again.to_string(), package.purl);
                assert!(!package.name.is_empty() && !package.version.is_empty());
            }
            for skip in &inventory.skipped {
                let kind = match &skip.reason {
                    SkipReason::NoPurl => "no purl",
                    SkipReason::NoVersion => "no version",
                    SkipReason::Duplicate => "duplicate",
                    SkipReason::InvalidPurl { purl, reason } => {
                        panic!("{}: {purl}: {reason}", name(&path))
                    }
                };
                *skipped.entry(kind).or_default() += 1;
            }
        }
    }
    println!("{skipped:?}");
}

#[test]
fn the_python_environment_matches_as_the_reference_says() {
    let Some(bill) = shared("sbom/generated/gen-python-oldvenv.cdx.json") else {
        return;
    };
    let Some(expected) = shared("sbom/generated/gen-python-oldvenv.expected-pypa.json") else {
        return;
    };
    let Some(feed) = shared("advisories/pypi-osv.jsonl.gz") else {
        return;
    };
    let inventory = read(&content(&bill)).unwrap().inventory();
    assert!(inventory.skipped.is_empty(), "{:?}", inventory.skipped);
    let matches = Index::new(advisories(feed)).matches(&inventory.packages);
    assert_eq!(matches.undecided, []);
    let mut found = BTreeMap::new();
    for found_match in &matches.found {
        let purl = &inventory.packages[found_match.package].purl;
        for advisory in std::iter::once(&found_match.advisory).chain(&found_match.related) {
            found.insert((purl.clone(), advisory.clone()), found_match);
        }
    }
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let expected = json(&expected);
    let rows = expected.as_array().unwrap();
    let pairs: BTreeSet<_> = rows
        .iter()
        .map(|row| (text(&row["purl"]), text(&row["id"])))
        .collect();
    assert_eq!(pairs.len(), 156);
    assert_eq!(found.keys().cloned().collect::<BTreeSet<_>>(), pairs);
    for row in rows {
        let found = found[&(text(&row["purl"]), text(&row["id"]))];
        let cve = row["cves"]
            .as_array()
            .unwrap()
            .first()
            .unwrap_or(&row["id"]);
        assert_eq!(found.vulnerability, text(cve));
        let fixes: Vec<_> = row["fixed"].as_array().unwrap().iter().map(text).collect();
        match &found.fixed_in {
            Some(fix) => assert!(fixes.contains(fix), "{found:?} {fixes:?}"),
            None => assert!(fixes.is_empty(), "{found:?} {fixes:?}"),
        }
    }
}

/// Inspector's own answer of May 2024 is the reference; a newer feed may know more.
#[test]
fn the_go_modules_of_an_image_match_at_least_as_the_real_service_found() {
    let Some(bill) = shared("sbom/inspector/sboms/golang_latest.json.gz") else {
        return;
    };
    let Some(answer) = shared("sbom/inspector/scans/golang_latest.json.scan.gz") else {
        return;
    };
    let Some(feed) = shared("advisories/go-osv.jsonl.gz") else {
        return;
    };
    let inventory = read(&content(&bill)).unwrap().inventory();
    let matches = Index::new(advisories(feed)).matches(&inventory.packages);
    let found: BTreeSet<_> = matches
        .found
        .iter()
        .map(|found| {
            let purl = inventory.packages[found.package].purl.as_str();
            (
                purl,
                found.vulnerability.as_str(),
                found.fixed_in.as_deref().unwrap_or(""),
            )
        })
        .collect();
    let answer = json(&answer);
    let of = |value: &Value, name: &str| value[name].as_str().unwrap_or("").to_owned();
    let components = answer["sbom"]["components"]
        .as_array()
        .or(answer["components"].as_array());
    let purls: BTreeMap<_, _> = components
        .unwrap()
        .iter()
        .map(|c| (of(c, "bom-ref"), of(c, "purl")))
        .collect();
    let listed = answer["sbom"]["vulnerabilities"]
        .as_array()
        .or(answer["vulnerabilities"].as_array());
    let mut compared = 0;
    for vulnerability in listed.unwrap() {
        for affect in vulnerability["affects"].as_array().unwrap() {
            let reference = of(affect, "ref");
            let purl = purls.get(&reference).map_or("", String::as_str);
            if !purl.starts_with("pkg:golang/") {
                continue;
            }
            let name = format!("amazon:inspector:sbom_scanner:fixed_version:{reference}");
            let properties = vulnerability["properties"].as_array().unwrap();
            let fix = properties
                .iter()
                .find(|p| p["name"] == name.as_str())
                .map(|p| of(p, "value"));
            let id = of(vulnerability, "id");
            let expected = (purl, id.as_str(), fix.as_deref().unwrap_or(""));
            assert!(
                found.contains(&expected),
                "{expected:?} is not in {found:?}"
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 4);
}
