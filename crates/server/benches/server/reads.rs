//! GetIncidentRecord, signed, against a bare server of the same stack that answers the same bytes.

use std::process::{Command, Stdio};
use std::sync::Arc;

use anyhow::Result;
use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::client::{Connection, Load, cpu_seconds, load};
use crate::incidents::with_plan;
use crate::server;

const SERVICE: &str = "ssm-incidents";
const INCIDENTS: usize = 1000;
const CLIENTS: usize = 32;

/// A round of load, and the CPU microseconds that a request cost the server.
async fn round(address: &str, process: u32, requests: &Arc<Vec<Bytes>>) -> Result<(Load, f64)> {
    let before = cpu_seconds(process)?;
    let load = load(
        address,
        CLIENTS,
        Arc::clone(requests),
        false,
        crate::round(),
    )
    .await?;
    let cpu = cpu_seconds(process)? - before;
    let cpu_us = cpu * 1e6 / load.count as f64;
    Ok((load, cpu_us))
}

pub async fn run() -> Result<()> {
    println!("\n## GetIncidentRecord, signed, {CLIENTS} clients");
    let (server, plan) = with_plan().await?;
    let mut connection = Connection::open(&server.address).await?;
    let (mut requests, mut body) = (Vec::new(), Vec::new());
    for number in 0..INCIDENTS {
        let start = json!({"responsePlanArn": plan, "clientToken": number.to_string()}).to_string();
        let started = connection
            .call(&server.request(SERVICE, "POST", "/startIncident", &start)?)
            .await?;
        let started: Value = serde_json::from_slice(&started)?;
        let arn = started["incidentRecordArn"].as_str().unwrap_or_default();
        let path = format!(
            "/getIncidentRecord?arn={}",
            utf8_percent_encode(arn, NON_ALPHANUMERIC)
        );
        let request = server.request(SERVICE, "GET", &path, "")?;
        body = connection.call(&request).await?;
        requests.push(request);
    }
    let mut bare = Command::new(std::env::current_exe()?)
        .arg("bare")
        .arg(String::from_utf8(body)?)
        .stdout(Stdio::piped())
        .spawn()?;
    let bare_address = server::address(&mut bare)?;
    let requests = Arc::new(requests);
    let mut ratios = Vec::new();
    for _ in 0..5 {
        let (ours, our_cpu) = round(&server.address, server.process(), &requests).await?;
        let (limit, its_cpu) = round(&bare_address, bare.id(), &requests).await?;
        let ratio = ours.per_second / limit.per_second;
        println!("balefire {ours}   {our_cpu:.1} us CPU in the server");
        println!("bare     {limit}   {its_cpu:.1} us CPU in the server   ratio {ratio:.2}");
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    println!("median ratio {:.2}", ratios[ratios.len() / 2]);
    bare.kill()?;
    bare.wait()?;
    Ok(())
}
