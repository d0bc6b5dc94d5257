//! Requests that are too much, too slow or malformed, and what each is answered.

use super::*;

fn small() -> Limits {
    Limits {
        body_bytes_max: 10,
        discard_timeout_ms: 30,
        ..Limits::default()
    }
}

#[tokio::test]
async fn announced_bodies_over_the_limit_are_refused_unread() {
    let server = Server::start(small()).await;
    let answer = server.exchange(&post("content-length: 11\r\n", "")).await;
    assert_answer(
        &answer,
        413,
        "refused /p The body is longer than the 10 bytes",
    );
    assert!(answer.contains("connection: close"), "{answer}");
    let answer = server
        .exchange(&post("content-length: 10\r\n", "0123456789"))
        .await;
    assert_answer(&answer, 200, "POST /p 0123456789");
    let answer = server
        .exchange(&post("content-length: 99999999999999999\r\n", ""))
        .await;
    assert_answer(&answer, 413, "longer than");
    assert_eq!(server.answered(), 1);
    server.stop().await;
}

#[tokio::test]
async fn the_refusal_reaches_a_client_that_sends_all_first() {
    let limits = Limits {
        discard_timeout_ms: 10_000,
        ..small()
    };
    let server = Server::start(limits).await;
    let body = "x".repeat(8 << 20);
    let answer = server
        .exchange(&post(&format!("content-length: {}\r\n", body.len()), &body))
        .await;
    assert_answer(&answer, 413, "longer than");
    server.stop().await;
}

#[tokio::test]
async fn no_more_than_the_stated_bytes_are_read_away() {
    let limits = Limits {
        discard_bytes_max: 1 << 20,
        discard_timeout_ms: 600_000,
        ..small()
    };
    let server = Server::start(limits).await;
    let mut stream = server.connect().await;
    stream
        .write_all(post("content-length: 999999999999\r\n", "").as_bytes())
        .await
        .expect("sent");
    let block = vec![b'x'; 1 << 20];
    let mut blocks = 0;
    while stream.write_all(&block).await.is_ok() {
        blocks += 1;
        assert!(blocks < 1000, "the server reads on");
    }
    server.stop().await;
}

#[tokio::test]
async fn chunked_bodies_are_counted_while_they_come() {
    let server = Server::start(small()).await;
    let chunked = |chunks: &str| post("transfer-encoding: chunked\r\n", chunks);
    let answer = server
        .exchange(&chunked("5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"))
        .await;
    assert_answer(&answer, 200, "POST /p 0123456789");
    let answer = server
        .exchange(&chunked("5\r\n01234\r\n6\r\n56789x\r\n0\r\n\r\n"))
        .await;
    assert_answer(&answer, 413, "longer than");
    let answer = server.exchange(&chunked("5\r\n01234\r\nzz\r\n")).await;
    assert_answer(&answer, 400, "could not be read to its end");
    assert_eq!(server.answered(), 1);
    server.stop().await;
}

