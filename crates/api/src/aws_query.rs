//! awsQuery: a form in, XML out. Flat inputs and outputs only, which is all that is answered by it.

use std::fmt::Write;

use crate::node::Node;
use crate::rest_json::Answer;
use crate::shape::Structure;
use crate::spec::Spec;
use crate::text::percent_decoded;

/// The `Action` of a form body, or of a query string.
pub fn action(form: &[u8]) -> Option<String> {
    let form = std::str::from_utf8(form).ok()?;
    form.split('&')
        .find_map(|pair| percent_decoded(&pair.strip_prefix("Action=")?.replace('+', " ")))
}

/// Encodes an output of text members.
pub fn encode(spec: &Spec, namespace: &str, output: &Node, request_id: &str) -> Answer {
    let name = spec.name;
    let mut body = format!("<{name}Response xmlns=\"{namespace}\"><{name}Result>");
    if let (Some(structure), Node::Structure(slots)) = (spec.output, output) {
        members(structure, slots, &mut body);
    }
    let _ = write!(
        body,
        "</{name}Result><ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{name}Response>",
        escaped(request_id)
    );
    Answer {
        status: 200,
        headers: vec![("Content-Type".into(), "text/xml".into())],
        body: body.into_bytes(),
    }
}

/// Encodes an error in the protocol's envelope.
pub fn encode_error(
    code: &str,
    status: u16,
    message: &str,
    namespace: &str,
    request_id: &str,
) -> Answer {
    let fault = if status < 500 { "Sender" } else { "Receiver" };
    let body = format!(
        "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{fault}</Type><Code>{}</Code>\
         <Message>{}</Message></Error><RequestId>{}</RequestId></ErrorResponse>",
        escaped(code),
        escaped(message),
        escaped(request_id)
    );
    let headers = vec![
        ("Content-Type".into(), "text/xml".into()),
        ("X-Amzn-Errortype".into(), code.to_owned()),
    ];
    Answer {
        status,
        headers,
        body: body.into_bytes(),
    }
}

fn members(structure: &Structure, slots: &[Option<Node>], body: &mut String) {
    for (member, slot) in structure.members.iter().zip(slots) {
        if let Some(Node::Text(text)) = slot {
            let _ = write!(body, "<{0}>{1}</{0}>", member.wire, escaped(text));
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
