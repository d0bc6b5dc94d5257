//! Pages of ListIncidentRecords over 100,000 incidents, and of a timeline of 10,000 events.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::client::{Connection, load};
use crate::incidents::with_plan;
use crate::server::Server;

const SERVICE: &str = "ssm-incidents";
const INCIDENTS: usize = 100_000;
const EVENTS: usize = 10_000;
/// Who starts all of them.
const CALLER: &str = "arn:aws:iam::111122223333:user/administrator";
/// Longer than the filling takes: it ends with its last request.
const PATIENCE: Duration = Duration::from_secs(600);

pub async fn run() -> Result<()> {
    println!("\n## Lists over {INCIDENTS} incidents, one client");
    let (server, plan) = with_plan().await?;
    let start = |number: usize| {
        // One in a thousand has impact 1.
        let impact = if number.is_multiple_of(1000) {
            1
        } else {
            2 + number % 4
        };
        json!({"responsePlanArn": plan, "impact": impact}).to_string()
    };
    fill(&server, "/startIncident", (0..INCIDENTS).map(start)).await?;
    let mut connection = Connection::open(&server.address).await?;
    for (what, filters) in [
        ("no filter", json!([])),
        (
            "a frequent impact",
            json!([equals("impact", "integerValues", json!([3]))]),
        ),
        (
            "a rare impact",
            json!([equals("impact", "integerValues", json!([1]))]),
        ),
        (
            "a status and a creator",
            json!([
                equals("status", "stringValues", json!(["OPEN"])),
                equals("createdBy", "stringValues", json!([CALLER])),
            ]),
        ),
        (
            "nothing passes",
            json!([equals("status", "stringValues", json!(["RESOLVED"]))]),
        ),
    ] {
        let body = json!({"filters": filters, "maxResults": 100}).to_string();
        page(&server, what, "/listIncidentRecords", &body).await?;
    }
    let newest = server.request(SERVICE, "POST", "/listIncidentRecords", "{}")?;
    let newest: Value = serde_json::from_slice(&connection.call(&newest).await?)?;
    let arn = newest["incidentRecordSummaries"][0]["arn"].clone();
    println!("\n## A timeline of {EVENTS} events, one client");
    let event = |number: usize| {
        json!({
            "incidentRecordArn": arn, "eventType": "Custom Event", "eventTime": 1_700_000_000 + number,
            "eventData": "\"measured\"",
        })
        .to_string()
    };
    fill(&server, "/createTimelineEvent", (0..EVENTS).map(event)).await?;
    timeline(&server, &mut connection, &arn).await
}

fn equals(key: &str, kind: &str, values: Value) -> Value {
    json!({"key": key, "condition": {"equals": {kind: values}}})
}

async fn fill(server: &Server, path: &str, bodies: impl Iterator<Item = String>) -> Result<()> {
    let requests = bodies.map(|body| server.request(SERVICE, "POST", path, &body));
    let requests: Vec<Bytes> = requests.collect::<Result<_>>()?;
    load(&server.address, 64, Arc::new(requests), true, PATIENCE).await?;
    Ok(())
}

/// The same page again and again.
async fn page(server: &Server, what: &str, path: &str, body: &str) -> Result<()> {
    let requests = Arc::new(vec![server.request(SERVICE, "POST", path, body)?]);
    let load = load(&server.address, 1, requests, false, crate::round()).await?;
    println!("{what:<24} {load}");
    Ok(())
}

/// The first page, one from the middle, and the last.
async fn timeline(server: &Server, connection: &mut Connection, arn: &Value) -> Result<()> {
    let (mut token, mut read) = (Value::Null, 0);
    loop {
        let body =
            json!({"incidentRecordArn": arn, "maxResults": 100, "nextToken": token}).to_string();
        if [0, EVENTS / 2, EVENTS - 100].contains(&read) {
            let what = format!("after {read} events");
            page(server, &what, "/listTimelineEvents", &body).await?;
        }
        let request = server.request(SERVICE, "POST", "/listTimelineEvents", &body)?;
        let answer: Value = serde_json::from_slice(&connection.call(&request).await?)?;
        read += answer["eventSummaries"].as_array().map_or(0, Vec::len);
        token = answer["nextToken"].clone();
        if token.is_null() {
            return Ok(());
        }
    }
}
