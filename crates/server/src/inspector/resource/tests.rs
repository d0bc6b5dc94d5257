//! Scanning: inventories, who may, and what comes of bad input.

use balefire_store::shard_of;
use serde_json::{Value, json};

use super::{Resource, rematch};
use crate::failure::Failure;
use crate::inspector::fixture::{
    FUNCTION, IMAGE, INSTANCE, counts, found_in, list, load_advisories, sbom, scan,
};
use crate::intelligence::feed_store::fixture::{advisory, load};
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

fn logged(t: &Testing, account: &str) -> Vec<balefire_store::Logged> {
    let shard = shard_of(account);
    let account = account.to_owned();
    let entries = t
        .store
        .read_blocking(move |tx| tx.log_after(shard, 0, 1000))
        .unwrap()
        .unwrap();
    entries
        .into_iter()
        .filter(|logged| logged.entry.account == account)
        .collect()
}

#[test]
fn a_scan_keeps_the_inventory_and_replaces_it() {
    let t = Testing::new();
    let mut bill = sbom(&[("anvil", "1.0"), ("hammer", "1.0")]);
    found_in(&mut bill["components"][0], "srv/requirements.txt");
    let long = "x".repeat(1025);
    let long_purl = format!("pkg:pypi/{long}@1");
    bill["components"].as_array_mut().unwrap().extend([
        json!({"type": "library", "name": "nothing"}),
        json!({"type": "library", "name": "tar", "version": "1", "purl": "pkg:deb/debian/tar@1?arch=amd64"}),
        json!({"type": "library", "name": long, "version": "1", "purl": long_purl}),
    ]);
    let answer = scan(&t, INSTANCE, bill);
    assert_eq!(answer["Packages"], 3);
    let skipped = answer["Skipped"].as_array().unwrap();
    let reasons: Vec<&str> = skipped
        .iter()
        .map(|s| s["Reason"].as_str().unwrap())
        .collect();
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    assert!(reasons[0].contains("no purl"), "{reasons:?}");
    assert!(
        reasons[1].contains("pkg:deb packages are not matched"),
        "{reasons:?}"
    );
    assert!(reasons[2].contains("1 to 1024 characters"), "{reasons:?}");
    let packages = |t: &Testing| {
        let key = [ADMINISTRATOR.into(), REGION.into(), INSTANCE.into()];
        let kept = t
            .store
            .read_blocking(move |tx| tx.get::<Resource>(&key))
            .unwrap()
            .unwrap();
        kept.unwrap().packages().unwrap()
    };
    let kept = packages(&t);
    let names: Vec<&str> = kept.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(names, ["anvil", "hammer", "tar"]);
    assert_eq!(kept[0].path.as_deref(), Some("srv/requirements.txt"));
    assert_eq!(
        (kept[0].manager, kept[2].manager),
        (Some("PIP"), Some("OS"))
    );
    assert_eq!(
        kept[0].ecosystem,
        Some(crate::intelligence::version::Ecosystem::PyPi)
    );
    scan(&t, INSTANCE, sbom(&[("hammer", "2.0")]));
    assert_eq!(packages(&t).len(), 1);
}

#[test]
fn of_several_advisories_the_highest_score_rates_whatever_their_order() {
    let scored = |id: &str, cve: &str, vector: &str| {
        let mut advisory = advisory(id, &[cve], "anvil", "9.0");
        advisory["severity"] = json!([{"type": "CVSS_V3", "score": format!("CVSS:3.1/{vector}")}]);
        advisory["database_specific"]["severity"] = id.into();
        advisory
    };
    let (lower, higher) = (
        "AV:N/AC:L/PR:L/UI:R/S:U/C:H/I:H/A:N",
        "AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H",
    );
    for [first, second] in [[lower, higher], [higher, lower]] {
        let t = Testing::new();
        let rows = [
            scored("GHSA-1", "CVE-2099-1", first),
            scored("GHSA-2", "CVE-2099-1", second),
            scored("GHSA-4", "CVE-2099-2", higher),
            scored("GHSA-3", "CVE-2099-2", higher),
        ];
        load(&t, "OSV", "first", &rows);
        scan(&t, INSTANCE, sbom(&[("anvil", "1.0")]));
        let found = list(
            &t,
            json!({"sortCriteria": {"field": "VULNERABILITY_ID", "sortOrder": "ASC"}}),
        );
        let rated: Vec<(f64, String)> = found
            .unwrap()
            .iter()
            .map(|finding| {
                let word = &finding["packageVulnerabilityDetails"]["vendorSeverity"];
                (
                    finding["inspectorScore"].as_f64().unwrap(),
                    word.as_str().unwrap().to_owned(),
                )
            })
            .collect();
        let best = if first == higher { "GHSA-1" } else { "GHSA-2" };
        assert_eq!(rated, [(8.8, best.to_owned()), (8.8, "GHSA-3".to_owned())]);
    }
}

