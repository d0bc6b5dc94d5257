//! Filters against one finding, field by field.

use balefire_api::generated::inspector2::{FILTER_CRITERIA, FindingStatus};
use balefire_api::shape::structure;
use balefire_api::{Typed, json as wire};
use serde_json::{Value, json};

use super::*;
use crate::inspector::finding::{Finding, Matched};
use crate::intelligence::severity::Severity as Rated;

fn criteria(value: &Value) -> FilterCriteria {
    let node = wire::read(structure(&FILTER_CRITERIA), value.to_string().as_bytes()).unwrap();
    FilterCriteria::from_node(node).unwrap()
}

fn package(name: &str, version: &str, path: Option<&str>) -> VulnerablePackage {
    VulnerablePackage {
        name: name.into(),
        version: version.into(),
        path: path.map(str::to_owned),
        manager: None,
        fixed_in: (name == "anvil").then(|| "2.0".into()),
    }
}

fn subject() -> Subject {
    let hash = "0".repeat(64);
    let resource = format!("arn:aws:ecr:eu-central-1:111111111111:repository/shop/sha256:{hash}");
    Subject {
        finding: Finding {
            arn: "arn:1".into(),
            account: "111111111111".into(),
            region: "eu-central-1".into(),
            resource_id: resource.clone(),
            resource,
            resource_type: "AWS_ECR_CONTAINER_IMAGE".into(),
            repository: "shop".into(),
            vulnerability: "CVE-2099-0001".into(),
            source: "GITHUB".into(),
            vendor_severity: "MODERATE".into(),
            severity: Rated::High,
            score_tenths: 75,
            status: FindingStatus::Active,
            first_observed_ms: 1_000,
            last_observed_ms: 2_000,
            updated_ms: 3_000,
            closed_ms: 0,
            matched: Matched {
                advisory: "GHSA-1".into(),
                related: vec!["GHSA-1".into(), "PYSEC-1".into()],
                vector: None,
                packages: vec![
                    package("anvil", "1.0", Some("a/b.txt")),
                    package("hammer", "3.0", None),
                ],
            },
        },
        epss: Some(0.5),
        is_exploited: true,
        tags: BTreeMap::from([
            ("team".into(), "shop".into()),
            ("empty".into(), String::new()),
        ]),
    }
}

fn met(criteria_value: Value) -> bool {
    matches(&criteria(&criteria_value), &subject())
}

#[test]
fn texts_are_compared_field_by_field() {
    let digest = format!("sha256:{}", "0".repeat(64));
    let resource = subject().finding.resource;
    for (field, value) in [
        ("awsAccountId", "111111111111"),
        ("cloudImageDigest", &digest),
        ("cloudImageRegistry", "111111111111"),
        ("cloudImageRepositoryName", "shop"),
        ("cloudProvider", "AWS"),
        ("cloudProviderAccountId", "111111111111"),
        ("cloudProviderRegion", "eu-central-1"),
        ("ecrImageHash", &digest),
        ("ecrImageRegistry", "111111111111"),
        ("ecrImageRepositoryName", "shop"),
        ("exploitAvailable", "YES"),
        ("findingArn", "arn:1"),
        ("findingStatus", "ACTIVE"),
        ("findingType", "PACKAGE_VULNERABILITY"),
        ("fixAvailable", "PARTIAL"),
        ("relatedVulnerabilities", "PYSEC-1"),
        ("resourceId", &resource),
        ("resourceType", "AWS_ECR_CONTAINER_IMAGE"),
        ("severity", "HIGH"),
        ("title", "CVE-2099-0001 - anvil, hammer"),
        ("vendorSeverity", "MODERATE"),
        ("vulnerabilityId", "CVE-2099-0001"),
        ("vulnerabilitySource", "GITHUB"),
    ] {
        let of = |comparison: &str, value: &str| {
            met(json!({field: [{"comparison": comparison, "value": value}]}))
        };
        let half = &value[..value.len() / 2];
        assert!(
            of("EQUALS", value) && of("PREFIX", value) && of("PREFIX", half),
            "{field}"
        );
        assert!(
            !of("NOT_EQUALS", value) && of("NOT_EQUALS", half),
            "{field}"
        );
        assert!(
            !of("EQUALS", half) && !of("PREFIX", &format!("-{value}")),
            "{field}"
        );
        assert!(
            !of("EQUALS", &value.to_lowercase()) || value == value.to_lowercase(),
            "{field}: case counts"
        );
    }
}

