//! Exports of the findings of `search` to a directory, and a rule's test over them.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::client::Connection;
use crate::server::{ACCOUNT, REGION, Server};

/// How long an export may take.
const PATIENCE: Duration = Duration::from_secs(1800);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What balefire.toml says of the bucket.
pub fn configuration(directory: &Path) -> String {
    format!(
        "[export.buckets.findings]\nto = \"directory\"\npath = \"{}\"\n",
        directory.display()
    )
}

pub async fn measure(server: &Server, count: usize) -> Result<()> {
    exported(server, "export of all", json!({}), count).await?;
    let severity = filter("severity", "High");
    exported(server, "export of a severity", severity, count).await?;
    let resource = filter("resources.uid", "arn:aws:s3:::invented-4711");
    exported(server, "export of a resource", resource, count).await?;
    let input = json!({
        "Days": 1,
        "Criteria": {"OcsfFindingCriteria": filter("resources.uid", "arn:aws:s3:::invented-4711")},
        "Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"StatusId": 5}}],
    });
    let body = input.to_string();
    let request = server.request("balefire", "POST", "/automation-rules/test", &body)?;
    let begun = Instant::now();
    Connection::open(&server.address)
        .await?
        .call(&request)
        .await?;
    let elapsed = begun.elapsed().as_secs_f64() * 1e3;
    println!("{:<44} {elapsed:.1} ms", "a rule's test");
    Ok(())
}

fn filter(field: &str, value: &str) -> Value {
    let filter = json!({"FieldName": field, "Filter": {"Comparison": "EQUALS", "Value": value}});
    json!({"CompositeFilters": [{"StringFilters": [filter]}]})
}

/// From the request until the export is seen to be done.
async fn exported(server: &Server, name: &str, filters: Value, count: usize) -> Result<()> {
    let key = format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab");
    let input = json!({
        "Destination": {"S3": {"BucketArn": "arn:aws:s3:::findings", "KmsKeyArn": key}},
        "OutputConfiguration": {"Findings": {"Format": "OCSF_JSON", "Filters": filters}},
    });
    let begun = Instant::now();
    let mut connection = Connection::open(&server.address).await?;
    let start = server.request("securityhub", "POST", "/exportjobsv2", &input.to_string())?;
    let started: Value = serde_json::from_slice(&connection.call(&start).await?)?;
    let id = started["ExportJobId"].as_str().context("no export")?;
    let path = format!("/exportjobsv2/{id}");
    loop {
        let look = server.request("securityhub", "GET", &path, "")?;
        let job: Value = serde_json::from_slice(&connection.call(&look).await?)?;
        match job["Status"].as_str() {
            Some("SUCCEEDED") => break,
            status => ensure!(status == Some("RUNNING"), "the export failed: {job}"),
        }
        ensure!(
            begun.elapsed() < PATIENCE,
            "the export was not done in time"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let rate = count as f64 / seconds;
    println!("{name:<44} {seconds:.2} s, {rate:.0} findings that there are/s");
    Ok(())
}
