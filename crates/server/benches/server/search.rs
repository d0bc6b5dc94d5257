//! What is searched, counted, exported and tested over many findings, one client; and a restart with them.
//!
//! `BALEFIRE_BENCH_FINDINGS` sets how many, 100,000 by default.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::client::{Connection, load};
use crate::server::{Server, command};
use crate::{asff, export, findings};

/// How long a restarted server may take to read the findings.
const PATIENCE: Duration = Duration::from_secs(1200);
/// More are not exported: the files would be larger than most disks have room for.
const EXPORTED_MAX: usize = 2_000_000;
/// Many findings whose texts all differ take more than the half of the memory that is theirs by default.
const NO_LIMIT: &str = "[findings]\nmemory_mib = 1048576\n";
/// How often it is asked whether it has.
const LOOK_EVERY: Duration = Duration::from_millis(20);

pub async fn run() -> Result<()> {
    let count = std::env::var("BALEFIRE_BENCH_FINDINGS").ok();
    let count: usize = count.and_then(|text| text.parse().ok()).unwrap_or(100_000);
    println!("\n## GetFindingsV2 over {count} findings, one client");
    let exports = tempfile::TempDir::new()?;
    let configuration = export::configuration(exports.path());
    let mut server = Server::start_with(&format!("{configuration}\n{NO_LIMIT}"))?;
    let mut connection = Connection::open(&server.address).await?;
    let on = server.request("securityhub", "POST", "/hubv2", "{}")?;
    connection.call(&on).await?;
    let endpoint = format!("http://{}", server.address);
    let begun = Instant::now();
    // Through a pipe: many findings need not lie on the disk twice.
    let mut import = command()
        .args([
            "import",
            "-",
            "--format",
            "json",
            "--endpoint-url",
            &endpoint,
        ])
        .stdin(Stdio::piped())
        .spawn()?;
    findings::write_to(import.stdin.take().context("a pipe")?, count)?;
    ensure!(import.wait()?.success(), "the import failed");
    let rate = count as f64 / begun.elapsed().as_secs_f64();
    first_answer(&server).await?;
    let caught_up = count as f64 / begun.elapsed().as_secs_f64();
    println!("import {rate:.0}/s, and {caught_up:.0}/s until all of them were found");
    println!("resident: {:.0} MB", server.resident_kib()? as f64 / 1024.0);
    println!("peak: {:.0} MB", server.peak_kib()? as f64 / 1024.0);
    for (name, filters, sort) in shapes() {
        let mut input = json!({"Filters": {"CompositeFilters": [filters]}, "MaxResults": 1});
        if let Some(field) = sort {
            input["SortCriteria"] = json!([{"Field": field, "SortOrder": "desc"}]);
        }
        page(&server, &format!("{name}, 1"), "/findingsv2", &input).await?;
        input["MaxResults"] = json!(100);
        page(&server, &format!("{name}, 100"), "/findingsv2", &input).await?;
    }
    for fields in [
        &["cloud.account.uid"][..],
        &[
            "severity",
            "status",
            "finding_info.title",
            "resources.type",
            "finding_info.types",
        ],
    ] {
        let rules: Vec<Value> = fields.iter().map(|f| json!({"GroupByField": f})).collect();
        let input = json!({"GroupByRules": rules, "MaxStatisticResults": 10});
        let name = format!("{} groupings of all", fields.len());
        page(&server, &name, "/findingsv2/statistics", &input).await?;
    }
    asff::measure(&server).await?;
    if count <= EXPORTED_MAX {
        export::measure(&server, count).await?;
    }
    let columns = server.directory.path().join("findings.columns");
    for restart in ["asked to end", "killed", "without what it has kept"] {
        let ending = Instant::now();
        match restart {
            "asked to end" => server.restart_politely()?,
            "killed" => server.restart()?,
            _ => {
                std::fs::remove_file(&columns)?;
                server.restart()?;
            }
        }
        first_answer(&server).await?;
        println!(
            "answering after a restart, {restart}: {:.2} s with its end",
            ending.elapsed().as_secs_f64()
        );
    }
    Ok(())
}

/// Waits until a page is answered.
async fn first_answer(server: &Server) -> Result<()> {
    let begun = Instant::now();
    loop {
        let request =
            server.request("securityhub", "POST", "/findingsv2", r#"{"MaxResults": 1}"#)?;
        let answer = Connection::open(&server.address)
            .await?
            .call(&request)
            .await;
        if answer.is_ok() {
            return Ok(());
        }
        ensure!(
            begun.elapsed() < PATIENCE,
            "the findings were not read in time"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn page(server: &Server, name: &str, path: &str, input: &Value) -> Result<()> {
    let requests = Arc::new(vec![server.request(
        "securityhub",
        "POST",
        path,
        &input.to_string(),
    )?]);
    let load = load(&server.address, 1, requests, false, crate::round() / 5).await?;
    println!("{name:<44} {load}");
    Ok(())
}

fn text(field: &str, comparison: &str, value: &str) -> Value {
    json!({"FieldName": field, "Filter": {"Comparison": comparison, "Value": value}})
}

fn least(field: &str, bound: f64) -> Value {
    json!({"FieldName": field, "Filter": {"Gte": bound}})
}

/// Eight shapes of filters, each with what it is sorted by where that is not the default.
fn shapes() -> Vec<(&'static str, Value, Option<&'static str>)> {
    let dates = json!([{
        "FieldName": "finding_info.created_time_dt",
        "Filter": {"Start": "2025-10-09T10:00:00Z", "End": "2025-10-12T00:00:00Z"},
    }]);
    vec![
        (
            "severity, status and title",
            json!({
                "NumberFilters": [least("severity_id", 4.0)],
                "StringFilters": [
                text("status", "EQUALS", "New"),
                text("finding_info.title", "PREFIX", "bucket"),
            ],
            }),
            None,
        ),
        (
            "a word, a prefix and not a product",
            json!({
                "NumberFilters": [least("severity_id", 3.0)],
                "StringFilters": [
                    text("finding_info.title", "CONTAINS_WORD", "rotate"),
                    text("cloud.region", "PREFIX", "eu-"),
                    text("metadata.product.name", "NOT_EQUALS", "Other"),
                ],
            }),
            None,
        ),
        (
            "a type, dates and severity",
            json!({
                "StringFilters": [text("resources.type", "EQUALS", "AWS::S3::Bucket")],
                "DateFilters": dates, "NumberFilters": [least("severity_id", 4.0)],
            }),
            Some("severity_id"),
        ),
        (
            "one resource",
            json!({
                "StringFilters": [text("resources.uid", "EQUALS", "arn:aws:s3:::invented-4711")],
            }),
            None,
        ),
        (
            "one team",
            json!({
                "MapFilters": [{
                    "FieldName": "resources.tags",
                    "Filter": {"Key": "team", "Value": "team-7", "Comparison": "EQUALS"},
                }],
            }),
            None,
        ),
        ("nothing", json!({}), None),
        (
            "status and not a title, by severity",
            json!({
                "StringFilters": [
                    text("status", "EQUALS", "New"),
                    text("finding_info.title", "PREFIX_NOT_EQUALS", "policy"),
                ],
            }),
            Some("severity_id"),
        ),
        (
            "a prefix of resources and severity",
            json!({
                "StringFilters": [text("resources.uid", "PREFIX", "arn:aws:s3:::invented-12")],
                "NumberFilters": [least("severity_id", 5.0)],
            }),
            None,
        ),
    ]
}