#[test]
fn a_scan_enables_what_it_scans_and_writes_one_entry() {
    let t = Testing::new();
    load_advisories(&t);
    scan(&t, FUNCTION, sbom(&[("anvil", "1.0")]));
    let status = t
        .call_as(MEMBER, "inspector2", "BatchGetAccountStatus", json!({}))
        .unwrap();
    let state = &status["accounts"][0]["resourceState"];
    assert_eq!(
        (&state["lambda"]["status"], &state["ec2"]["status"]),
        (&json!("ENABLED"), &json!("DISABLED"))
    );
    let entries = logged(&t, MEMBER);
    assert_eq!(entries.len(), 1);
    let entry = &entries[0].entry;
    assert_eq!(
        (entry.kind.as_str(), entry.subject.as_str()),
        ("resource.scanned", FUNCTION)
    );
    let body: Value = serde_json::from_slice(&entry.body).unwrap();
    assert_eq!(body["enabled"], json!(["LAMBDA"]));
    assert_eq!(body["findings"]["opened"].as_array().unwrap().len(), 2);
    scan(&t, FUNCTION, sbom(&[("anvil", "1.0")]));
    let entries = logged(&t, MEMBER);
    let body: Value = serde_json::from_slice(&entries[1].entry.body).unwrap();
    assert_eq!((entries.len(), &body["enabled"]), (2, &json!([])));
}

#[test]
fn the_administrator_scans_for_any_account_and_members_for_their_own() {
    let t = Testing::new();
    load_advisories(&t);
    let input = |arn: &str| json!({"ResourceArn": arn, "Sbom": sbom(&[("anvil", "1.0")])});
    t.call_as(MEMBER, "balefire", "ScanResource", input(FUNCTION))
        .unwrap();
    let denied = t.call_as(MEMBER, "balefire", "ScanResource", input(INSTANCE));
    assert!(matches!(denied, Err(Failure::Denied(_))), "{denied:?}");
    // An account that was not known becomes a member of the organization.
    let unknown = FUNCTION.replace(MEMBER, "333333333333");
    t.call("balefire", "ScanResource", input(&unknown)).unwrap();
    let status = t
        .call(
            "inspector2",
            "BatchGetAccountStatus",
            json!({"accountIds": ["333333333333"]}),
        )
        .unwrap();
    assert_eq!(status["accounts"][0]["state"]["status"], "ENABLED");
    // The ARN of a machine image may have no account; it is then the caller's.
    let image = "arn:aws:ec2:eu-central-1::image/ami-01234567";
    t.call_as(MEMBER, "balefire", "ScanResource", input(image))
        .unwrap();
    let own = t
        .call_as(MEMBER, "inspector2", "ListFindings", json!({}))
        .unwrap();
    let accounts: Vec<&Value> = own["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| &f["awsAccountId"])
        .collect();
    assert_eq!(accounts, [MEMBER; 4]);
}

#[test]
fn the_region_is_the_arns_or_else_the_calls() {
    let t = Testing::new();
    load_advisories(&t);
    let elsewhere = INSTANCE.replace("eu-central-1", "us-east-1");
    scan(&t, &elsewhere, sbom(&[("anvil", "1.0")]));
    assert_eq!(
        list(&t, json!({})).unwrap().len(),
        0,
        "lists are of one region"
    );
    scan(
        &t,
        "arn:aws:ec2:::image/ami-01234567",
        sbom(&[("anvil", "1.0")]),
    );
    let listed = list(&t, json!({})).unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["resources"][0]["region"], REGION);
}

