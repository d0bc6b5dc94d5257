//! The life of connections: keep-alive, continue, limits of number, failed accepts, shutdown.

use super::*;

#[tokio::test]
async fn one_connection_carries_many_requests() {
    let server = Server::start(Limits::default()).await;
    let mut stream = server.connect().await;
    for index in 0..3 {
        let request = format!("GET /{index} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let answer = read_until(&mut stream, &format!("GET /{index} ")).await;
        assert_answer(&answer, 200, "date: ");
    }
    server.stop().await;
    let server = Server::start(Limits {
        keep_alive: false,
        ..Limits::default()
    })
    .await;
    let answer = server
        .exchange("GET /once HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await;
    assert_answer(&answer, 200, "GET /once");
    server.stop().await;
}

#[tokio::test]
async fn streams_are_passed_on() {
    let server = Server::start(Limits::default()).await;
    assert_answer(&server.exchange(&get("/stream")).await, 200, "streamed");
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_asks_first_is_told_to_go_on_or_not() {
    let limits = Limits {
        body_bytes_max: 10,
        // Reading on would keep the connection open for that long.
        discard_timeout_ms: 600_000,
        ..Limits::default()
    };
    let server = Server::start(limits).await;
    let asks = |bytes: usize| {
        post(
            &format!("expect: 100-continue\r\ncontent-length: {bytes}\r\n"),
            "",
        )
    };
    let mut stream = server.connect().await;
    stream.write_all(asks(5).as_bytes()).await.expect("sent");
    assert_eq!(
        read_until(&mut stream, "\r\n\r\n").await,
        "HTTP/1.1 100 Continue\r\n\r\n"
    );
    stream.write_all(b"01234").await.expect("sent");
    assert_answer(&rest_of(&mut stream).await, 200, "POST /p 01234");
    assert_answer(&server.exchange(&asks(11)).await, 413, "longer than");
    server.stop().await;
}

#[tokio::test]
async fn no_more_connections_are_served_than_stated() {
    let server = Server::start(Limits {
        connections_max: 2,
        ..Limits::default()
    })
    .await;
    let mut clients = Vec::new();
    for _ in 0..8 {
        let mut stream = server.connect().await;
        stream
            .write_all(get("/crowd").as_bytes())
            .await
            .expect("sent");
        clients.push(stream);
    }
    for stream in &mut clients {
        assert_answer(&rest_of(stream).await, 200, "crowd");
    }
    assert_eq!(server.probe.state.running_most.load(Ordering::SeqCst), 2);
    server.stop().await;
}

/// A listener whose first accepts fail as if the process had no file descriptors left.
struct Exhausted {
    listener: TcpListener,
    failures_left: AtomicUsize,
}

impl Source for Exhausted {
    async fn next(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let left = |left: usize| left.checked_sub(1);
        match self
            .failures_left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, left)
        {
            Ok(_) => Err(io::Error::from_raw_os_error(24)),
            Err(_) => self.listener.accept().await,
        }
    }
}

#[tokio::test]
async fn failed_accepts_are_waited_out() {
    let limits = Limits {
        accept_pause_ms: 1,
        ..Limits::default()
    };
    let exhausted = |listener| Exhausted {
        listener,
        failures_left: AtomicUsize::new(3),
    };
    let server = Server::start_with(limits, None, exhausted).await;
    assert_answer(&server.exchange(&get("/a")).await, 200, "GET /a");
    server.stop().await;
}

#[tokio::test]
async fn a_panic_costs_one_connection() {
    let server = Server::start(Limits::default()).await;
    assert_eq!(server.exchange(&get("/panic")).await, "");
    assert_answer(&server.exchange(&get("/a")).await, 200, "GET /a");
    server.stop().await;
}

#[tokio::test]
async fn shutdown_finishes_what_runs_and_takes_nothing_new() {
    let server = Server::start(Limits::default()).await;
    let mut idle = server.connect().await;
    idle.write_all(b"GET /i HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .expect("sent");
    read_until(&mut idle, "GET /i ").await;
    let mut running = server.connect().await;
    running
        .write_all(get("/wait").as_bytes())
        .await
        .expect("sent");
    server.probe.state.entered.notified().await;

    let (addr, state) = (server.addr, Arc::clone(&server.probe.state));
    let stopping = tokio::spawn(server.stop());
    assert_eq!(
        rest_of(&mut idle).await,
        "",
        "the idle connection is closed at once"
    );
    TcpStream::connect(addr)
        .await
        .expect_err("nothing listens any more");
    state.release.notify_one();
    assert_answer(&rest_of(&mut running).await, 200, "waited");
    stopping.await.expect("an orderly stop");
}

#[tokio::test]
async fn shutdown_does_not_wait_for_ever() {
    let server = Server::start(Limits {
        drain_timeout_ms: 20,
        ..Limits::default()
    })
    .await;
    let mut stuck = server.connect().await;
    stuck
        .write_all(get("/wait").as_bytes())
        .await
        .expect("sent");
    server.probe.state.entered.notified().await;
    server.stop().await;
    assert_eq!(rest_of(&mut stuck).await, "");
}
