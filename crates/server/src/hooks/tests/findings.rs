//! Reports that are posted.

use std::io::Write;

use serde_json::{Value, json};

use super::*;

const TRIVY: &str = include_str!("../../../../../tests/black_box/fixtures/reports/trivy.json");

impl Site {
    fn report(&self, query: &str, body: &[u8]) -> Got {
        let request = Request::post(format!("/hooks/reports{query}"));
        let request = request.header("authorization", format!("Bearer {TOKEN}"));
        self.send(request.body(body).unwrap())
    }

    fn kept(&self) -> Vec<Value> {
        let hub = |account: &str, operation: &str| {
            self.testing
                .call_as(account, "securityhub", operation, json!({}))
        };
        // The first call is also the second's.
        let _ = hub(MEMBER, "EnableSecurityHubV2");
        let found = hub(MEMBER, "GetFindingsV2").unwrap();
        found["Findings"].as_array().unwrap().clone()
    }
}

fn counts(body: &Value) -> [i64; 5] {
    ["created", "updated", "unchanged", "closed", "refused_count"]
        .map(|name| body[name].as_i64().unwrap())
}

#[test]
fn a_report_is_taken_as_the_hooks_account() {
    let site = Site::new();
    let got = site.report("", TRIVY.as_bytes());
    assert_eq!(got.status, StatusCode::OK, "{}", got.body);
    assert_eq!(got.body["format"], "Trivy JSON");
    assert_eq!(counts(&got.body), [6, 0, 0, 0, 0]);
    let kept = site.kept();
    assert_eq!(kept.len(), 6);
    assert!(
        kept.iter()
            .all(|one| one["cloud"]["account"]["uid"] == MEMBER)
    );
    let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    zipped.write_all(TRIVY.as_bytes()).unwrap();
    let again = site.report("", &zipped.finish().unwrap());
    assert_eq!(counts(&again.body), [0, 0, 6, 0, 0]);
}

#[test]
fn a_complete_report_closes_what_it_no_longer_names() {
    let site = Site::new();
    site.report("", TRIVY.as_bytes());
    site.testing.advance_ms(1000);
    let mut less: Value = serde_json::from_str(TRIVY).unwrap();
    less["Results"].as_array_mut().unwrap().truncate(1);
    let got = site.report("?complete=true", less.to_string().as_bytes());
    // One of the others had passed already.
    assert_eq!(counts(&got.body), [0, 0, 2, 3, 0], "{}", got.body);
    let open = site
        .kept()
        .iter()
        .filter(|one| one["status_id"] == 1)
        .count();
    assert_eq!(open, 2);
    less["ArtifactName"] = ".".into();
    let got = site.report("?complete=true", less.to_string().as_bytes());
    assert!(
        got.body["kept_open"]
            .as_str()
            .unwrap()
            .contains("scope=NAME"),
        "{}",
        got.body
    );
}

#[test]
fn a_complete_report_tells_which_tool_found_nothing() {
    let site = Site::new();
    let run = |tool: &str, rules: &[&str]| {
        let result = |rule: &&str| json!({"ruleId": rule, "message": {"text": "m"}});
        let results: Vec<Value> = rules.iter().map(result).collect();
        let repository = json!([{"repositoryUri": "shop"}]);
        json!({
            "tool": {"driver": {"name": tool}}, "results": results,
            "versionControlProvenance": repository,
        })
    };
    let log = |runs: Value| json!({"version": "2.1.0", "runs": runs}).to_string();
    site.report(
        "",
        log(json!([run("one", &["a", "b"]), run("two", &["c"])])).as_bytes(),
    );
    site.testing.advance_ms(1000);
    let next = log(json!([run("one", &["a"]), run("two", &[])]));
    let got = site.report("?complete=true", next.as_bytes());
    assert_eq!(counts(&got.body), [0, 0, 1, 1, 0], "{}", got.body);
    let told = got.body["kept_open"].as_str().unwrap();
    assert!(told.contains("what two found"), "{told}");
}

#[test]
fn what_is_no_report_is_refused() {
    let site = Site::new();
    for (query, body, named) in [
        ("", "{}", "SARIF 2.1.0"),
        ("", "hello", "no JSON"),
        ("?colour=red", TRIVY, "colour"),
        ("?as=fax", TRIVY, "fax"),
        ("", "\u{1f}\u{8b}", "no JSON"),
    ] {
        let got = site.report(query, body.as_bytes());
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{}", got.body);
        let error = got.body["error"].as_str().unwrap();
        assert!(error.contains(named), "{body:.20}: {error}");
    }
    let got = site.report("", &[0x1f, 0x8b, 8, 0]);
    assert!(got.body["error"].as_str().unwrap().contains("unpacked"));
    let got = site.report("", br#"{"class_uid": 2004}"#);
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(got.body["done"], "refused");
    assert_eq!(got.body["refused"][0]["place"], "element 1");
    let unsigned = site.post("reports", &[], TRIVY);
    assert_eq!(unsigned.status, StatusCode::UNAUTHORIZED);
    assert!(site.kept().is_empty());
}
