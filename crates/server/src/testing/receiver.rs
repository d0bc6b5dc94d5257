//! A local HTTP server that answers as a test tells it, and keeps what it was sent.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::net::TcpListener;

/// How the server behaves.
#[derive(Clone)]
pub enum Behaviour {
    /// With a status and a body, and an ETag as S3 gives it.
    Answers(u16, &'static str),
    /// By the method and path, each with a status and a body; otherwise 404.
    Routes(&'static [(&'static str, u16, &'static str)]),
    /// With a redirect to a URL.
    Redirects(&'static str),
    /// Takes the request and never answers.
    Hangs,
    /// Ends the connection without an answer.
    HangsUp,
}

/// A request as it arrived.
pub struct Received {
    pub parts: Parts,
    pub body: Bytes,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.parts
            .headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap_or(""))
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

/// The server; it runs on the runtime that it was started on.
pub struct Receiver {
    pub url: String,
    behaviour: Arc<Mutex<Behaviour>>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    pub async fn start(behaviour: Behaviour) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let behaviour = Arc::new(Mutex::new(behaviour));
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        tokio::spawn(accept(listener, behaviour.clone(), received.clone()));
        Receiver {
            url: format!("http://{address}/hook"),
            behaviour,
            received,
        }
    }

    pub fn behave(&self, behaviour: Behaviour) {
        *self.behaviour.lock() = behaviour;
    }

    /// What has arrived since the last call.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.received.lock())
    }
}

async fn accept(
    listener: TcpListener,
    behaviour: Arc<Mutex<Behaviour>>,
    received: Arc<Mutex<Vec<Received>>>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let (behaviour, received) = (behaviour.clone(), received.clone());
        let service = service_fn(move |request: http::Request<Incoming>| {
            let (behaviour, received) = (behaviour.lock().clone(), received.clone());
            async move {
                let (parts, body) = request.into_parts();
                let body = body.collect().await?.to_bytes();
                let asked = format!("{} {}", parts.method, parts.uri.path());
                received.lock().push(Received { parts, body });
                answer(behaviour, &asked).await
            }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

async fn answer(
    behaviour: Behaviour,
    asked: &str,
) -> Result<Response<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
    let with = |status: u16, body: &'static str| {
        let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
        *response.status_mut() = StatusCode::from_u16(status).expect("a status");
        let tag = http::HeaderValue::from_static("\"tag\"");
        response.headers_mut().insert(http::header::ETAG, tag);
        response
    };
    match behaviour {
        Behaviour::Answers(status, body) => Ok(with(status, body)),
        Behaviour::Routes(routes) => {
            let route = routes.iter().find(|(route, ..)| *route == asked);
            Ok(route.map_or_else(|| with(404, ""), |(_, status, body)| with(*status, body)))
        }
        Behaviour::Redirects(to) => {
            let mut response = with(302, "");
            let location = to.parse().expect("a location");
            response
                .headers_mut()
                .insert(http::header::LOCATION, location);
            Ok(response)
        }
        Behaviour::Hangs => std::future::pending().await,
        Behaviour::HangsUp => Err("no answer".into()),
    }
}
