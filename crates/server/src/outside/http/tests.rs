//! The client against a server that is slow, fails, or lies.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;

use super::{Http, Section};
use crate::outside::Fault;
use crate::testing::receiver::{Behaviour, Receiver};

fn client(allow: &[&str]) -> Http {
    let allow = allow.iter().map(|net| net.parse().expect("a network"));
    let section = Section {
        allow: allow.collect(),
        ca_bundle: None,
    };
    Http::new(&section)
        .expect("a client")
        .within(Duration::from_millis(300))
}

async fn post(http: &Http, url: &str) -> Result<Bytes, Fault> {
    let request = Request::post(url).body(Full::new(Bytes::from_static(b"{}")));
    let response = http.send(request.expect("a request")).await;
    response.map(http::Response::into_body)
}

#[tokio::test]
async fn an_answer_is_read() {
    let receiver = Receiver::start(Behaviour::Answers(202, "thanks")).await;
    let http = client(&["127.0.0.0/8"]);
    assert_eq!(
        post(&http, &receiver.url).await.expect("an answer"),
        "thanks"
    );
    assert_eq!(receiver.take().len(), 1);
}

#[tokio::test]
async fn faults_say_whether_they_last() {
    let receiver = Receiver::start(Behaviour::Hangs).await;
    let http = client(&["127.0.0.0/8"]);
    for (behaviour, lasting, said) in [
        (
            Behaviour::Answers(400, "no such room"),
            true,
            "no such room",
        ),
        (Behaviour::Answers(404, ""), true, "404"),
        (Behaviour::Answers(429, "slowly"), false, "slowly"),
        (Behaviour::Answers(503, "busy"), false, "busy"),
        (Behaviour::HangsUp, false, "cannot be reached"),
        (Behaviour::Hangs, false, "did not answer"),
        (
            Behaviour::Redirects("http://169.254.169.254/latest"),
            true,
            "redirects are not followed",
        ),
    ] {
        receiver.behave(behaviour);
        let fault = post(&http, &receiver.url).await.expect_err(said);
        assert_eq!(fault.lasting, lasting, "{fault}");
        assert!(fault.reason.contains(said), "{fault}");
    }
}

#[tokio::test]
async fn the_inner_network_is_not_reached_unasked() {
    let receiver = Receiver::start(Behaviour::Answers(200, "")).await;
    let closed = client(&[]);
    let by_name = receiver.url.replace("127.0.0.1", "localhost");
    for url in [&receiver.url, &by_name] {
        let fault = post(&closed, url).await.expect_err(url);
        assert!(
            fault.lasting && fault.reason.contains("outside.allow"),
            "{fault}"
        );
    }
    assert!(receiver.take().is_empty());
    let open = client(&["127.0.0.0/8", "::1/128"]);
    post(&open, &by_name).await.expect("an answer");
}

#[tokio::test]
async fn a_server_that_is_not_there_may_come_back() {
    let http = client(&["127.0.0.0/8"]);
    // The port was free a moment ago, and nothing listens at it.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    drop(listener);
    let fault = post(&http, &url).await.expect_err("nobody listens");
    assert!(!fault.lasting, "{fault}");
}
