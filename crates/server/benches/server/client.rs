//! A client that costs little: whole requests as bytes, answers read by their length.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// One kept connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What a round of load measured.
pub struct Load {
    pub count: usize,
    pub per_second: f64,
    pub p50: Duration,
    pub p99: Duration,
}

impl Connection {
    pub async fn open(address: &str) -> Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream,
            buffer: Vec::with_capacity(1 << 16),
        })
    }

    /// Sends a request and returns the answer's body. Anything but a success is an error.
    pub async fn call(&mut self, request: &[u8]) -> Result<Vec<u8>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (head, length) = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the connection was closed");
            }
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break (end + 4, content_length(&self.buffer[..end])?);
            }
        };
        while self.buffer.len() < head + length {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the answer was cut off");
            }
        }
        if self.buffer.get(9) != Some(&b'2') {
            bail!("{}", String::from_utf8_lossy(&self.buffer));
        }
        Ok(self.buffer[head..head + length].to_vec())
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

fn content_length(head: &[u8]) -> Result<usize> {
    let head = std::str::from_utf8(head)?.to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    // 204 has none.
    length.map_or(Ok(0), |text| text.trim().parse().context("content-length"))
}

/// Repeats requests over so many connections for a while; each request is taken once where `once`.
pub async fn load(
    address: &str,
    clients: usize,
    requests: Arc<Vec<Bytes>>,
    once: bool,
    length: Duration,
) -> Result<Load> {
    let next = Arc::new(AtomicUsize::new(0));
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    for _ in 0..clients {
        let (next, stop, requests) = (Arc::clone(&next), Arc::clone(&stop), Arc::clone(&requests));
        let mut connection = Connection::open(address).await?;
        tasks.spawn(async move {
            let mut times = Vec::with_capacity(1 << 16);
            while !stop.load(Ordering::Relaxed) {
                let taken = next.fetch_add(1, Ordering::Relaxed);
                if once && taken >= requests.len() {
                    break;
                }
                let begun = Instant::now();
                connection.call(&requests[taken % requests.len()]).await?;
                times.push(begun.elapsed());
            }
            anyhow::Ok(times)
        });
    }
    let begun = Instant::now();
    let mut times = Vec::new();
    let stopper = tokio::spawn({
        let stop = Arc::clone(&stop);
        async move {
            tokio::time::sleep(length).await;
            stop.store(true, Ordering::Relaxed);
        }
    });
    while let Some(done) = tasks.join_next().await {
        times.extend(done??);
    }
    let elapsed = begun.elapsed();
    stopper.abort();
    times.sort_unstable();
    let at = |share: f64| {
        times
            .get((times.len() as f64 * share) as usize)
            .copied()
            .unwrap_or_default()
    };
    Ok(Load {
        count: times.len(),
        per_second: times.len() as f64 / elapsed.as_secs_f64(),
        p50: at(0.5),
        p99: at(0.99),
    })
}

/// CPU seconds that a process has used, by all its threads.
pub fn cpu_seconds(process: u32) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The fields behind the name, which may hold blanks: state is the first, user and system time the 12th and 13th.
    let fields: Vec<&str> = stat
        .rsplit_once(')')
        .context("no name")?
        .1
        .split_whitespace()
        .collect();
    let ticks = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
    Ok(ticks / 100.0)
}

impl std::fmt::Display for Load {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(
            formatter,
            "{:>9.0}/s   p50 {:>8.3} ms   p99 {:>8.3} ms",
            self.per_second,
            self.p50.as_secs_f64() * 1e3,
            self.p99.as_secs_f64() * 1e3
        )
    }
}