/// A field that the evaluator forgets would meet its positive filter here.
#[test]
fn every_field_of_the_model_is_asked() {
    for member in structure(&FILTER_CRITERIA).members {
        let impossible = [
            json!([{"comparison": "EQUALS", "value": "nobody has this"}]),
            json!([{"lowerInclusive": 1e9, "upperInclusive": 1e9}]),
            json!([{"startInclusive": 4e9}]),
            json!([{"comparison": "EQUALS", "key": "nobody has this"}]),
            json!([{"beginInclusive": 1, "endInclusive": 2}]),
            json!([{"name": {"comparison": "EQUALS", "value": "nobody has this"}}]),
        ];
        let readable: Vec<Value> = impossible
            .into_iter()
            .filter(|filter| {
                let value = json!({member.name: filter}).to_string();
                wire::read(structure(&FILTER_CRITERIA), value.as_bytes()).is_ok_and(|node| {
                    balefire_api::check::check(structure(&FILTER_CRITERIA), &node).is_empty()
                        && is_given(node, member.name)
                })
            })
            .collect();
        assert!(!readable.is_empty(), "{}", member.name);
        assert!(
            readable
                .iter()
                .any(|filter| !met(json!({member.name: filter}))),
            "{} is not asked: {readable:?}",
            member.name
        );
    }
}

/// Unknown members are ignored on the wire; this one must have arrived.
fn is_given(node: balefire_api::Node, name: &str) -> bool {
    let place = structure(&FILTER_CRITERIA).place(name).unwrap();
    node.into_slots().unwrap().nth(place).unwrap().is_some()
}

#[test]
fn a_field_without_value_meets_negative_filters_only() {
    for field in [
        "ec2InstanceVpcId",
        "lambdaFunctionName",
        "networkProtocol",
        "ecrImageTags",
        "componentType",
    ] {
        for (comparison, expected) in [("EQUALS", false), ("PREFIX", false), ("NOT_EQUALS", true)] {
            let filter = json!({field: [{"comparison": comparison, "value": "x"}]});
            assert_eq!(met(filter), expected, "{field} {comparison}");
        }
    }
    assert!(!met(json!({"ecrImagePushedAt": [{"startInclusive": 0}]})));
    assert!(!met(json!({"ecrImageInUseCount": [{"lowerInclusive": 0}]})));
    assert!(!met(
        json!({"portRange": [{"beginInclusive": 0, "endInclusive": 65535}]})
    ));
}

#[test]
fn one_key_is_a_choice_and_keys_are_joined() {
    let filter = |comparison: &str, value: &str| json!({"comparison": comparison, "value": value});
    let yes = filter("EQUALS", "HIGH");
    let no = filter("EQUALS", "LOW");
    let not_low = filter("NOT_EQUALS", "LOW");
    let not_high = filter("NOT_EQUALS", "HIGH");
    for (severity, expected) in [
        (json!([yes, no]), true),
        (json!([no]), false),
        (json!([filter("PREFIX", "HI"), no]), true),
        (json!([not_low, not_high]), false),
        (json!([not_low, filter("NOT_EQUALS", "MEDIUM")]), true),
        (json!([yes, not_low]), true),
        (json!([no, not_low]), false),
        (json!([yes, not_high]), false),
    ] {
        assert_eq!(met(json!({"severity": severity})), expected, "{severity}");
    }
    assert!(met(
        json!({"severity": [yes], "findingStatus": [filter("EQUALS", "ACTIVE")]})
    ));
    assert!(!met(
        json!({"severity": [yes], "findingStatus": [filter("EQUALS", "CLOSED")]})
    ));
    assert!(
        !met(json!({"relatedVulnerabilities": [filter("NOT_EQUALS", "GHSA-1")]})),
        "none may equal it"
    );
    assert!(met(json!({})));
}

