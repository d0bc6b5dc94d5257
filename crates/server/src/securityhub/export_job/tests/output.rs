//! What exports write, and where.

use serde_json::{Value, json};

use super::{Exporting, destination, document, lines, table};
use crate::testing::{ADMINISTRATOR, MEMBER, REGION};

fn parsed(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn titles(text: &str) -> Vec<String> {
    let title = |finding: Value| {
        finding["finding_info"]["title"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let mut titles: Vec<String> = parsed(text).into_iter().map(title).collect();
    titles.sort();
    titles
}

#[test]
fn whole_findings_are_lines_as_get_findings_shows_them() {
    let e = Exporting::new();
    // More than one read, and text that would break a line.
    let documents: Vec<Value> = (0..300)
        .map(|n| document(ADMINISTRATOR, &n.to_string(), json!({"message": "a\nb"})))
        .collect();
    e.import(ADMINISTRATOR, &documents);
    let found = e.call_as(ADMINISTRATOR, "GetFindingsV2", json!({"MaxResults": 1}));
    let found = found.unwrap()["Findings"][0].clone();
    let uid = found["metadata"]["uid"].clone();
    let set = json!({"MetadataUids": [uid], "SeverityId": 5, "Comment": "ours"});
    e.call_as(ADMINISTRATOR, "BatchUpdateFindingsV2", set)
        .unwrap();

    let (job, text) = e.export(ADMINISTRATOR, lines(ADMINISTRATOR));
    assert_eq!(job["Status"], "SUCCEEDED");
    assert!(job["EndedAt"].is_string() && job.get("FailureCode").is_none());
    let findings = parsed(&text.unwrap());
    assert_eq!(findings.len(), 300);
    let edited = findings
        .iter()
        .find(|f| f["metadata"]["uid"] == uid)
        .unwrap();
    assert_eq!(
        (&edited["severity"], &edited["comment"]),
        (&json!("Critical"), &json!("ours"))
    );
    assert_eq!(edited["message"], "a\nb");
    let names: Vec<String> = e.files().into_iter().map(|(name, _)| name).collect();
    let id = job["ExportJobId"].as_str().unwrap();
    assert_eq!(names, [format!("{ADMINISTRATOR}/{REGION}/{id}.ndjson")]);
}

#[test]
fn a_table_has_its_columns_in_order() {
    let e = Exporting::new();
    let vulnerable = json!({
        "vulnerabilities": [{"cve": {"uid": "CVE-1"}}, {"cve": {"uid": "CVE-2"}}],
        "message": "x",
        "finding_info": {"uid": "1", "title": "=1+1", "types": ["Software, old"]},
    });
    e.import(ADMINISTRATOR, &[document(ADMINISTRATOR, "1", vulnerable)]);
    let fields = [
        "severity",
        "finding_info.title",
        "vulnerabilities.cve.uid",
        "finding_info.types",
        "comment",
    ];
    let mut request = table(ADMINISTRATOR, &fields);
    request["Destination"]["S3"]["ObjectPrefix"] = json!("weekly/2026");
    let (job, text) = e.export(ADMINISTRATOR, request);
    let expected = "severity,finding_info.title,vulnerabilities.cve.uid,finding_info.types,comment\r\n\
                    Medium,'=1+1,\"[\"\"CVE-1\"\",\"\"CVE-2\"\"]\",\"Software, old\",\r\n";
    assert_eq!(text.unwrap(), expected);
    let id = job["ExportJobId"].as_str().unwrap();
    let name = format!("weekly/2026/{ADMINISTRATOR}/{REGION}/{id}.csv");
    assert_eq!(e.files()[0].0, name);
}

#[test]
fn nothing_found_is_an_empty_file() {
    let e = Exporting::new();
    let (job, text) = e.export(ADMINISTRATOR, lines(ADMINISTRATOR));
    assert_eq!(
        (job["Status"].as_str(), text.as_deref()),
        (Some("SUCCEEDED"), Some(""))
    );
    let (_, text) = e.export(ADMINISTRATOR, table(ADMINISTRATOR, &["severity"]));
    assert_eq!(text.as_deref(), Some("severity\r\n"));
}

#[test]
fn relative_dates_are_counted_from_the_start_and_shown_as_they_were_asked() {
    let e = Exporting::new();
    let at = |uid: &str, time: &str| {
        let info = json!({"uid": uid, "title": uid, "modified_time_dt": time});
        document(ADMINISTRATOR, uid, json!({"finding_info": info}))
    };
    // The time is the first of January.
    e.import(
        ADMINISTRATOR,
        &[
            at("young", "2025-12-31T00:00:00Z"),
            at("old", "2025-12-20T00:00:00Z"),
        ],
    );
    let range = json!({"DateRange": {"Value": 7, "Unit": "DAYS"}});
    let filter = json!({"FieldName": "finding_info.modified_time_dt", "Filter": range});
    let filters = json!({"CompositeFilters": [{"DateFilters": [filter]}]});
    let mut request = lines(ADMINISTRATOR);
    request["OutputConfiguration"]["Findings"]["Filters"] = filters.clone();
    let id = e.start(ADMINISTRATOR, request.clone());
    // The server stood still for a month.
    e.t.advance_ms(30 * 86_400_000);
    e.t.step_with(&e.configuration);
    assert_eq!(titles(&e.files()[0].1), ["young"]);
    let job = e.get(ADMINISTRATOR, &id);
    assert_eq!(job["OutputConfiguration"], request["OutputConfiguration"]);
}

#[test]
fn only_what_filters_match_is_written_and_each_once() {
    let e = Exporting::new();
    let at = |number: i64| {
        let set = json!({"severity_id": 2 + number % 3});
        document(ADMINISTRATOR, &format!("{number:02}"), set)
    };
    e.import(ADMINISTRATOR, &(0..30).map(at).collect::<Vec<Value>>());
    let high =
        json!({"FieldName": "severity", "Filter": {"Comparison": "EQUALS", "Value": "High"}});
    let mut request = lines(ADMINISTRATOR);
    request["OutputConfiguration"]["Findings"]["Filters"] =
        json!({"CompositeFilters": [{"StringFilters": [high]}]});
    let expected = |numbers: &[i64]| -> Vec<String> {
        numbers
            .iter()
            .map(|number| format!("Finding {number:02}"))
            .collect()
    };
    let (_, text) = e.export(ADMINISTRATOR, request.clone());
    let high = [2, 5, 8, 11, 14, 17, 20, 23, 26, 29];
    assert_eq!(titles(&text.unwrap()), expected(&high));
    // What customers set counts.
    let named = |uid: &str| {
        json!({
            "CloudAccountUid": ADMINISTRATOR, "MetadataProductUid": "scanner", "FindingInfoUid": uid,
        })
    };
    for (uid, severity_id) in [("00", 4), ("29", 1)] {
        let set = json!({"FindingIdentifiers": [named(uid)], "SeverityId": severity_id});
        e.call_as(ADMINISTRATOR, "BatchUpdateFindingsV2", set)
            .unwrap();
    }
    let (_, text) = e.export(ADMINISTRATOR, request);
    let high = [0, 2, 5, 8, 11, 14, 17, 20, 23, 26];
    assert_eq!(titles(&text.unwrap()), expected(&high));
}

#[test]
fn members_export_their_own_and_the_administrator_everything() {
    let e = Exporting::new();
    e.import(ADMINISTRATOR, &[document(ADMINISTRATOR, "a", json!({}))]);
    e.import(MEMBER, &[document(MEMBER, "m", json!({}))]);
    let (_, text) = e.export(MEMBER, lines(MEMBER));
    assert_eq!(titles(&text.unwrap()), ["Finding m"]);
    let (_, text) = e.export(ADMINISTRATOR, lines(ADMINISTRATOR));
    assert_eq!(titles(&text.unwrap()), ["Finding a", "Finding m"]);
}

#[test]
fn what_cannot_be_written_to_says_what_to_set() {
    let e = Exporting::new();
    for (account, bucket, code, said) in [
        (
            ADMINISTRATOR,
            "unset",
            "RESOURCE_NOT_FOUND",
            "[export.buckets.\"unset\"]",
        ),
        (ADMINISTRATOR, "gone", "RESOURCE_NOT_FOUND", "make it"),
        (ADMINISTRATOR, "members-only", "ACCESS_DENIED", "accounts"),
    ] {
        let mut request = lines(account);
        request["Destination"] = destination(account, bucket);
        let (job, text) = e.export(account, request);
        assert_eq!(
            (&job["Status"], &job["FailureCode"]),
            (&json!("FAILED"), &json!(code))
        );
        let message = job["FailureMessage"].as_str().unwrap();
        assert!(message.contains(said), "{message}");
        assert_eq!(text, None);
        let cancel = json!({"ExportJobId": job["ExportJobId"]});
        let refused = e.call_as(account, "CancelExportJobV2", cancel);
        assert!(matches!(
            refused,
            Err(crate::failure::Failure::Conflict { .. })
        ));
    }
    assert!(crate::testing::incident::given_up(&e.t).is_empty());
    let mut request = lines(MEMBER);
    request["Destination"] = destination(MEMBER, "members-only");
    let (job, _) = e.export(MEMBER, request);
    assert_eq!(job["Status"], "SUCCEEDED");
}