#[test]
fn what_is_no_resource_or_no_bill_is_refused() {
    let t = Testing::new();
    let good = || sbom(&[("anvil", "1.0")]);
    let long = "k".repeat(129);
    for (input, path, words) in [
        (
            json!({"ResourceArn": "web-1", "Sbom": good()}),
            "/ResourceArn",
            "Accepted are arn:aws:ec2",
        ),
        (
            json!({"ResourceArn": INSTANCE, "Sbom": {}}),
            "/Sbom",
            "CycloneDX",
        ),
        (
            json!({"ResourceArn": INSTANCE, "Sbom": {"spdxVersion": "SPDX-2.3"}}),
            "/Sbom",
            "this is SPDX",
        ),
        (
            json!({"ResourceArn": INSTANCE, "Sbom": good(), "Tags": {long: "v"}}),
            "/Tags",
            "1 to 128",
        ),
        (
            json!({"ResourceArn": INSTANCE, "Sbom": good(), "Tags": {"k": "v".repeat(257)}}),
            "/Tags",
            "256",
        ),
        (
            json!({"ResourceArn": INSTANCE, "Sbom": good(), "Tags": {"": "v"}}),
            "/Tags",
            "1 to 128",
        ),
    ] {
        let refused = t.call("balefire", "ScanResource", input);
        let Err(Failure::Invalid(violations)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(violations[0].path, path);
        assert!(violations[0].message.contains(words), "{violations:?}");
    }
    let status = t
        .call("inspector2", "BatchGetAccountStatus", json!({}))
        .unwrap();
    assert_eq!(
        status["accounts"][0]["state"]["status"], "DISABLED",
        "nothing was kept"
    );
}

#[test]
fn tags_stay_until_others_are_given() {
    let t = Testing::new();
    load_advisories(&t);
    let tags = |t: &Testing| list(t, json!({})).unwrap()[0]["resources"][0]["tags"].clone();
    let call = |tags: Option<Value>| {
        let mut input = json!({"ResourceArn": INSTANCE, "Sbom": sbom(&[("anvil", "1.0")])});
        if let Some(tags) = tags {
            input["Tags"] = tags;
        }
        t.call("balefire", "ScanResource", input).unwrap();
    };
    call(Some(json!({"team": "shop"})));
    assert_eq!(tags(&t), json!({"team": "shop"}));
    call(None);
    assert_eq!(tags(&t), json!({"team": "shop"}));
    call(Some(json!({})));
    assert_eq!(tags(&t), json!({}));
}

#[test]
fn a_package_whose_version_has_no_place_is_reported() {
    let t = Testing::new();
    load_advisories(&t);
    let answer = scan(&t, INSTANCE, sbom(&[("anvil", "odd-version!")]));
    assert_eq!(counts(&answer), [0; 4]);
    let skipped = answer["Skipped"].as_array().unwrap();
    assert_eq!(skipped.len(), 2);
    assert_eq!(skipped[0]["Name"], "anvil");
    assert!(
        skipped[0]["Reason"]
            .as_str()
            .unwrap()
            .contains("GHSA-0001 is undecided"),
        "{skipped:?}"
    );
}

#[test]
fn a_kept_inventory_is_matched_again_without_a_scan() {
    let t = Testing::new();
    assert_eq!(counts(&scan(&t, IMAGE, sbom(&[("anvil", "1.0")]))), [0; 4]);
    load(
        &t,
        "OSV",
        "first",
        &[advisory("GHSA-0001", &["CVE-2099-0001"], "anvil", "2.0")],
    );
    assert_eq!(list(&t, json!({})).unwrap().len(), 0);
    let again = |account: &'static str| {
        let now_ms = t.now().0;
        let write =
            move |tx: &mut balefire_store::Tx<'_>| rematch(tx, account, REGION, IMAGE, now_ms);
        t.store.write_blocking(account, write).unwrap().unwrap()
    };
    assert_eq!(again(MEMBER), None, "another account has no such resource");
    let first = again(ADMINISTRATOR).unwrap();
    let listed = list(&t, json!({})).unwrap();
    assert_eq!(first.opened, [listed[0]["findingArn"].as_str().unwrap()]);
    let second = again(ADMINISTRATOR).unwrap();
    assert_eq!(
        (second.unchanged, second.opened),
        (first.opened, Vec::new())
    );
}

#[test]
fn go_and_npm_packages_are_found_however_their_purls_spell_them() {
    let t = Testing::new();
    let about = |id: &str, ecosystem: &str, name: &str| {
        let mut row = advisory(id, &[], "x", "9.0.0");
        row["affected"][0]["package"] = json!({"ecosystem": ecosystem, "name": name});
        row
    };
    let rows = [
        about("GO-2099-1", "Go", "stdlib"),
        about("GO-2099-2", "Go", "github.com/Acme/Anvil"),
        about("GHSA-2099-3", "npm", "JSONStream"),
        about("GHSA-2099-4", "npm", "jsonstream"),
    ];
    load(&t, "OSV", "first", &rows);
    // What stores of before lack, the migration brings.
    let migrate = |tx: &mut balefire_store::Tx<'_>| {
        let lower = "DELETE FROM advisory_package WHERE name = 'github.com/acme/anvil'";
        let migration = include_str!("../../../migrations/0032_go_modules_in_lower_case.sql");
        let migration = migration.trim_end().trim_end_matches(';');
        Ok::<_, balefire_store::Error>((tx.execute(lower, &[])?, tx.execute(migration, &[])?))
    };
    let changed = t.store.write_blocking("", migrate);
    assert_eq!(changed.unwrap().unwrap(), (1, 1));
    for (purl, expected) in [
        ("pkg:golang/std@go1.21.2", "GO-2099-1"),
        ("pkg:golang/stdlib@1.21.2", "GO-2099-1"),
        ("pkg:golang/github.com/acme/anvil@v1.0.0", "GO-2099-2"),
        ("pkg:golang/github.com/Acme/Anvil@v1.0.0", "GO-2099-2"),
        ("pkg:npm/JSONStream@1.0.0", "GHSA-2099-3"),
        ("pkg:npm/jsonstream@1.0.0", "GHSA-2099-4"),
    ] {
        let component = json!({"type": "library", "name": "x", "purl": purl});
        let bill =
            json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [component]});
        scan(&t, INSTANCE, bill);
        let active = json!({"filterCriteria": {
            "findingStatus": [{"comparison": "EQUALS", "value": "ACTIVE"}],
        }});
        let found = list(&t, active).unwrap();
        let ids: Vec<&Value> = found
            .iter()
            .map(|finding| &finding["packageVulnerabilityDetails"]["vulnerabilityId"])
            .collect();
        assert_eq!(ids, [expected], "{purl}");
    }
}
