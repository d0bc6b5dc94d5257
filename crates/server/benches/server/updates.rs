//! BatchUpdateFindingsV2 of 100 findings, durable, with 1, 16 and 64 clients.

use std::sync::Arc;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::client::{Connection, load};
use crate::server::{ACCOUNT, Server, command};
use crate::{findings, limit};

const FINDINGS: usize = 20_000;
const PER_REQUEST: usize = 100;

pub async fn run() -> Result<()> {
    println!("\n## BatchUpdateFindingsV2 of {PER_REQUEST}, durable");
    let server = Server::start()?;
    let mut connection = Connection::open(&server.address).await?;
    connection
        .call(&server.request("securityhub", "POST", "/hubv2", "{}")?)
        .await?;
    let file = server.directory.path().join("findings.jsonl");
    findings::write(&file, FINDINGS)?;
    let status = command()
        .arg("import")
        .arg(&file)
        .args([
            "--format",
            "json",
            "--endpoint-url",
            &format!("http://{}", server.address),
        ])
        .status()?;
    ensure!(status.success(), "the import failed");
    for clients in [1, 16, 64] {
        let mut requests = Vec::new();
        for number in 0..20_000_usize {
            let identifiers: Vec<Value> = (0..PER_REQUEST)
                .map(|part| {
                    let finding = (number * PER_REQUEST + part) % FINDINGS;
                    json!({
                        "CloudAccountUid": ACCOUNT, "FindingInfoUid": findings::uid(finding),
                        "MetadataProductUid": findings::PRODUCT,
                    })
                })
                .collect();
            let body = json!({
                "FindingIdentifiers": identifiers, "StatusId": number % 4 + 1,
                "SeverityId": number / 4 % 4 + 2, "Comment": format!("round {number}"),
            });
            let path = "/findingsv2/batchupdatev2";
            requests.push(server.request("securityhub", "PATCH", path, &body.to_string())?);
        }
        let first: Value = serde_json::from_slice(&connection.call(&requests[0]).await?)?;
        ensure!(first["UnprocessedFindings"] == json!([]), "{first}");
        let disk = limit::appends_per_second(server.directory.path(), 4096, crate::round() / 2)?;
        let load = load(
            &server.address,
            clients,
            Arc::new(requests),
            true,
            crate::round(),
        )
        .await?;
        println!(
            "{clients:>3} clients: {load}   = {:>8.0} findings/s   disk {disk:>6.0}/s   ratio {:.2}",
            load.per_second * PER_REQUEST as f64,
            load.per_second / disk
        );
    }
    Ok(())
}
