//! `ListFindings`: orders, pages, filters that the store applies, and who sees what.

use balefire_api::generated::inspector2::SortField;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::inspector::fixture::{FUNCTION, IMAGE, INSTANCE, list, sbom, scan};
use crate::intelligence::feed_store::fixture::{advisory, epss, kev, load};
use crate::testing::{ADMINISTRATOR, MEMBER, Testing};

const VECTORS: [&str; 4] = [
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N",
    "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:L",
];

/// 20 vulnerabilities of four severities in three resources of two accounts, scanned at two times.
fn filled() -> Testing {
    let t = Testing::new();
    let rows: Vec<Value> = (0..20)
        .map(|n| {
            let mut row = advisory(
                &format!("GHSA-{n:04}"),
                &[&format!("CVE-2099-{n:04}")],
                "anvil",
                "2.0",
            );
            row["severity"][0]["score"] = json!(VECTORS[n % 4]);
            row
        })
        .collect();
    load(&t, "OSV", "a", &rows);
    let scores: Vec<Value> = (0..10)
        .map(|n| epss(&format!("CVE-2099-{n:04}"), 0.9 - n as f64 / 100.0))
        .collect();
    load(&t, "EPSS", "a", &scores);
    load(
        &t,
        "KEV",
        "a",
        &[kev("CVE-2099-0003"), kev("CVE-2099-0017")],
    );
    scan(&t, INSTANCE, sbom(&[("anvil", "1.0")]));
    t.advance_ms(60_000);
    scan(&t, IMAGE, sbom(&[("anvil", "1.0")]));
    scan(&t, FUNCTION, sbom(&[("anvil", "1.0")]));
    t
}

/// All pages of a list.
fn all(t: &Testing, caller: &str, mut input: Value) -> Vec<Value> {
    let mut findings = Vec::new();
    for _ in 0..100 {
        let answer = t
            .call_as(caller, "inspector2", "ListFindings", input.clone())
            .unwrap();
        let page = answer["findings"].as_array().unwrap();
        assert!(page.len() <= 25);
        findings.extend(page.iter().cloned());
        let Some(token) = answer.get("nextToken") else {
            return findings;
        };
        assert!(!page.is_empty(), "a token follows a row");
        input["nextToken"] = token.clone();
    }
    panic!("the list has no end");
}

fn arns(findings: &[Value]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding["findingArn"].as_str().unwrap())
        .collect()
}

#[test]
fn pages_hold_at_most_twenty_five_and_follow_each_other() {
    let t = filled();
    for max in [None, Some(100), Some(25), Some(7), Some(1)] {
        let mut input = json!({});
        if let Some(max) = max {
            input["maxResults"] = json!(max);
        }
        let first = list(&t, input.clone()).unwrap();
        assert_eq!(first.len(), max.unwrap_or(25).min(25));
        let findings = all(&t, ADMINISTRATOR, input);
        let mut distinct = arns(&findings);
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!((findings.len(), distinct.len()), (60, 60), "{max:?}");
    }
}

#[test]
fn what_is_no_number_is_refused() {
    let t = filled();
    for (criteria, path) in [
        (
            json!({"epssScore": [{"lowerInclusive": 0.1}, {"upperInclusive": "NaN"}]}),
            "/filterCriteria/epssScore/1",
        ),
        (
            json!({"inspectorScore": [{"lowerInclusive": "NaN"}]}),
            "/filterCriteria/inspectorScore/0",
        ),
        (
            json!({"ecrImageInUseCount": [{"lowerInclusive": "NaN"}]}),
            "/filterCriteria/ecrImageInUseCount/0",
        ),
        (
            json!({"vulnerablePackages": [{"epoch": {"lowerInclusive": "NaN"}}]}),
            "/filterCriteria/vulnerablePackages/0/epoch",
        ),
    ] {
        match list(&t, json!({"filterCriteria": criteria})) {
            Err(Failure::Invalid(violations)) => assert_eq!(violations[0].path, path),
            other => panic!("{path}: {other:?}"),
        }
    }
    let infinite = json!({"inspectorScore": [{"upperInclusive": "Infinity"}]});
    assert_eq!(
        list(&t, json!({"filterCriteria": infinite})).unwrap().len(),
        25
    );
}

