//! GetFindings and GetInsightResults of the first version, over the findings of `search`.

use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::client::{Connection, load};
use crate::server::Server;

pub async fn measure(server: &Server) -> Result<()> {
    let mut connection = Connection::open(&server.address).await?;
    let on = server.request("securityhub", "POST", "/accounts", "{}")?;
    connection.call(&on).await?;
    for (name, filters, criteria) in lists() {
        let input = json!({"Filters": filters, "SortCriteria": criteria, "MaxResults": 100});
        measured(server, name, "POST", "/findings", &input.to_string()).await?;
    }
    for (name, filters, group) in insights() {
        let input =
            json!({"Name": name, "Filters": filters, "GroupByAttribute": group}).to_string();
        let create = server.request("securityhub", "POST", "/insights", &input)?;
        let made: Value = serde_json::from_slice(&connection.call(&create).await?)?;
        let arn = made["InsightArn"].as_str().context("no insight")?;
        let path = format!("/insights/results/{arn}");
        measured(server, name, "GET", &path, "").await?;
    }
    Ok(())
}

async fn measured(server: &Server, name: &str, method: &str, path: &str, body: &str) -> Result<()> {
    let request = server.request("securityhub", method, path, body)?;
    let requests = Arc::new(vec![request]);
    let load = load(&server.address, 1, requests, false, crate::round() / 5).await?;
    println!("{name:<44} {load}");
    Ok(())
}

fn equals(value: &str) -> Value {
    json!([{"Comparison": "EQUALS", "Value": value}])
}

fn severe() -> Value {
    let product = "arn:aws:securityhub:eu-central-1::product/invented/scanner";
    json!({"ProductArn": equals(product), "SeverityLabel": equals("HIGH")})
}

/// Pages of 100, each with the order that it comes in where that is not the default.
fn lists() -> Vec<(&'static str, Value, Value)> {
    let none = || json!([]);
    let by_title = json!([{"Field": "Title", "SortOrder": "asc"}]);
    let one = json!({"ResourceId": equals("arn:aws:s3:::invented-4711")});
    vec![
        ("ASFF: a product and a severity", severe(), none()),
        (
            "ASFF: a product and a severity, by title",
            severe(),
            by_title,
        ),
        ("ASFF: one resource", one, none()),
        ("ASFF: nothing", json!({}), none()),
    ]
}

fn insights() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("an insight by severity", json!({}), "SeverityLabel"),
        ("an insight by resource", severe(), "ResourceId"),
    ]
}
