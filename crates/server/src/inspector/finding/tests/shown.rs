//! What a finding shows, member for member.

use serde_json::{Value, json};

use crate::inspector::finding::arn;
use crate::inspector::fixture::{
    FUNCTION, IMAGE, INSTANCE, found_in, list, load_advisories, sbom, scan,
};
use crate::intelligence::feed_store::fixture::{epss, kev, load};
use crate::testing::{ADMINISTRATOR, REGION, Testing};

const VECTOR: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";

#[test]
fn a_finding_joins_its_match_with_what_the_feeds_say() {
    let t = Testing::new();
    load_advisories(&t);
    load(&t, "KEV", "a", &[kev("CVE-2099-0001")]);
    load(&t, "EPSS", "a", &[epss("CVE-2099-0001", 0.01234)]);
    scan(&t, INSTANCE, sbom(&[("anvil", "1.0")]));
    let filter = json!([{"comparison": "EQUALS", "value": "CVE-2099-0001"}]);
    let listed = list(&t, json!({"filterCriteria": {"vulnerabilityId": filter}}));
    let listed = listed.unwrap();
    let now = t.now().0 / 1000;
    let day = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
    let expected = json!({
        "awsAccountId": ADMINISTRATOR,
        "description": "anvil drops.",
        "epss": {"score": 0.01234},
        "exploitAvailable": "YES",
        "exploitabilityDetails": {"lastKnownExploitAt": day("2099-01-02T00:00:00Z")},
        "findingArn": arn("aws", ADMINISTRATOR, REGION, INSTANCE, "CVE-2099-0001", None),
        "firstObservedAt": now,
        "fixAvailable": "YES",
        "inspectorScore": 9.8,
        "inspectorScoreDetails": {"adjustedCvss": {
            "adjustments": [], "cvssSource": "GITHUB", "score": 9.8, "scoreSource": "GITHUB",
            "scoringVector": VECTOR, "version": "3.1",
        }},
        "lastObservedAt": now,
        "packageVulnerabilityDetails": {
            "cvss": [{"baseScore": 9.8, "scoringVector": VECTOR, "source": "GITHUB", "version": "3.1"}],
            "referenceUrls": ["https://acme.example/GHSA-0001"],
            "relatedVulnerabilities": ["GHSA-0001"],
            "source": "GITHUB",
            "sourceUrl": "https://github.com/advisories/GHSA-0001",
            "vendorCreatedAt": day("2097-01-01T00:00:00Z"),
            "vendorSeverity": "HIGH",
            "vendorUpdatedAt": day("2098-01-01T00:00:00Z"),
            "vulnerabilityId": "CVE-2099-0001",
            "vulnerablePackages": [{
                "fixedInVersion": "2.0", "name": "anvil", "packageManager": "PIP",
                "remediation": "Update anvil to 2.0.", "version": "1.0",
            }],
        },
        "remediation": {"recommendation": {"text": "Update anvil 1.0 to 2.0."}},
        "resources": [{
            "details": {"awsEc2Instance": {}, "vm": {}}, "id": "i-0123456789abcdef0", "partition": "aws",
            "provider": "AWS", "providerAccountId": ADMINISTRATOR, "region": REGION, "tags": {},
            "type": "AWS_EC2_INSTANCE",
        }],
        "severity": "CRITICAL",
        "status": "ACTIVE",
        "title": "CVE-2099-0001 - anvil",
        "type": "PACKAGE_VULNERABILITY",
        "updatedAt": now,
    });
    assert_eq!(listed, [expected]);
}

