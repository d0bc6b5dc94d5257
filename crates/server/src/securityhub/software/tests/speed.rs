//! How long a large inventory takes to answer; run by hand, in release.

use std::time::Instant;

use super::*;

const RESOURCES: usize = 1000;
const PACKAGES: usize = 100;

#[test]
#[ignore = "prints times that only a release build on a quiet machine shows"]
fn times() {
    let t = enabled();
    let names: Vec<String> = (0..PACKAGES)
        .map(|number| format!("package-{number}"))
        .collect();
    let packages: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1.0")).collect();
    let start = Instant::now();
    for first in (0..RESOURCES).step_by(100) {
        let resource = |number: usize| format!("arn:aws:ec2:eu-central-1:1:instance/i-{number}");
        let documents = (first..first + 100)
            .map(|number| vulnerable(&format!("f{number}"), &packages, &[&resource(number)]));
        import(&t, &documents.collect::<Vec<_>>());
    }
    println!("imported: {:?}", start.elapsed());
    let named = filters(&[(
        "ResourceId",
        "PREFIX",
        "arn:aws:ec2:eu-central-1:1:instance/i-1",
    )]);
    for (operation, input) in [
        ("GetSoftwareV2", json!({})),
        ("GetSoftwareV2", json!({"Filters": named})),
        (
            "GetSoftwareResourcesV2",
            json!({"PackageName": "package-7", "PackageType": "library"}),
        ),
        (
            "GetSoftwareStatisticsV2",
            json!({"GroupByRules": [{"GroupByField": "PackageName"}]}),
        ),
    ] {
        let start = Instant::now();
        t.call(HUB, operation, input).unwrap();
        println!("{operation}: {:?}", start.elapsed());
    }
}
