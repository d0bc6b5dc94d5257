//! How long questions about many resources take; run by hand, in release.

use std::time::Instant;

use super::*;

const RESOURCES: usize = 100_000;
/// Named by one finding.
const EACH: usize = 20;

#[test]
#[ignore = "prints times that only a release build on a quiet machine shows"]
fn times() {
    let t = enabled();
    let resource = |number: usize| {
        let r#type = ["AWS::S3::Bucket", "AWS::EC2::Instance", "AWS::IAM::Role"][number % 3];
        json!({
            "uid": format!("arn:aws:thing:::{number}"), "name": format!("thing {number}"), "type": r#type,
            "tags": [{"name": "team", "value": format!("team {}", number % 50)}],
        })
    };
    let document = |finding: usize| {
        let resources: Vec<Value> = (finding * EACH..(finding + 1) * EACH)
            .map(resource)
            .collect();
        let mut document = about(&finding.to_string(), resources.into());
        document["severity_id"] = json!(finding % 7);
        document.as_object_mut().unwrap().remove("severity");
        document
    };
    let documents: Vec<Value> = (0..RESOURCES / EACH).map(document).collect();
    let timed = |what: &str, ask: &dyn Fn()| {
        let start = Instant::now();
        ask();
        println!("{what}: {:.3} s", start.elapsed().as_secs_f64());
    };
    timed("taken", &|| {
        documents
            .chunks(100)
            .for_each(|batch| drop(import(&t, batch)))
    });
    timed("unchanged", &|| {
        documents
            .chunks(100)
            .for_each(|batch| drop(import(&t, batch)))
    });
    timed("read", &|| drop(get(&t, json!({}))));
    timed("listed", &|| drop(get(&t, json!({}))));
    let buckets = text("ResourceType", "EQUALS", "AWS::S3::Bucket");
    timed("filtered", &|| drop(get(&t, json!({"Filters": buckets}))));
    let worst = json!([{"Field": "FindingsSummary.Severities.Fatal", "SortOrder": "desc"}]);
    timed("worst first", &|| {
        drop(get(&t, json!({"SortCriteria": worst})))
    });
    for field in ["ResourceType", "FindingsSummary.FindingType"] {
        let rules = json!({"GroupByRules": [{"GroupByField": field}]});
        timed(field, &|| {
            call_as(&t, ADMINISTRATOR, "GetResourcesStatisticsV2", rules.clone()).unwrap();
        });
    }
}