#[test]
fn all_packages_of_one_vulnerability_are_one_finding() {
    let t = Testing::new();
    load_advisories(&t);
    let mut bill = sbom(&[
        ("anvil", "1.0"),
        ("anvil", "2.5"),
        ("hammer", "1.0"),
        ("anvil", "1.0"),
    ]);
    found_in(&mut bill["components"][3], "b/requirements.txt");
    scan(&t, IMAGE, bill);
    let listed = list(
        &t,
        json!({"sortCriteria": {"field": "VULNERABILITY_ID", "sortOrder": "ASC"}}),
    )
    .unwrap();
    let packages = |finding: &Value| -> Vec<(String, Value)> {
        let list = finding["packageVulnerabilityDetails"]["vulnerablePackages"]
            .as_array()
            .unwrap();
        list.iter()
            .map(|p| {
                (
                    p["version"].as_str().unwrap().to_owned(),
                    p["filePath"].clone(),
                )
            })
            .collect()
    };
    assert_eq!(listed.len(), 3);
    assert_eq!(
        packages(&listed[0]),
        [
            ("1.0".into(), Value::Null),
            ("1.0".into(), json!("b/requirements.txt"))
        ]
    );
    assert_eq!(packages(&listed[1]).len(), 3);
    assert_eq!(listed[1]["title"], "CVE-2099-0002 - anvil");
    let text = &listed[1]["remediation"]["recommendation"]["text"];
    assert_eq!(text, "Update anvil 1.0 to 3.0, anvil 2.5 to 3.0.");
    // Without a score the database's word rates, and without a fixed version there is no advice.
    assert_eq!(
        (&listed[2]["severity"], &listed[2]["fixAvailable"]),
        (&json!("MEDIUM"), &json!("NO"))
    );
    assert_eq!(listed[2].get("inspectorScore"), None);
    assert_eq!(
        listed[2]["remediation"]["recommendation"]["text"],
        "None Provided"
    );
    assert_eq!(listed[2]["packageVulnerabilityDetails"]["source"], "PYPA");
    assert_eq!(listed[2]["packageVulnerabilityDetails"]["cvss"], json!([]));
    assert_eq!(
        (&listed[2]["exploitAvailable"], listed[2].get("epss")),
        (&json!("NO"), None)
    );
}

#[test]
fn each_kind_of_resource_shows_what_its_arn_tells() {
    let t = Testing::new();
    load_advisories(&t);
    let digest = IMAGE.rsplit('/').next().unwrap();
    let ami = "arn:aws:ec2:eu-central-1:111111111111:image/ami-01234567";
    for (arn, resource_type, details) in [
        (
            IMAGE,
            "AWS_ECR_CONTAINER_IMAGE",
            json!({
                "awsEcrContainerImage": {
                    "imageHash": digest, "registry": ADMINISTRATOR, "repositoryName": "team/shop",
                },
                "image": {
                    "imageDigest": digest, "registry": ADMINISTRATOR, "repositoryName": "team/shop",
                },
            }),
        ),
        (
            FUNCTION,
            "AWS_LAMBDA_FUNCTION",
            json!({"serverlessFunction": {"serverlessFunctionName": "pay"}}),
        ),
        (
            ami,
            "MACHINE_IMAGE",
            json!({"machineImage": {"machineImageId": "ami-01234567"}}),
        ),
    ] {
        scan(&t, arn, sbom(&[("hammer", "1.0")]));
        let filter = json!({"resourceType": [{"comparison": "EQUALS", "value": resource_type}]});
        let listed = list(&t, json!({"filterCriteria": filter})).unwrap();
        assert_eq!(listed.len(), 1, "{arn}");
        assert_eq!(listed[0]["resources"][0]["details"], details);
    }
}

#[test]
fn a_refreshed_feed_is_shown_without_a_scan_and_rewrites_no_finding() {
    let t = Testing::new();
    load_advisories(&t);
    scan(&t, INSTANCE, sbom(&[("hammer", "1.0")]));
    let versions = |t: &Testing| {
        let read = t
            .store
            .read_blocking(|tx| tx.query("SELECT version FROM inspector_finding", &[]));
        read.unwrap()
            .unwrap()
            .iter()
            .map(|row| row.int(0).unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(list(&t, json!({})).unwrap()[0]["exploitAvailable"], "NO");
    load(&t, "KEV", "a", &[kev("CVE-2099-0003")]);
    load(&t, "EPSS", "a", &[epss("CVE-2099-0003", 0.5)]);
    let listed = list(&t, json!({})).unwrap();
    assert_eq!(
        (&listed[0]["exploitAvailable"], &listed[0]["epss"]["score"]),
        (&json!("YES"), &json!(0.5))
    );
    load(&t, "EPSS", "b", &[epss("CVE-2099-0003", 0.75)]);
    assert_eq!(list(&t, json!({})).unwrap()[0]["epss"]["score"], 0.75);
    assert_eq!(versions(&t), [1]);
}

#[test]
fn texts_are_cut_to_what_the_model_allows() {
    let t = Testing::new();
    let mut long = crate::intelligence::feed_store::fixture::advisory(
        "GHSA-0009",
        &[],
        &"n".repeat(1024),
        "2",
    );
    long["details"] = json!("ä".repeat(2000));
    load(&t, "OSV", "a", &[long]);
    scan(&t, INSTANCE, sbom(&[(&"n".repeat(1024), "1")]));
    // The call itself checks the output against the model.
    let listed = list(&t, json!({})).unwrap();
    assert_eq!(
        listed[0]["description"].as_str().unwrap().chars().count(),
        1024
    );
    assert!(listed[0]["title"].as_str().unwrap().ends_with('…'));
}
