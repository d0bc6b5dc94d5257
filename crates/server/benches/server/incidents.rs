//! StartIncident, durable, with 1, 16 and 64 clients, against the disk's rate of append and fdatasync.

use std::sync::Arc;

use anyhow::Result;
use serde_json::{Value, json};

use crate::client::{Connection, load};
use crate::limit;
use crate::server::{REGION, Server};

const SERVICE: &str = "ssm-incidents";
/// More than a round takes.
const REQUESTS_PER_ROUND: usize = 120_000;

/// A server with one plan, and the plan's ARN.
pub async fn with_plan() -> Result<(Server, String)> {
    let server = Server::start()?;
    let plan = add_plan(&server, json!({"title": "Checkout is down", "impact": 1})).await?;
    Ok((server, plan))
}

/// Makes a plan with an incident template, and gives its ARN.
pub async fn add_plan(server: &Server, template: Value) -> Result<String> {
    let mut connection = Connection::open(&server.address).await?;
    let set = json!({"regions": {REGION: {}}}).to_string();
    connection
        .call(&server.request(SERVICE, "POST", "/createReplicationSet", &set)?)
        .await?;
    let plan = json!({"name": "plan", "incidentTemplate": template}).to_string();
    let made = connection
        .call(&server.request(SERVICE, "POST", "/createResponsePlan", &plan)?)
        .await?;
    let made: Value = serde_json::from_slice(&made)?;
    Ok(made["arn"].as_str().unwrap_or_default().to_owned())
}

pub async fn run() -> Result<()> {
    println!("\n## StartIncident, durable");
    let (server, plan) = with_plan().await?;
    for clients in [1, 16, 64] {
        let wanted = if clients == 1 {
            REQUESTS_PER_ROUND / 10
        } else {
            REQUESTS_PER_ROUND
        };
        let mut requests = Vec::with_capacity(wanted);
        for number in 0..wanted {
            let body =
                json!({"responsePlanArn": plan, "clientToken": format!("{clients}-{number}")})
                    .to_string();
            requests.push(server.request(SERVICE, "POST", "/startIncident", &body)?);
        }
        let before = limit::appends_per_second(server.directory.path(), 4096, crate::round() / 2)?;
        let load = load(
            &server.address,
            clients,
            Arc::new(requests),
            true,
            crate::round(),
        )
        .await?;
        let after = limit::appends_per_second(server.directory.path(), 4096, crate::round() / 2)?;
        let disk = f64::midpoint(before, after);
        println!(
            "{clients:>3} clients: {load}   disk {disk:>6.0}/s   ratio {:.2}",
            load.per_second / disk
        );
    }
    Ok(())
}
