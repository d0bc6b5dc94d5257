//! An empty `serve`: the time to its first answer, and its memory.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use anyhow::Result;

use crate::server::Server;

pub fn run() -> Result<()> {
    println!("## An empty serve");
    for store in ["new store", "new store", "new store"] {
        let begun = Instant::now();
        let server = Server::start()?;
        let mut stream = TcpStream::connect(&server.address)?;
        stream
            .write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        anyhow::ensure!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let elapsed = begun.elapsed();
        println!(
            "{store}: first answer after {:.0} ms, {:.1} MB resident",
            elapsed.as_secs_f64() * 1e3,
            server.resident_kib()? as f64 / 1024.0
        );
    }
    Ok(())
}