#[tokio::test]
async fn slow_heads_are_cut_off() {
    let limits = Limits {
        header_read_timeout_ms: 30,
        ..Limits::default()
    };
    let server = Server::start(limits).await;
    for begun in ["", "GET / HT", "GET / HTTP/1.1\r\nhost: localhost\r\nx: "] {
        let answer = server.exchange(begun).await;
        assert!(!answer.contains("200"), "{begun:?}: {answer}");
    }
    let mut idle = server.connect().await;
    idle.write_all(b"GET /a HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .expect("sent");
    assert_answer(&rest_of(&mut idle).await, 200, "GET /a");
    server.stop().await;
}

#[tokio::test]
async fn slow_bodies_are_told_so_and_cut_off() {
    let limits = Limits {
        body_read_timeout_ms: 30,
        discard_timeout_ms: 30,
        ..Limits::default()
    };
    let server = Server::start(limits).await;
    let answer = server
        .exchange(&post("content-length: 10\r\n", "01234"))
        .await;
    assert_answer(&answer, 408, "did not arrive within 30 ms");
    assert!(answer.contains("connection: close"), "{answer}");
    let answer = server
        .exchange(&post("transfer-encoding: chunked\r\n", "5\r\n01"))
        .await;
    assert_answer(&answer, 408, "did not arrive within 30 ms");
    assert_eq!(server.answered(), 0);
    server.stop().await;
}

#[tokio::test]
async fn large_heads_are_refused() {
    let server = Server::start(Limits::default()).await;
    let request = |bytes: usize| {
        let long = "x".repeat(bytes);
        format!("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-long: {long}\r\n\r\n")
    };
    assert_answer(&server.exchange(&request(60 << 10)).await, 200, "GET /");
    let mut stream = server.connect().await;
    // The server may close before it has read all of this.
    _ = stream.write_all(request(80 << 10).as_bytes()).await;
    let mut bytes = [0; 12];
    if stream.read_exact(&mut bytes).await.is_ok() {
        assert_eq!(String::from_utf8_lossy(&bytes), "HTTP/1.1 431");
    }
    assert_eq!(server.answered(), 1);
    server.stop().await;
}

#[tokio::test]
async fn exactly_one_host_is_wanted() {
    let server = Server::start(Limits::default()).await;
    for (target, hosts, message) in [
        ("/", "", "exactly one Host"),
        ("/", "host: a\r\nhost: a\r\n", "exactly one Host"),
        ("/", "host:\r\n", "Host header is empty"),
        ("http://b/", "host: a\r\n", "differs from the host"),
        ("*", "host: a\r\n", "not a path"),
        ("a:80", "host: a:80\r\n", "not a path"),
    ] {
        let method = if target == "a:80" {
            "CONNECT"
        } else {
            "OPTIONS"
        };
        let request = format!("{method} {target} HTTP/1.1\r\n{hosts}connection: close\r\n\r\n");
        assert_answer(&server.exchange(&request).await, 400, message);
    }
    let absolute = "GET http://A/x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    assert_answer(&server.exchange(absolute).await, 200, "GET /x");
    assert_eq!(server.answered(), 1);
    server.stop().await;
}

#[tokio::test]
async fn encoded_bodies_are_refused() {
    let server = Server::start(Limits::default()).await;
    for encoding in [
        "gzip",
        "identity, gzip",
        "identity\r\ncontent-encoding: br",
        "",
    ] {
        let headers = format!("content-encoding: {encoding}\r\ncontent-length: 2\r\n");
        assert_answer(
            &server.exchange(&post(&headers, "{}")).await,
            415,
            "Content-Encoding",
        );
    }
    let plain = post("content-encoding: Identity\r\ncontent-length: 2\r\n", "{}");
    assert_answer(&server.exchange(&plain).await, 200, "POST /p {}");
    server.stop().await;
}

#[tokio::test]
async fn a_request_hidden_behind_two_lengths_is_not_answered() {
    let server = Server::start(Limits::default()).await;
    let hidden = "GET /hidden HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let lengths = "content-length: 5\r\ntransfer-encoding: chunked";
    let request =
        format!("POST /seen HTTP/1.1\r\nhost: localhost\r\n{lengths}\r\n\r\n0\r\n\r\n{hidden}");
    let mut stream = server.connect().await;
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    // What is left unread may reset the connection after the answer.
    _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(
        answer.contains("/seen") && !answer.contains("/hidden"),
        "{answer}"
    );
    server.stop().await;
}

#[tokio::test]
async fn clients_that_read_nothing_do_not_keep_their_place() {
    let limits = Limits {
        write_timeout_ms: 30,
        connections_max: 1,
        ..Limits::default()
    };
    let server = Server::start(limits).await;
    let mut greedy = server.connect().await;
    let many = "GET /big HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(50);
    greedy.write_all(many.as_bytes()).await.expect("sent");
    // There is one place: this is answered only because the other client lost it.
    assert_answer(&server.exchange(&get("/after")).await, 200, "GET /after");
    assert!(server.answered() < 51, "the greedy client was served whole");
    server.stop().await;
}

#[tokio::test]
async fn bodies_in_memory_are_bounded_over_all_connections() {
    let limits = Limits {
        bodies_bytes_max: 100,
        ..Limits::default()
    };
    let server = Server::start(limits).await;
    let state = Arc::clone(&server.probe.state);
    let waiting = |stream: &mut TcpStream| {
        let body = "x".repeat(80);
        let request = post("content-length: 80\r\n", &body).replace("/p", "/wait");
        let bytes = request.into_bytes();
        let (_, writer) = stream.split();
        writer.try_write(&bytes).expect("sent");
    };
    let mut first = server.connect().await;
    first.writable().await.expect("writable");
    waiting(&mut first);
    state.entered.notified().await;
    let body = "y".repeat(30);
    let second = post("content-length: 30\r\n", &body);
    assert_answer(
        &server.exchange(&second).await,
        503,
        "Too many request bodies",
    );
    state.release.notify_one();
    assert_answer(&rest_of(&mut first).await, 200, "waited");
    assert_answer(&server.exchange(&second).await, 200, "yyy");
    server.stop().await;
}
