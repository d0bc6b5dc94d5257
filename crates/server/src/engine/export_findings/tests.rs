//! Exports that are cut short, obstructed and cancelled on the way.

use std::path::PathBuf;

use balefire_store::DeadJobs;
use serde_json::{Value, json};

use crate::configuration::Configuration;
use crate::testing::receiver::{Behaviour, Receiver};
use crate::testing::{ADMINISTRATOR, REGION, Testing};

const HUB: &str = "securityhub";
/// The output of the first finding, and how much of it there is.
const BEGUN: &str = "severity\r\n";

/// A store with a few findings and a started export of their severities.
fn started() -> (Testing, String) {
    let t = Testing::new();
    t.call(HUB, "EnableSecurityHubV2", json!({})).unwrap();
    let documents: Vec<Value> = (0..3).map(document).collect();
    t.call("balefire", "ImportFindings", json!({"Findings": documents}))
        .unwrap();
    let request = json!({
        "Destination": {"S3": {
            "BucketArn": "arn:aws:s3:::findings",
            "KmsKeyArn": format!("arn:aws:kms:{REGION}:{ADMINISTRATOR}:key/1234abcd"),
        }},
        "OutputConfiguration": {"Findings": {"Format": "CSV", "SelectedFields": ["severity"]}},
    });
    let started = t.call(HUB, "StartExportJobV2", request).unwrap();
    (t, started["ExportJobId"].as_str().unwrap().to_owned())
}

fn document(number: u32) -> Value {
    json!({
        "class_uid": 2004, "category_uid": 2, "activity_id": 1, "severity_id": 3,
        "time": 1_750_000_000_000_i64, "metadata": {"product": {"uid": "scanner"}},
        "finding_info": {"uid": number.to_string(), "title": "Finding"},
    })
}

/// The bucket as a directory, and the directory that the export's file is in.
fn directory(t: &Testing) -> (Configuration, PathBuf) {
    let root = t.file("marker", "").parent().unwrap().join("exports");
    let parent = root.join(ADMINISTRATOR).join(REGION);
    std::fs::create_dir_all(&parent).unwrap();
    let text = format!(
        "[export.buckets.findings]\nto = \"directory\"\npath = \"{}\"\n",
        root.display()
    );
    (Configuration::parse(&text).unwrap(), parent)
}

fn s3(t: &Testing, receiver: &Receiver) -> Configuration {
    let secret = t.file("s3", "s3-secret-key");
    let text = format!(
        "[outside]\nallow = [\"127.0.0.0/8\"]\n\
         [export.buckets.findings]\nto = \"s3\"\nregion = \"eu-west-1\"\n\
         endpoint = \"{}\"\naccess_key_id = \"AKIAS3\"\nsecret_access_key = {{ file = \"{}\" }}\n",
        receiver.url,
        secret.display()
    );
    Configuration::parse(&text).unwrap()
}

fn get(t: &Testing, id: &str) -> Value {
    t.call(HUB, "GetExportJobV2", json!({"ExportJobId": id}))
        .unwrap()
}

/// Puts down that the head was written, and the first finding formed.
fn cut_short(t: &Testing, id: &str, bytes: usize) {
    let found = t.call(HUB, "GetFindingsV2", json!({})).unwrap();
    let uids = found["Findings"].as_array().unwrap().iter();
    let first = uids
        .map(|found| found["metadata"]["uid"].as_str().unwrap())
        .min();
    let written = json!({"bytes": bytes, "upload_id": null, "parts": []}).to_string();
    let params = [
        first.unwrap().into(),
        written.into_bytes().into(),
        b"Medium (kept)\r\n".to_vec().into(),
        id.into(),
    ];
    let sql = "UPDATE export_job SET after_uid = $1, findings = 1, written = $2, pending = $3 WHERE id = $4";
    let kept = t
        .store
        .write_blocking("", move |tx| tx.execute(sql, &params));
    assert_eq!(kept.unwrap().unwrap(), 1);
}

