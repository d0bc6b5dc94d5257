//! A bare server of the same HTTP stack that answers fixed bytes: the limit of any answer.

use std::future::pending;
use std::net::SocketAddr;

use anyhow::Result;
use balefire::http::{Answer, Body, Limits, full, serve as listen};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use tokio::net::TcpListener;

#[derive(Clone)]
struct Fixed(Bytes);

impl Answer for Fixed {
    async fn answer(&self, _parts: Parts, _body: Bytes, _peer: SocketAddr) -> Response<Body> {
        let mut response = Response::new(full(self.0.clone()));
        response
            .headers_mut()
            .insert("content-type", HeaderValue::from_static("application/json"));
        let id = HeaderValue::from_static("00000000-0000-4000-8000-000000000000");
        response.headers_mut().insert("x-amzn-requestid", id);
        response
    }

    fn refuse(&self, status: StatusCode, _message: &str, _parts: &Parts) -> Response<Body> {
        let mut response = Response::new(full(""));
        *response.status_mut() = status;
        response
    }
}

pub async fn serve(body: Vec<u8>) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    listen(
        listener,
        None,
        Limits::default(),
        Fixed(body.into()),
        pending(),
    )
    .await?;
    Ok(())
}
