//! Listener tests over real sockets; limits are small, and every wait is for an event.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::*;

mod abuse;
mod encrypted;
mod life;

/// Answers with what it got; some paths do more.
#[derive(Clone, Default)]
struct Probe {
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    answered: AtomicUsize,
    running: AtomicUsize,
    running_most: AtomicUsize,
    entered: Notify,
    release: Notify,
}

impl Answer for Probe {
    async fn answer(&self, parts: Parts, body: Bytes, peer: SocketAddr) -> Response<Body> {
        assert!(peer.ip().is_loopback());
        let state = &self.state;
        let running = state.running.fetch_add(1, Ordering::SeqCst) + 1;
        state.running_most.fetch_max(running, Ordering::SeqCst);
        let answer = match parts.uri.path() {
            "/wait" => {
                state.entered.notify_one();
                state.release.notified().await;
                full("waited")
            }
            "/crowd" => {
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                full("crowd")
            }
            "/big" => full(vec![b'x'; 1 << 20]),
            "/stream" => stream(Full::new(Bytes::from("streamed")).map_err(|never| match never {})),
            "/panic" => panic!("a planted panic"),
            path => full(format!(
                "{} {path} {}",
                parts.method,
                String::from_utf8_lossy(&body)
            )),
        };
        state.running.fetch_sub(1, Ordering::SeqCst);
        state.answered.fetch_add(1, Ordering::SeqCst);
        Response::new(answer)
    }

    fn refuse(&self, status: StatusCode, message: &str, parts: &Parts) -> Response<Body> {
        let mut response = Response::new(full(format!("refused {} {message}", parts.uri.path())));
        *response.status_mut() = status;
        response
    }
}

struct Server {
    addr: SocketAddr,
    probe: Probe,
    stop: oneshot::Sender<()>,
    done: JoinHandle<io::Result<()>>,
}

impl Server {
    async fn start(limits: Limits) -> Self {
        Self::start_with(limits, None, |listener| listener).await
    }

    async fn start_with<S>(
        limits: Limits,
        tls: Option<rustls::ServerConfig>,
        source: impl FnOnce(TcpListener) -> S,
    ) -> Self
    where
        S: Source + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("its address");
        let probe = Probe::default();
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move { _ = stopped.await };
        let done = tokio::spawn(serve_from(
            source(listener),
            tls,
            limits,
            probe.clone(),
            shutdown,
        ));
        Self {
            addr,
            probe,
            stop,
            done,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addr).await.expect("a connection")
    }

    /// Sends these bytes on a new connection and reads to its end.
    async fn exchange(&self, request: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.expect("sent");
        rest_of(&mut stream).await
    }

    fn answered(&self) -> usize {
        self.probe.state.answered.load(Ordering::SeqCst)
    }

    async fn stop(self) {
        _ = self.stop.send(());
        self.done.await.expect("no panic").expect("no error");
    }
}

/// Everything up to the end of the connection, which must be an orderly one.
async fn rest_of(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut bytes = Vec::new();
    stream
        .read_to_end(&mut bytes)
        .await
        .expect("an orderly end");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads just as far as `mark`.
async fn read_until(stream: &mut (impl AsyncReadExt + Unpin), mark: &str) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(mark.as_bytes()) {
        bytes.push(stream.read_u8().await.expect("more bytes"));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
}

fn post(headers: &str, body: &str) -> String {
    format!("POST /p HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n{body}")
}

#[track_caller]
fn assert_answer(answer: &str, status: u16, body_part: &str) {
    let right = answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(body_part);
    assert!(right, "wanted {status} with {body_part:?}, got {answer:?}");
}

#[test]
fn loopback_is_this_machine_only() {
    for (addr, expected) in [
        ("127.0.0.1:1", true),
        ("127.8.9.10:1", true),
        ("[::1]:1", true),
        ("[::ffff:127.0.0.1]:1", true),
        ("0.0.0.0:1", false),
        ("[::]:1", false),
        ("10.0.0.1:1", false),
        ("[::ffff:10.0.0.1]:1", false),
        ("[fe80::1]:1", false),
    ] {
        assert_eq!(
            loopback(&addr.parse().expect("an address")),
            expected,
            "{addr}"
        );
    }
}
