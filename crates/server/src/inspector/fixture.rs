//! Invented resources, bills and feeds for the tests of this room.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::inspector::sbom::GENERATOR;
use crate::intelligence::feed_store::fixture::{advisory, load};
use crate::testing::Testing;

/// An instance of the administrator's account.
pub(crate) const INSTANCE: &str =
    "arn:aws:ec2:eu-central-1:111111111111:instance/i-0123456789abcdef0";
/// A function of the member's account.
pub(crate) const FUNCTION: &str = "arn:aws:lambda:eu-central-1:222222222222:function:pay";
/// An image of the administrator's account.
pub(crate) const IMAGE: &str = "arn:aws:ecr:eu-central-1:111111111111:repository/team/shop/\
                                sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A bill of Python packages.
pub(crate) fn sbom(packages: &[(&str, &str)]) -> Value {
    let component = |(name, version): &(&str, &str)| {
        let purl = format!("pkg:pypi/{name}@{version}");
        json!({"type": "library", "name": name, "version": version, "purl": purl})
    };
    let components: Vec<Value> = packages.iter().map(component).collect();
    json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components})
}

/// Tells where a component was found.
pub(crate) fn found_in(component: &mut Value, path: &str) {
    let name = format!("{GENERATOR}source_path");
    component["properties"] = json!([{"name": name, "value": path}]);
}

/// Scans as the administrator.
pub(crate) fn scan(t: &Testing, arn: &str, sbom: Value) -> Value {
    let input = json!({"ResourceArn": arn, "Sbom": sbom});
    t.call("balefire", "ScanResource", input)
        .unwrap_or_else(|failure| panic!("{}", failure.message()))
}

/// The numbers of a scan's answer: opened, reopened, closed, unchanged.
pub(crate) fn counts(answer: &Value) -> [i64; 4] {
    ["Opened", "Reopened", "Closed", "Unchanged"]
        .map(|name| answer[name].as_i64().expect("a count"))
}

/// Lists one page as the administrator.
pub(crate) fn list(t: &Testing, input: Value) -> Result<Vec<Value>, Failure> {
    let answer = t.call("inspector2", "ListFindings", input)?;
    Ok(answer["findings"].as_array().expect("a list").clone())
}

/// Three advisories: two about anvil, fixed in 2.0 and 3.0, and one about hammer without a fix.
pub(crate) fn load_advisories(t: &Testing) {
    let mut hammer = advisory("PYSEC-2099-3", &["CVE-2099-0003"], "hammer", "9.0");
    hammer["affected"][0]["ranges"][0]["events"] = json!([{"introduced": "0"}]);
    hammer["severity"] = json!([]);
    hammer["database_specific"] = json!({"severity": "MODERATE"});
    let rows = [
        advisory("GHSA-0001", &["CVE-2099-0001"], "anvil", "2.0"),
        advisory("GHSA-0002", &["CVE-2099-0002"], "anvil", "3.0"),
        hammer,
    ];
    load(t, "OSV", "first", &rows);
}
