//! From StartIncident's request to the webhook's receiver, at 100 incidents a second.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::client::Connection;
use crate::incidents::add_plan;
use crate::server::{ACCOUNT, REGION, Server};

const INCIDENTS_PER_SECOND: usize = 100;
/// More than are ever under way, so that no request waits for another's answer.
const CLIENTS: usize = 16;
/// How long the last message may be under way.
const PATIENCE: Duration = Duration::from_secs(30);

/// When each incident's messages arrived, by its ARN.
type Arrivals = Arc<Mutex<HashMap<String, Vec<Instant>>>>;

pub async fn run() -> Result<()> {
    println!("\n## Delivery: {INCIDENTS_PER_SECOND} StartIncident a second, to a local receiver");
    for topics in [1, 4] {
        round(topics).await?;
    }
    Ok(())
}

async fn round(topics: usize) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?);
    let arrivals = Arrivals::default();
    let receiver = tokio::spawn(receive(listener, Arc::clone(&arrivals)));
    let arns: Vec<String> = (0..topics)
        .map(|number| format!("arn:aws:sns:{REGION}:{ACCOUNT}:topic-{number}"))
        .collect();
    let server = Server::start_with(&configuration(&arns, &url))?;
    let targets: Vec<Value> = arns.iter().map(|arn| json!({"snsTopicArn": arn})).collect();
    let template =
        json!({"title": "Checkout is down", "impact": 1, "notificationTargets": targets});
    let plan = add_plan(&server, template).await?;
    let begun = start_incidents(&server, &plan).await?;
    let mut times = times(&begun, &arrivals, topics).await?;
    receiver.abort();
    times.sort_unstable();
    let at = |share: f64| times[(times.len() as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{topics} topics: {} messages   p50 {:>8.3} ms   p99 {:>8.3} ms   (goal of p99: 250 ms)",
        times.len(),
        at(0.5),
        at(0.99)
    );
    Ok(())
}

fn configuration(arns: &[String], url: &str) -> String {
    let topic = |arn: &String| format!("[topics.\"{arn}\"]\nto = \"webhook\"\nurl = \"{url}\"\n");
    let topics: String = arns.iter().map(topic).collect();
    format!("[outside]\nallow = [\"127.0.0.0/8\"]\n{topics}")
}

/// Starts incidents at a steady pace, and gives when each was due by its ARN: a request that was sent late
/// because the server was slow counts from when it should have been sent.
async fn start_incidents(server: &Server, plan: &str) -> Result<Vec<(String, Instant)>> {
    let count = INCIDENTS_PER_SECOND * crate::round().as_secs() as usize;
    let body = json!({"responsePlanArn": plan}).to_string();
    let request = server.request("ssm-incidents", "POST", "/startIncident", &body)?;
    let begun = Instant::now() + Duration::from_millis(100);
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let mut connection = Connection::open(&server.address).await?;
        let request = request.clone();
        clients.spawn(async move {
            let mut started = Vec::new();
            for number in (client..count).step_by(CLIENTS) {
                let due =
                    begun + Duration::from_secs(1) * number as u32 / INCIDENTS_PER_SECOND as u32;
                tokio::time::sleep_until(due.into()).await;
                let answer: Value = serde_json::from_slice(&connection.call(&request).await?)?;
                let arn = answer["incidentRecordArn"].as_str().context("no ARN")?;
                started.push((arn.to_owned(), due));
            }
            anyhow::Ok(started)
        });
    }
    let mut started = Vec::new();
    while let Some(client) = clients.join_next().await {
        started.extend(client??);
    }
    Ok(started)
}

/// How long each message took, once all are there.
async fn times(
    started: &[(String, Instant)],
    arrivals: &Arrivals,
    topics: usize,
) -> Result<Vec<Duration>> {
    let wanted = started.len() * topics;
    let end = Instant::now() + PATIENCE;
    loop {
        let arrived: usize = arrivals.lock().values().map(Vec::len).sum();
        if arrived >= wanted {
            break;
        }
        if Instant::now() > end {
            bail!("{arrived} of {wanted} messages arrived");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let arrivals = arrivals.lock();
    let mut times = Vec::with_capacity(wanted);
    for (arn, due) in started {
        let at = arrivals
            .get(arn)
            .with_context(|| format!("nothing of {arn}"))?;
        times.extend(at.iter().map(|at| at.duration_since(*due)));
    }
    Ok(times)
}

async fn receive(listener: TcpListener, arrivals: Arrivals) {
    while let Ok((stream, _)) = listener.accept().await {
        let arrivals = Arc::clone(&arrivals);
        let service = service_fn(move |request: Request<Incoming>| {
            let arrivals = Arc::clone(&arrivals);
            async move {
                let body = request.into_body().collect().await?.to_bytes();
                let at = Instant::now();
                let event: Value = serde_json::from_slice(&body)?;
                let arn = event["resources"][0].as_str().unwrap_or_default();
                arrivals.lock().entry(arn.to_owned()).or_default().push(at);
                anyhow::Ok(Response::new(Full::new(Bytes::new())))
            }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}