#[test]
fn a_token_is_of_one_list() {
    let t = filled();
    let answer = t
        .call("inspector2", "ListFindings", json!({"maxResults": 5}))
        .unwrap();
    let token = &answer["nextToken"];
    t.call(
        "inspector2",
        "ListFindings",
        json!({"maxResults": 9, "nextToken": token}),
    )
    .unwrap();
    let sorted =
        json!({"nextToken": token, "sortCriteria": {"field": "SEVERITY", "sortOrder": "ASC"}});
    for (caller, input) in [
        (ADMINISTRATOR, sorted),
        (MEMBER, json!({"nextToken": token})),
    ] {
        let refused = t.call_as(caller, "inspector2", "ListFindings", input);
        assert!(matches!(refused, Err(Failure::Invalid(_))), "{refused:?}");
    }
}

#[test]
fn every_order_is_whole_and_its_reverse_is_the_other_way_round() {
    let t = filled();
    for field in SortField::VALUES {
        let sorted = |order: &str| {
            all(
                &t,
                ADMINISTRATOR,
                json!({"maxResults": 11, "sortCriteria": {"field": field, "sortOrder": order}}),
            )
        };
        let (up, down) = (sorted("ASC"), sorted("DESC"));
        assert_eq!(up.len(), 60, "{field}");
        assert_eq!(
            arns(&up).into_iter().rev().collect::<Vec<_>>(),
            arns(&down),
            "{field}"
        );
    }
}

#[test]
fn orders_are_those_of_their_fields() {
    let t = filled();
    let rank = |finding: &Value| {
        let ranks = [
            "UNTRIAGED",
            "INFORMATIONAL",
            "LOW",
            "MEDIUM",
            "HIGH",
            "CRITICAL",
        ];
        ranks
            .iter()
            .position(|rank| finding["severity"] == **rank)
            .unwrap() as f64
    };
    let key = |field: &str, finding: &Value| -> (f64, String) {
        let text = |value: &Value| (0.0, value.as_str().unwrap_or_default().to_owned());
        let details = &finding["packageVulnerabilityDetails"];
        match field {
            "SEVERITY" => (rank(finding), String::new()),
            "EPSS_SCORE" => (
                finding["epss"]["score"].as_f64().unwrap_or(-1.0),
                String::new(),
            ),
            "INSPECTOR_SCORE" => (finding["inspectorScore"].as_f64().unwrap(), String::new()),
            "FIRST_OBSERVED_AT" => (finding["firstObservedAt"].as_f64().unwrap(), String::new()),
            "AWS_ACCOUNT_ID" => text(&finding["awsAccountId"]),
            "RESOURCE_TYPE" => text(&finding["resources"][0]["type"]),
            "VULNERABILITY_ID" => text(&details["vulnerabilityId"]),
            "ECR_IMAGE_REPOSITORY_NAME" => {
                text(&finding["resources"][0]["details"]["awsEcrContainerImage"]["repositoryName"])
            }
            "ECR_IMAGE_REGISTRY" => {
                text(&finding["resources"][0]["details"]["awsEcrContainerImage"]["registry"])
            }
            other => panic!("{other}"),
        }
    };
    for field in [
        "SEVERITY",
        "EPSS_SCORE",
        "INSPECTOR_SCORE",
        "FIRST_OBSERVED_AT",
        "AWS_ACCOUNT_ID",
        "RESOURCE_TYPE",
        "VULNERABILITY_ID",
        "ECR_IMAGE_REPOSITORY_NAME",
        "ECR_IMAGE_REGISTRY",
    ] {
        let findings = all(
            &t,
            ADMINISTRATOR,
            json!({"sortCriteria": {"field": field, "sortOrder": "ASC"}}),
        );
        let keys: Vec<_> = findings
            .iter()
            .map(|finding| (key(field, finding), finding["findingArn"].as_str().unwrap()))
            .collect();
        assert!(
            keys.windows(2).all(|pair| pair[0] <= pair[1]),
            "{field}: {keys:?}"
        );
    }
    // Without criteria the most severe come first.
    let findings = all(&t, ADMINISTRATOR, json!({}));
    let ranks: Vec<f64> = findings.iter().map(rank).collect();
    assert!(
        ranks.windows(2).all(|pair| pair[0] >= pair[1]) && ranks[0] > ranks[59],
        "{ranks:?}"
    );
}

