//! `balefire import`, durable, through a server and without one, against appending the same bytes.

use std::io::Write;
use std::time::Instant;

use anyhow::{Result, ensure};

use crate::findings;
use crate::server::{Server, command};

const FINDINGS: usize = 50_000;
/// What one request of the import holds.
const BATCH: usize = 500;

pub fn run() -> Result<()> {
    println!("\n## Import of {FINDINGS} findings, durable");
    let server = Server::start()?;
    let file = server.directory.path().join("findings.jsonl");
    let bytes = findings::write(&file, FINDINGS)?;
    println!(
        "{:.1} KB a finding",
        bytes as f64 / FINDINGS as f64 / 1000.0
    );
    let limit = appended(&file, server.directory.path())?;
    let endpoint = format!("http://{}", server.address);
    let through = imported(&file, &["--endpoint-url", &endpoint])?;
    let again = imported(&file, &["--endpoint-url", &endpoint])?;
    println!(
        "through a server:   {through:>8.0} findings/s   ratio to appending the bytes {:.2}",
        through / limit
    );
    println!("the same again:     {again:>8.0} findings/s, nothing changed");
    let memory = server.resident_kib()? as f64 / 1024.0;
    println!("the server holds {memory:.0} MB afterwards");
    drop(server);
    let directory = tempfile::TempDir::new()?;
    let file_alone = directory.path().join("findings.jsonl");
    findings::write(&file_alone, FINDINGS)?;
    let store = directory.path().join("store").display().to_string();
    // The first start makes the account.
    ensure!(
        command()
            .args(["admin", "create-account", "222222222222", "--data", &store])
            .output()?
            .status
            .success()
    );
    let alone = imported(&file_alone, &["--data", &store])?;
    println!(
        "without a server:   {alone:>8.0} findings/s   ratio to appending the bytes {:.2}",
        alone / limit
    );
    Ok(())
}

fn imported(file: &std::path::Path, way: &[&str]) -> Result<f64> {
    let begun = Instant::now();
    let output = command()
        .arg("import")
        .arg(file)
        .args(["--format", "json"])
        .args(way)
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(FINDINGS as f64 / begun.elapsed().as_secs_f64())
}

/// Appends the same findings in the same batches, each made durable: findings in a second.
fn appended(file: &std::path::Path, directory: &std::path::Path) -> Result<f64> {
    let text = std::fs::read(file)?;
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let mut out = std::fs::File::create(directory.join("appended"))?;
    let begun = Instant::now();
    for batch in lines.chunks(BATCH) {
        out.write_all(&batch.concat())?;
        out.sync_data()?;
    }
    Ok(FINDINGS as f64 / begun.elapsed().as_secs_f64())
}
