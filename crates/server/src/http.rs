//! The HTTP listener: bytes in, bytes out, within stated limits.
//!
//! It knows nothing of AWS. What it must refuse before a request is whole, it lets its [`Answer`]
//! put into words.

mod body;
mod connection;
mod stall;
#[cfg(test)]
mod tests;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Either, Full};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

pub use tls::{TlsError, tls_config};

/// The body of an answer: whole, or a stream such as server-sent events.
pub type Body = Either<Full<Bytes>, UnsyncBoxBody<Bytes, io::Error>>;

/// A body that is known as a whole.
pub fn full(bytes: impl Into<Bytes>) -> Body {
    Either::Left(Full::new(bytes.into()))
}

/// A body that is made while it is sent.
pub fn stream<B>(body: B) -> Body
where
    B: hyper::body::Body<Data = Bytes, Error = io::Error> + Send + 'static,
{
    Either::Right(body.boxed_unsync())
}

/// What one client, and all of them together, may take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Longest body of one request.
    pub body_bytes_max: usize,
    /// Bytes of request bodies held in memory at one time, over all connections.
    pub bodies_bytes_max: usize,
    /// Longest request head.
    pub header_bytes_max: usize,
    /// Time for a request head and for the TLS handshake, hence also the longest idle time.
    pub header_read_timeout_ms: u64,
    /// Time for a whole request body.
    pub body_read_timeout_ms: u64,
    /// Time for which a client may take nothing of an answer that is ready for it.
    pub write_timeout_ms: u64,
    /// Connections open at one time; further ones wait to be accepted.
    pub connections_max: usize,
    /// Whether a connection may carry more than one request.
    pub keep_alive: bool,
    /// Time for which the rest of a refused body is read away, so that the client sees the refusal.
    pub discard_timeout_ms: u64,
    /// Bytes of a refused body that are read away.
    pub discard_bytes_max: usize,
    /// Time for running requests to finish at shutdown.
    pub drain_timeout_ms: u64,
    /// Pause after a failed accept, for example when the process is out of file descriptors.
    pub accept_pause_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 8 << 20,
            bodies_bytes_max: 256 << 20,
            header_bytes_max: 64 << 10,
            header_read_timeout_ms: 30_000,
            body_read_timeout_ms: 60_000,
            write_timeout_ms: 60_000,
            connections_max: 1024,
            keep_alive: true,
            discard_timeout_ms: 2_000,
            discard_bytes_max: 32 << 20,
            drain_timeout_ms: 10_000,
            accept_pause_ms: 100,
        }
    }
}

/// Who answers the requests.
pub trait Answer: Clone + Send + Sync + 'static {
    /// Answers a whole request.
    fn answer(
        &self,
        parts: Parts,
        body: Bytes,
        peer: SocketAddr,
    ) -> impl Future<Output = Response<Body>> + Send;

    /// Words a refusal of the listener: 400, 408, 413, 415 or 503, with what was wrong.
    ///
    /// The connection is closed after it.
    fn refuse(&self, status: StatusCode, message: &str, parts: &Parts) -> Response<Body>;
}

/// What all connections share.
struct Shared<A> {
    answer: A,
    limits: Limits,
    tls: Option<TlsAcceptor>,
    /// Invariant: one permit per byte of request body in memory.
    bodies: Arc<Semaphore>,
}

/// Serves until `shutdown` resolves, then lets running requests finish within the drain time.
///
/// Accept errors are logged and waited out; an error comes back only if the listener does not listen.
pub async fn serve(
    listener: TcpListener,
    tls: Option<rustls::ServerConfig>,
    limits: Limits,
    answer: impl Answer,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    serve_from(listener, tls, limits, answer, shutdown).await
}

/// Where connections come from; a listener, or what a test puts in its place.
trait Source {
    fn next(&self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> + Send;
}

impl Source for TcpListener {
    async fn next(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.accept().await
    }
}

async fn serve_from<A: Answer>(
    source: impl Source,
    tls: Option<rustls::ServerConfig>,
    limits: Limits,
    answer: A,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let tls = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
    let bodies = Arc::new(Semaphore::new(
        limits.bodies_bytes_max.min(Semaphore::MAX_PERMITS),
    ));
    let shared = Arc::new(Shared {
        answer,
        limits,
        tls,
        bodies,
    });
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            Some(ended) = connections.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a connection's task failed");
                }
            }
            accepted = source.next(), if connections.len() < shared.limits.connections_max => match accepted {
                Ok((stream, peer)) => {
                    let shared = Arc::clone(&shared);
                    connections.spawn(connection::run(shared, stream, peer, graceful.watcher()));
                }
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(error),
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection now");
                    tokio::time::sleep(Duration::from_millis(shared.limits.accept_pause_ms)).await;
                }
            }
        }
    }
    // Closed before the wait, so that clients turn elsewhere at once.
    drop(source);
    let drain = Duration::from_millis(shared.limits.drain_timeout_ms);
    if tokio::time::timeout(drain, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(
            open = connections.len(),
            "connections were cut off at shutdown"
        );
    }
    connections.shutdown().await;
    Ok(())
}

/// Whether only this machine can reach the address.
pub fn loopback(addr: &SocketAddr) -> bool {
    addr.ip().to_canonical().is_loopback()
}