#[test]
fn what_the_store_filters_is_what_the_evaluator_would() {
    let t = filled();
    let one = &list(&t, json!({})).unwrap()[0];
    for (key, values, expected) in [
        ("severity", vec!["HIGH"], 15),
        ("severity", vec!["LOW", "CRITICAL"], 30),
        ("severity", vec!["high"], 0),
        ("severity", vec!["HIGH", "nothing"], 15),
        ("awsAccountId", vec![MEMBER], 20),
        ("awsAccountId", vec!["999999999999"], 0),
        ("resourceId", vec!["i-0123456789abcdef0", IMAGE], 40),
        ("vulnerabilityId", vec!["CVE-2099-0007"], 3),
        ("findingStatus", vec!["ACTIVE"], 60),
        ("findingStatus", vec!["CLOSED", "SUPPRESSED"], 0),
        ("findingArn", vec![one["findingArn"].as_str().unwrap()], 1),
    ] {
        let mut filters: Vec<Value> = values
            .iter()
            .map(|value| json!({"comparison": "EQUALS", "value": value}))
            .collect();
        let pushed = all(&t, ADMINISTRATOR, json!({"filterCriteria": {key: filters}}));
        // One prefix among the values leaves all of them to the evaluator.
        filters.push(json!({"comparison": "PREFIX", "value": "no such text"}));
        let evaluated = all(&t, ADMINISTRATOR, json!({"filterCriteria": {key: filters}}));
        assert_eq!(
            (pushed.len(), &pushed),
            (expected, &evaluated),
            "{key} {values:?}"
        );
    }
}

#[test]
fn filters_that_few_meet_read_on_until_the_page_is_full() {
    let t = filled();
    let filter = |key: &str, filters: Value| {
        all(
            &t,
            ADMINISTRATOR,
            json!({"maxResults": 2, "filterCriteria": {key: filters}}),
        )
    };
    let text = |comparison: &str, value: &str| json!([{"comparison": comparison, "value": value}]);
    assert_eq!(filter("exploitAvailable", text("EQUALS", "YES")).len(), 6);
    assert_eq!(
        filter("exploitAvailable", text("NOT_EQUALS", "YES")).len(),
        54
    );
    assert_eq!(
        filter("epssScore", json!([{"lowerInclusive": 0.855}])).len(),
        15
    );
    assert_eq!(
        filter("epssScore", json!([{"upperInclusive": 1.0}])).len(),
        30,
        "only those with a score"
    );
    assert_eq!(
        filter("vulnerabilityId", text("PREFIX", "CVE-2099-001")).len(),
        30
    );
    assert_eq!(
        filter("ecrImageRepositoryName", text("EQUALS", "team/shop")).len(),
        20
    );
    assert_eq!(
        filter("lambdaFunctionName", text("NOT_EQUALS", "pay")).len(),
        40
    );
    assert_eq!(
        filter("title", text("PREFIX", "CVE-2099-0005 - anv")).len(),
        3
    );
    let first = t.now().0 as f64 / 1000.0 - 60.0;
    assert_eq!(
        filter("firstObservedAt", json!([{"endInclusive": first}])).len(),
        20
    );
    assert_eq!(
        filter(
            "firstObservedAt",
            json!([{"startInclusive": first + 0.001}])
        )
        .len(),
        40
    );
    let both = json!({"filterCriteria": {
        "severity": text("EQUALS", "CRITICAL"), "exploitAvailable": text("EQUALS", "YES"),
    }});
    assert_eq!(all(&t, ADMINISTRATOR, both).len(), 0);
}

#[test]
fn members_see_their_own_findings_and_the_administrator_all() {
    let t = filled();
    let own = all(&t, MEMBER, json!({}));
    assert_eq!(own.len(), 20);
    assert!(own.iter().all(|finding| finding["awsAccountId"] == MEMBER));
    let other = json!({"awsAccountId": [{"comparison": "EQUALS", "value": ADMINISTRATOR}]});
    assert_eq!(all(&t, MEMBER, json!({"filterCriteria": other})).len(), 0);
    assert_eq!(all(&t, ADMINISTRATOR, json!({})).len(), 60);
}
