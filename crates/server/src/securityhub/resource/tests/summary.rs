//! What is told of the findings of a resource.

use super::*;
use crate::securityhub::finding::tests::update;

/// Severities that are not zero, of each class and product.
fn told(t: &Testing, id: &str) -> Value {
    let shown = resource(t, id);
    let summaries = shown["FindingsSummary"].as_array().unwrap().iter();
    let told = summaries.map(|one| {
        let severities = one["Severities"].as_object().unwrap().iter();
        let some: serde_json::Map<String, Value> = severities
            .filter(|(_, count)| **count != json!(0))
            .map(|(name, count)| (name.clone(), count.clone()))
            .collect();
        json!([
            one["FindingType"],
            one["ProductName"],
            one["TotalFindings"],
            some
        ])
    });
    told.collect()
}

fn graded(finding_uid: &str, severity_id: i64, more: Value) -> Value {
    let mut document = about(finding_uid, json!([bucket()]));
    document["severity_id"] = json!(severity_id);
    document.as_object_mut().unwrap().remove("severity");
    for (name, value) in more.as_object().unwrap() {
        document[name] = value.clone();
    }
    document
}

#[test]
fn findings_are_counted_by_class_product_and_severity() {
    let t = enabled();
    let other = json!({
        "class_uid": 2002, "class_name": "Vulnerability Finding", "type_uid": 200_201,
        "vulnerabilities": [{"cve": {"uid": "CVE-2099-1"}}],
        "metadata": {"product": {"uid": "p", "name": "Prober"}},
    });
    let mut nameless = other.clone();
    nameless["metadata"] = json!({"product": {"uid": "n"}});
    import(
        &t,
        &[
            graded("a", 5, json!({})),
            graded("b", 5, json!({})),
            graded("c", 99, json!({})),
            graded("d", 0, other),
            graded("e", 6, nameless),
            about("f", json!([{"uid": QUEUE}, bucket()])),
        ],
    );
    let expected = json!([
        ["Detection Finding", "Scanner", 4, {"Critical": 2, "Medium": 1, "Other": 1}],
        ["Vulnerability Finding", "Prober", 1, {"Unknown": 1}],
        ["Vulnerability Finding", "Unknown", 1, {"Fatal": 1}],
    ]);
    assert_eq!(told(&t, BUCKET), expected);
    let of_queue = json!([["Detection Finding", "Scanner", 1, {"Medium": 1}]]);
    assert_eq!(told(&t, QUEUE), of_queue);
}

#[test]
fn what_is_done_with_is_not_counted_and_what_customers_set_counts() {
    let t = enabled();
    import(
        &t,
        &[
            graded("open", 3, json!({})),
            graded("resolved", 3, json!({"status_id": 4, "status": "Resolved"})),
            graded("closed", 3, json!({"activity_id": 3, "type_uid": 200_403})),
            graded(
                "passed",
                3,
                json!({"compliance": {"status_id": 1, "status": "Pass"}}),
            ),
        ],
    );
    assert_eq!(told(&t, BUCKET)[0][2], 1);
    update(&t, "open", json!({"SeverityId": 5}));
    assert_eq!(told(&t, BUCKET)[0][3], json!({"Critical": 1}));
    for status in [3, 4, 5] {
        update(&t, "open", json!({"StatusId": status}));
        assert_eq!(told(&t, BUCKET), json!([]), "{status}");
        update(&t, "open", json!({"StatusId": 2}));
        assert_eq!(told(&t, BUCKET)[0][2], 1, "{status}");
    }
}
