//! Exports as they are asked for, listed and cancelled.

use serde_json::{Value, json};

use super::{Exporting, HUB, destination, document, lines, table};
use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER};

/// What a request is refused for.
fn refused(e: &Exporting, request: Value) -> Vec<String> {
    match e.call_as(ADMINISTRATOR, "StartExportJobV2", request) {
        Err(Failure::Invalid(violations)) => violations.into_iter().map(|v| v.path).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_malformed_is_refused_where_it_is() {
    let e = Exporting::new();
    let set = |pointer: &str, value: Value| {
        let mut request = lines(ADMINISTRATOR);
        let (holder, name) = pointer.rsplit_once('/').unwrap();
        request.pointer_mut(holder).unwrap()[name] = value;
        request
    };
    let output = "/OutputConfiguration/Findings";
    let empty = json!({"CompositeFilters": [{"StringFilters": [{}]}]});
    let filter = format!("{output}/Filters/CompositeFilters/0/StringFilters/0/FieldName");
    for (request, path) in [
        (
            set("/Destination/S3/BucketArn", json!("findings")),
            "/Destination/S3/BucketArn",
        ),
        (
            set("/Destination/S3/KmsKeyArn", json!("alias/a")),
            "/Destination/S3/KmsKeyArn",
        ),
        (
            set("/Destination/S3/ObjectPrefix", json!("a/../../b")),
            "/Destination/S3/ObjectPrefix",
        ),
        (set("/Name", json!("a\nb")), "/Name"),
        (
            set(&format!("{output}/Format"), json!("CSV")),
            &format!("{output}/SelectedFields"),
        ),
        (
            set(&format!("{output}/SelectedFields"), json!(["severity"])),
            &format!("{output}/SelectedFields"),
        ),
        (set(&format!("{output}/Filters"), empty), &filter),
    ] {
        assert_eq!(refused(&e, request)[0], path);
    }
    let list = e
        .call_as(ADMINISTRATOR, "ListExportJobsV2", json!({}))
        .unwrap();
    assert_eq!(list["Items"], json!([]));
}

#[test]
fn scopes_are_the_administrators() {
    let e = Exporting::new();
    let mut request = lines(MEMBER);
    request["Scopes"] = json!({"AwsOrganizations": [{"OrganizationId": "o-0123456789"}]});
    let denied = e.call_as(MEMBER, "StartExportJobV2", request);
    assert!(matches!(denied, Err(Failure::Denied(_))));
    let mut request = lines(ADMINISTRATOR);
    request["Scopes"] = json!({"AwsOrganizations": [{"OrganizationId": "o-0123456789"}]});
    let unknown = e.call_as(ADMINISTRATOR, "StartExportJobV2", request);
    assert!(matches!(
        unknown,
        Err(Failure::NotFound {
            kind: "ORGANIZATION",
            ..
        })
    ));
}

#[test]
fn an_account_has_one_running_at_a_time() {
    let e = Exporting::new();
    let first = e.start(ADMINISTRATOR, lines(ADMINISTRATOR));
    let second = e.call_as(ADMINISTRATOR, "StartExportJobV2", lines(ADMINISTRATOR));
    assert!(matches!(second, Err(Failure::Limit { id, .. }) if id == first));
    e.start(MEMBER, lines(MEMBER));
    let cancel = json!({"ExportJobId": first});
    for _ in 0..2 {
        let cancelled = e
            .call_as(ADMINISTRATOR, "CancelExportJobV2", cancel.clone())
            .unwrap();
        assert_eq!(
            cancelled,
            json!({"ExportJobId": first, "Status": "CANCELLED"})
        );
    }
    e.start(ADMINISTRATOR, lines(ADMINISTRATOR));
    e.t.step_with(&e.configuration);
    let job = e.get(ADMINISTRATOR, &first);
    assert_eq!(job["Status"], "CANCELLED");
    assert!(job["EndedAt"].is_string());
    assert!(!e.files().iter().any(|(name, _)| name.contains(&first)));
    e.start(ADMINISTRATOR, lines(ADMINISTRATOR));
}

#[test]
fn a_token_names_one_export() {
    let e = Exporting::new();
    let mut request = lines(ADMINISTRATOR);
    request["ClientToken"] = json!("token-1");
    let first = e.start(ADMINISTRATOR, request.clone());
    assert_eq!(e.start(ADMINISTRATOR, request.clone()), first);
    request["Name"] = json!("another");
    let other = e.call_as(ADMINISTRATOR, "StartExportJobV2", request);
    assert!(matches!(other, Err(Failure::Conflict { .. })));
}

#[test]
fn lists_are_newest_first_and_show_no_filters() {
    let e = Exporting::new();
    let mut ids = Vec::new();
    for number in 0..3 {
        let mut request = table(ADMINISTRATOR, &["severity"]);
        request["Name"] = json!(format!("weekly {number}"));
        if number == 1 {
            request["Destination"] = destination(ADMINISTRATOR, "unset");
        }
        ids.push(e.start(ADMINISTRATOR, request));
        e.t.step_with(&e.configuration);
        e.t.advance_ms(1000);
    }
    let list = |input: Value| e.call_as(ADMINISTRATOR, "ListExportJobsV2", input).unwrap();
    let listed = |output: &Value| -> Vec<String> {
        let items = output["Items"].as_array().unwrap().iter();
        items
            .map(|item| item["ExportJobId"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = list(json!({}));
    ids.reverse();
    assert_eq!(listed(&all), ids);
    assert_eq!(
        all["Items"][0]["OutputConfiguration"],
        json!({"Findings": {"Format": "CSV"}})
    );
    assert_eq!(all["Items"][0]["Name"], "weekly 2");
    assert_eq!(listed(&list(json!({"Status": "FAILED"}))), [ids[1].clone()]);
    assert_eq!(
        listed(&list(
            json!({"Status": "SUCCEEDED", "DataType": "FINDINGS"})
        ))
        .len(),
        2
    );
    let page = list(json!({"MaxResults": 2}));
    let rest = list(json!({"MaxResults": 2, "NextToken": page["NextToken"]}));
    assert_eq!(
        (listed(&page), listed(&rest)),
        (ids[..2].to_vec(), ids[2..].to_vec())
    );
}

#[test]
fn another_account_sees_nothing() {
    let e = Exporting::new();
    e.import(MEMBER, &[document(MEMBER, "m", json!({}))]);
    let (job, _) = e.export(MEMBER, lines(MEMBER));
    let id = json!({"ExportJobId": job["ExportJobId"]});
    for operation in ["GetExportJobV2", "CancelExportJobV2"] {
        let foreign = e.call_as(ADMINISTRATOR, operation, id.clone());
        assert!(
            matches!(foreign, Err(Failure::NotFound { .. })),
            "{operation}"
        );
    }
    let list = e
        .call_as(ADMINISTRATOR, "ListExportJobsV2", json!({}))
        .unwrap();
    assert_eq!(list["Items"], json!([]));
}

#[test]
fn without_a_hub_all_is_denied() {
    let e = Exporting::new();
    let (job, _) = e.export(MEMBER, lines(MEMBER));
    let id = json!({"ExportJobId": job["ExportJobId"]});
    e.call_as(MEMBER, "DisableSecurityHubV2", json!({}))
        .unwrap();
    for (operation, input) in [
        ("StartExportJobV2", lines(MEMBER)),
        ("GetExportJobV2", id.clone()),
        ("CancelExportJobV2", id),
        ("ListExportJobsV2", json!({})),
    ] {
        let denied = e.t.call_as(MEMBER, HUB, operation, input);
        assert!(matches!(denied, Err(Failure::Denied(_))), "{operation}");
    }
}
