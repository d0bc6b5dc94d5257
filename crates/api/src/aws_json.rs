//! awsJson1.1: the operation in a header, everything else in one JSON object.

use http::HeaderMap;

use crate::check::check;
use crate::json;
use crate::media;
use crate::node::Node;
use crate::rejection::Rejection;
use crate::rest_json::Answer;
use crate::shape::UNIT;
use crate::spec::{ErrorSpec, Service, Spec};

const MEDIA_TYPE: &str = "application/x-amz-json-1.1";

/// The operation's name in `X-Amz-Target`, if the header names this service.
pub fn target<'h>(service: &Service, headers: &'h HeaderMap) -> Option<&'h str> {
    let target = headers.get("x-amz-target")?.to_str().ok()?;
    target
        .strip_prefix(service.target_prefix)?
        .strip_prefix('.')
}

/// Decodes and checks an input.
pub fn decode(spec: &Spec, headers: &HeaderMap, body: &[u8]) -> Result<Node, Rejection> {
    let structure = spec.input.unwrap_or(&UNIT);
    let given = headers
        .get(http::header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or("none");
    if !media::is(given, MEDIA_TYPE) {
        let text = format!("The Content-Type must be {MEDIA_TYPE}; it is {given}.");
        return Err(Rejection::UnsupportedMediaType(text));
    }
    let body = if body.is_empty() { b"{}" } else { body };
    let node = json::read(structure, body)?;
    let violations = check(structure, &node);
    if violations.is_empty() {
        Ok(node)
    } else {
        Err(Rejection::Validation(violations))
    }
}

/// Encodes an output.
pub fn encode(spec: &Spec, output: &Node) -> Answer {
    answer(spec.status, |body| match spec.output {
        Some(structure) => json::write_members(structure, output, body),
        None => body.extend_from_slice(b"{}"),
    })
}

/// Encodes a modelled error; its name is in the body too.
pub fn encode_error(error: &ErrorSpec, node: &Node) -> Answer {
    let mut encoded = answer(error.status, |body| {
        json::write_members(error.structure, node, body)
    });
    let mut typed = b"{\"__type\":".to_vec();
    json::text(error.name, &mut typed);
    if encoded.body.len() > 2 {
        typed.push(b',');
    }
    typed.extend_from_slice(&encoded.body[1..]);
    encoded.body = typed;
    encoded
        .headers
        .push(("X-Amzn-Errortype".into(), error.name.into()));
    encoded
}

fn answer(status: u16, write: impl FnOnce(&mut Vec<u8>)) -> Answer {
    let mut body = Vec::with_capacity(256);
    write(&mut body);
    Answer {
        status,
        headers: vec![("Content-Type".into(), MEDIA_TYPE.into())],
        body,
    }
}