#[test]
fn an_export_that_was_cut_short_goes_on_where_it_was() {
    let (t, id) = started();
    let (configuration, parent) = directory(&t);
    cut_short(&t, &id, BEGUN.len());
    // More was written than put down.
    let partial = parent.join(format!(".{id}.csv.partial"));
    std::fs::write(&partial, format!("{BEGUN}Medium (lost)\r\nMed")).unwrap();
    t.step_with(&configuration);
    assert_eq!(get(&t, &id)["Status"], "SUCCEEDED");
    let whole = std::fs::read_to_string(parent.join(format!("{id}.csv"))).unwrap();
    assert_eq!(whole, "severity\r\nMedium (kept)\r\nMedium\r\nMedium\r\n");
    assert!(!partial.exists());
}

#[test]
fn an_export_whose_file_is_gone_begins_again() {
    let (t, id) = started();
    let (configuration, parent) = directory(&t);
    cut_short(&t, &id, BEGUN.len());
    t.step_with(&configuration);
    assert_eq!(get(&t, &id)["Status"], "RUNNING");
    t.advance_ms(60_000);
    t.step_with(&configuration);
    let whole = std::fs::read_to_string(parent.join(format!("{id}.csv"))).unwrap();
    assert_eq!(whole, "severity\r\nMedium\r\nMedium\r\nMedium\r\n");
}

#[test]
fn an_export_that_was_cancelled_leaves_no_part_of_its_file() {
    let (t, id) = started();
    let (configuration, parent) = directory(&t);
    cut_short(&t, &id, BEGUN.len());
    let partial = parent.join(format!(".{id}.csv.partial"));
    std::fs::write(&partial, BEGUN).unwrap();
    t.call(HUB, "CancelExportJobV2", json!({"ExportJobId": id}))
        .unwrap();
    t.step_with(&configuration);
    assert_eq!(get(&t, &id)["Status"], "CANCELLED");
    assert_eq!(std::fs::read_dir(&parent).unwrap().count(), 0);
}

#[test]
fn a_bucket_that_is_busy_is_asked_again() {
    let (t, id) = started();
    let receiver = t.wait(Receiver::start(Behaviour::Answers(
        503,
        "<Code>SlowDown</Code>",
    )));
    let configuration = s3(&t, &receiver);
    t.step_with(&configuration);
    assert_eq!(
        (receiver.take().len(), &get(&t, &id)["Status"]),
        (1, &json!("RUNNING"))
    );
    receiver.behave(Behaviour::Answers(200, ""));
    t.advance_ms(60_000);
    t.step_with(&configuration);
    let sent = receiver.take();
    assert_eq!(get(&t, &id)["Status"], "SUCCEEDED");
    let path = format!("/hook/findings/{ADMINISTRATOR}/{REGION}/{id}.csv");
    assert_eq!(
        (sent[0].parts.method.as_str(), sent[0].parts.uri.path()),
        ("PUT", path.as_str())
    );
    assert_eq!(
        &sent[0].body[..],
        b"severity\r\nMedium\r\nMedium\r\nMedium\r\n"
    );
}

#[test]
fn what_is_refused_is_told_in_the_export() {
    for (status, body, code) in [
        (
            403,
            "<Error><Code>AccessDenied</Code></Error>",
            "ACCESS_DENIED",
        ),
        (
            404,
            "<Error><Code>NoSuchBucket</Code></Error>",
            "RESOURCE_NOT_FOUND",
        ),
        (
            400,
            "<Error><Code>InvalidRequest</Code></Error>",
            "INTERNAL_ERROR",
        ),
    ] {
        let (t, id) = started();
        let receiver = t.wait(Receiver::start(Behaviour::Answers(status, body)));
        t.step_with(&s3(&t, &receiver));
        let job = get(&t, &id);
        assert_eq!(
            (&job["Status"], &job["FailureCode"]),
            (&json!("FAILED"), &json!(code))
        );
    }
}

#[test]
fn an_export_that_never_succeeds_has_failed() {
    let (t, id) = started();
    let receiver = t.wait(Receiver::start(Behaviour::HangsUp));
    let configuration = s3(&t, &receiver);
    for _ in 0..24 {
        assert_eq!(get(&t, &id)["Status"], "RUNNING");
        t.step_with(&configuration);
        t.advance_ms(3_600_000);
    }
    let job = get(&t, &id);
    assert_eq!(
        (&job["Status"], &job["FailureCode"]),
        (&json!("FAILED"), &json!("INTERNAL_ERROR"))
    );
    let dead = t
        .store
        .read_blocking(|tx| tx.dead_jobs(&DeadJobs::default(), 10, None));
    assert!(dead.unwrap().unwrap().is_empty());
}
