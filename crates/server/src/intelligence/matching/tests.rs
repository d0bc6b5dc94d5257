//! Matching against small invented advisories.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::vulnerability::linked;
use super::*;

fn advisory(id: &str, aliases: &[&str], name: &str, events: Value) -> Advisory {
    serde_json::from_value(json!({
        "id": id, "aliases": aliases,
        "affected": [{
            "package": {"ecosystem": "PyPI", "name": name},
            "ranges": [{"type": "ECOSYSTEM", "events": events}],
        }],
    }))
    .unwrap()
}

fn below(fixed: &str) -> Value {
    json!([{"introduced": "0"}, {"fixed": fixed}])
}

fn package(name: &str, version: &str) -> Package {
    Package {
        ecosystem: Some(Ecosystem::PyPi),
        name: name.to_owned(),
        version: version.to_owned(),
        ..Package::default()
    }
}

#[test]
fn aliases_give_one_match_with_the_cve_first() {
    let mut scored = advisory(
        "GHSA-zzzz-1111-2222",
        &["CVE-2099-0001"],
        "Anvil",
        below("1.4"),
    );
    scored.severity = serde_json::from_value(json!([
        {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
    ]))
    .unwrap();
    let index = Index::new([
        advisory(
            "PYSEC-2099-1",
            &["GHSA-zzzz-1111-2222"],
            "anvil",
            below("1.5"),
        ),
        scored,
        advisory("PYSEC-2099-2", &[], "anvil", below("1.2")),
        advisory(
            "PYSEC-2099-3",
            &["GHSA-aaaa-1111-2222"],
            "anvil",
            below("1.3"),
        ),
        advisory("PYSEC-2099-4", &["CVE-2099-0004"], "anvil", below("1.0")),
        advisory("PYSEC-2099-5", &["CVE-2099-0005"], "hammer", below("9.0")),
    ]);
    let matches = index.matches(&[package("hammer", "9.0"), package("ANVIL", "1.1")]);
    assert_eq!(matches.undecided, []);
    let found: Vec<_> = matches
        .found
        .iter()
        .map(|m| {
            (
                m.package,
                m.vulnerability.as_str(),
                m.advisory.as_str(),
                m.fixed_in.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (1, "CVE-2099-0001", "GHSA-zzzz-1111-2222", Some("1.5")),
            (1, "GHSA-aaaa-1111-2222", "PYSEC-2099-3", Some("1.3")),
            (1, "PYSEC-2099-2", "PYSEC-2099-2", Some("1.2")),
        ]
    );
    assert_eq!(matches.found[0].related, ["PYSEC-2099-1"]);
    assert_eq!(
        matches.found[0].aliases,
        ["CVE-2099-0001", "GHSA-zzzz-1111-2222", "PYSEC-2099-1"]
    );
}

/// The vulnerabilities of anvil at a version: id, advisory shown, version to move to.
fn ids_at(version: &str, advisories: &[Advisory]) -> Vec<[String; 3]> {
    let index = Index::new(advisories.to_vec());
    let found = index.matches(&[package("anvil", version)]).found;
    let shown = |m: Match| [m.vulnerability, m.advisory, m.fixed_in.unwrap_or_default()];
    found.into_iter().map(shown).collect()
}

#[test]
fn each_cve_is_a_match_of_its_own_whatever_links_the_advisories() {
    let shared = [
        advisory(
            "PYSEC-1",
            &["CVE-2099-0001", "GHSA-x"],
            "anvil",
            below("1.0"),
        ),
        advisory(
            "PYSEC-2",
            &["CVE-2099-0002", "GHSA-x"],
            "anvil",
            below("3.0"),
        ),
    ];
    let first = ["CVE-2099-0001", "PYSEC-1", "1.0"];
    let second = ["CVE-2099-0002", "PYSEC-2", "3.0"];
    assert_eq!(ids_at("0.5", &shared), [first, second]);
    assert_eq!(ids_at("2.0", &shared), [second], "the first is fixed");
    let both = [advisory(
        "GHSA-y",
        &["CVE-2099-0002", "CVE-2099-0001"],
        "anvil",
        below("2.0"),
    )];
    assert_eq!(
        ids_at("1.0", &both),
        [
            ["CVE-2099-0001", "GHSA-y", "2.0"],
            ["CVE-2099-0002", "GHSA-y", "2.0"]
        ]
    );
    // Only the last knows both names, and it is about older versions.
    let through = [
        advisory("A-1", &["CVE-2099-0002"], "anvil", below("2.0")),
        advisory("B-1", &["CVE-2099-0001"], "anvil", below("2.0")),
        advisory("C-1", &["A-1", "B-1"], "anvil", below("0.1")),
    ];
    assert_eq!(
        ids_at("1.0", &through),
        [
            ["CVE-2099-0001", "B-1", "2.0"],
            ["CVE-2099-0002", "A-1", "2.0"]
        ]
    );
}

#[test]
fn an_advisory_without_a_cve_takes_those_of_its_aliases() {
    let of_one = |fixed: &str| {
        [
            advisory("GHSA-x", &["CVE-2099-0001"], "anvil", below(fixed)),
            advisory("PYSEC-1", &["GHSA-x"], "anvil", below("2.0")),
        ]
    };
    assert_eq!(
        ids_at("1.0", &of_one("1.5")),
        [["CVE-2099-0001", "GHSA-x", "2.0"]]
    );
    assert_eq!(
        ids_at("1.0", &of_one("0.5")),
        [["CVE-2099-0001", "PYSEC-1", "2.0"]]
    );
    // Of two, the one that matches; where neither does, either may be meant.
    let of_two = |fixed: &str| {
        [
            advisory("A-1", &["CVE-2099-0001", "GHSA-x"], "anvil", below("0.5")),
            advisory("B-1", &["CVE-2099-0002", "GHSA-x"], "anvil", below(fixed)),
            advisory("C-1", &["GHSA-x"], "anvil", below("2.0")),
        ]
    };
    assert_eq!(
        ids_at("1.0", &of_two("2.0")),
        [["CVE-2099-0002", "B-1", "2.0"]]
    );
    assert_eq!(
        ids_at("1.0", &of_two("0.5")),
        [
            ["CVE-2099-0001", "C-1", "2.0"],
            ["CVE-2099-0002", "C-1", "2.0"]
        ]
    );
    // Without any CVE, the GHSA id of what matches goes before that of what does not.
    let none = [
        advisory("A-1", &["GHSA-a", "GHSA-x"], "anvil", below("0.5")),
        advisory("B-1", &["GHSA-x"], "anvil", below("2.0")),
        advisory("C-1", &["A-1"], "hammer", below("2.0")),
    ];
    assert_eq!(ids_at("1.0", &none), [["GHSA-x", "B-1", "2.0"]]);
}

#[test]
fn related_ids_are_not_aliases() {
    let mut one = advisory("A-1", &["CVE-2099-0001"], "anvil", below("2.0"));
    one.related = vec!["CVE-2099-0002".to_owned()];
    let two = advisory("B-1", &["CVE-2099-0002"], "anvil", below("2.0"));
    assert_eq!(
        Index::new([one, two])
            .matches(&[package("anvil", "1.0")])
            .found
            .len(),
        2
    );
}

#[test]
fn withdrawn_advisories_never_match() {
    let mut withdrawn = advisory("A-1", &["CVE-2099-0001"], "anvil", below("2.0"));
    withdrawn.withdrawn = Some(balefire_api::Timestamp(0));
    let mut matches = Matches::default();
    match_package(
        0,
        &package("anvil", "1.0"),
        std::slice::from_ref(&withdrawn),
        &mut matches,
    );
    assert_eq!(matches, Matches::default());
    assert!(Index::new([withdrawn]).is_empty());
}

#[test]
fn other_ecosystems_and_other_packages_do_not_match() {
    let one = advisory("A-1", &[], "anvil", below("2.0"));
    let mut matches = Matches::default();
    for other in [
        package("anvils", "1.0"),
        Package {
            ecosystem: Some(Ecosystem::Npm),
            ..package("anvil", "1.0.0")
        },
        Package {
            ecosystem: None,
            ..package("anvil", "1.0")
        },
    ] {
        match_package(0, &other, std::slice::from_ref(&one), &mut matches);
    }
    assert_eq!(matches, Matches::default());
    assert_eq!(Index::new([one]).len(), 1);
}

#[test]
fn a_version_without_a_place_is_listed_as_undecided() {
    let index = Index::new([
        advisory("A-1", &[], "anvil", below("2.0")),
        advisory("B-1", &[], "anvil", below("0.2.0-n653")),
    ]);
    let matches = index.matches(&[package("anvil", "trunk"), package("anvil", "1.0")]);
    let undecided: Vec<_> = matches
        .undecided
        .iter()
        .map(|u| (u.package, u.advisory.as_str(), u.reason.text.as_str()))
        .collect();
    assert_eq!(
        undecided,
        [
            (0, "A-1", "trunk"),
            (0, "B-1", "trunk"),
            (1, "B-1", "0.2.0-n653")
        ]
    );
    assert_eq!(matches.found.len(), 1);
}

#[test]
fn informational_advisories_are_told_apart() {
    let mut notice = advisory("A-1", &[], "anvil", json!([{"introduced": "0"}]));
    notice.affected[0].informational = Some("unmaintained".to_owned());
    let found = Index::new([notice.clone()])
        .matches(&[package("anvil", "1.0")])
        .found;
    assert_eq!(found[0].informational.as_deref(), Some("unmaintained"));
    let proper = advisory("B-1", &["A-1"], "anvil", below("2.0"));
    let found = Index::new([notice, proper])
        .matches(&[package("anvil", "1.0")])
        .found;
    assert_eq!((found.len(), found[0].informational.as_deref()), (1, None));
}

#[test]
fn sources_that_disagree_about_the_fix_still_give_one() {
    let index = Index::new([
        advisory(
            "A-1",
            &["CVE-2099-0001"],
            "anvil",
            json!([{"introduced": "0"}]),
        ),
        advisory("B-1", &["CVE-2099-0001"], "anvil", below("2.0")),
    ]);
    let found = index.matches(&[package("anvil", "1.0")]).found;
    assert_eq!(found[0].fixed_in.as_deref(), Some("2.0"));
}

proptest! {
    /// Against the obvious way: join any two groups with a common id until nothing changes.
    #[test]
    fn groups_are_the_connected_ones(
        aliases in prop::collection::vec(prop::collection::vec(0..12_u8, 0..3), 0..10),
    ) {
        let advisories: Vec<_> = aliases
            .iter()
            .enumerate()
            .map(|(number, aliases)| Advisory {
                id: format!("T-{number}"),
                aliases: aliases.iter().map(|alias| format!("T-{alias}")).collect(),
                ..Advisory::default()
            })
            .collect();
        let mut naive: Vec<Vec<&Advisory>> = advisories.iter().map(|a| vec![a]).collect();
        let touches = |a: &[&Advisory], b: &[&Advisory]| {
            a.iter().any(|x| b.iter().any(|y| ids_of(x).any(|i| ids_of(y).any(|j| i == j))))
        };
        'again: loop {
            for a in 0..naive.len() {
                for b in a + 1..naive.len() {
                    if touches(&naive[a], &naive[b]) {
                        let moved = naive.remove(b);
                        naive[a].extend(moved);
                        continue 'again;
                    }
                }
            }
            break;
        }
        let sorted = |groups: Vec<Vec<&Advisory>>| {
            let mut ids: Vec<Vec<&str>> =
                groups.iter().map(|g| g.iter().map(|a| a.id.as_str()).collect()).collect();
            ids.iter_mut().for_each(|group| group.sort_unstable());
            ids.sort_unstable();
            ids.into_iter().map(|g| g.join(" ")).collect::<Vec<_>>()
        };
        let all: Vec<&Advisory> = advisories.iter().collect();
        prop_assert_eq!(sorted(linked(&all)), sorted(naive));
    }
}