#[test]
fn numbers_and_dates_include_both_ends() {
    for (lower, upper, expected) in [
        (Some(7.5), Some(7.5), true),
        (Some(7.5), None, true),
        (None, Some(7.5), true),
        (None, None, true),
        (Some(7.6), None, false),
        (None, Some(7.4), false),
    ] {
        let mut filter = json!({});
        if let Some(lower) = lower {
            filter["lowerInclusive"] = json!(lower);
        }
        if let Some(upper) = upper {
            filter["upperInclusive"] = json!(upper);
        }
        assert_eq!(
            met(json!({"inspectorScore": [filter]})),
            expected,
            "{filter}"
        );
        assert!(
            met(json!({"inspectorScore": [filter, {"lowerInclusive": 0}]})),
            "one of them is enough"
        );
    }
    for (field, seconds) in [
        ("firstObservedAt", 1.0),
        ("lastObservedAt", 2.0),
        ("updatedAt", 3.0),
    ] {
        let of = |filter: Value| met(json!({field: [filter]}));
        assert!(
            of(json!({"startInclusive": seconds, "endInclusive": seconds})),
            "{field}"
        );
        assert!(
            of(json!({"startInclusive": seconds})) && of(json!({"endInclusive": seconds})),
            "{field}"
        );
        assert!(!of(json!({"startInclusive": seconds + 0.001})), "{field}");
        assert!(!of(json!({"endInclusive": seconds - 0.001})), "{field}");
    }
    assert!(met(
        json!({"epssScore": [{"lowerInclusive": 0.5, "upperInclusive": 0.5}]})
    ));
    assert!(!met(json!({"epssScore": [{"lowerInclusive": 0.51}]})));
}

#[test]
fn tags_are_met_by_key_and_value() {
    for (key, value, expected) in [
        ("team", None, true),
        ("team", Some("shop"), true),
        ("team", Some("other"), false),
        ("Team", None, false),
        ("empty", None, true),
        ("empty", Some(""), true),
    ] {
        let mut filter = json!({"comparison": "EQUALS", "key": key});
        if let Some(value) = value {
            filter["value"] = json!(value);
        }
        assert_eq!(met(json!({"resourceTags": [filter]})), expected, "{filter}");
    }
}

#[test]
fn a_package_filter_is_met_by_one_package_alone() {
    let is = |text: &str| json!({"comparison": "EQUALS", "value": text});
    let is_not = |text: &str| json!({"comparison": "NOT_EQUALS", "value": text});
    for (filter, expected) in [
        (json!({"name": is("anvil")}), true),
        (json!({"name": is("anvil"), "version": is("1.0")}), true),
        (json!({"name": is("anvil"), "version": is("3.0")}), false),
        (
            json!({"name": is("hammer"), "version": is_not("1.0")}),
            true,
        ),
        (
            json!({"filePath": {"comparison": "PREFIX", "value": "a/"}}),
            true,
        ),
        (
            json!({"name": is("hammer"), "filePath": is("a/b.txt")}),
            false,
        ),
        (json!({"architecture": is("X86_64")}), false),
        (json!({"name": is("anvil"), "release": is_not("1")}), true),
        (json!({"epoch": {"lowerInclusive": 0}}), false),
        (json!({}), true),
    ] {
        assert_eq!(
            met(json!({"vulnerablePackages": [filter]})),
            expected,
            "{filter}"
        );
    }
    assert!(met(
        json!({"vulnerablePackages": [{"name": is("nothing")}, {"name": is("hammer")}]})
    ));
}
