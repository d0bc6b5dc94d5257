//! restJson1: binds labels, query, headers and body to an input, and an output or error to an answer.

use http::HeaderMap;

use crate::check::check;
use crate::json::{self};
use crate::media;
use crate::node::Node;
use crate::rejection::Rejection;
use crate::shape::{Blob, Location, Member, Shape, Structure, UNIT};
use crate::spec::{ErrorSpec, Spec};
use crate::text;

/// The parts of a request that an operation may bind, routed but not yet decoded.
#[derive(Debug)]
pub struct Request<'a> {
    pub labels: Vec<(&'static str, String)>,
    pub query: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

/// An answer ready to be sent, but for the headers every answer has.
#[derive(Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

pub const JSON: &str = "application/json";

/// Decodes and checks an input, in the protocol's order: media types, form, constraints.
pub fn decode(spec: &Spec, request: &Request) -> Result<Node, Rejection> {
    let node = read(spec, request)?;
    let violations = check(spec.input.unwrap_or(&UNIT), &node);
    if violations.is_empty() {
        Ok(node)
    } else {
        Err(Rejection::Validation(violations))
    }
}

/// As `decode`, without the constraints.
pub fn read(spec: &Spec, request: &Request) -> Result<Node, Rejection> {
    let structure = spec.input.unwrap_or(&UNIT);
    check_content_type(spec, request)?;
    check_accept(spec, request.headers)?;
    let mut slots = body_slots(structure, request.body)?;
    let query = text::query_parameters(request.query)
        .ok_or_else(|| Rejection::Serialization("The query string is not UTF-8.".into()))?;
    for (slot, member) in slots.iter_mut().zip(structure.members) {
        if let Some(node) = bind(member, request, &query)? {
            *slot = Some(node);
        }
    }
    json::fill_defaults(structure, &mut slots);
    Ok(Node::Structure(slots))
}

fn body_slots(structure: &'static Structure, body: &[u8]) -> Result<Vec<Option<Node>>, Rejection> {
    let mut empty = Vec::new();
    empty.resize_with(structure.members.len(), || None);
    if let Some((place, member)) = structure.payload() {
        empty[place] = payload(member.shape, body)?;
        return Ok(empty);
    }
    if !structure.has_body() || body.is_empty() {
        return Ok(empty);
    }
    match json::read(structure, body)? {
        Node::Structure(slots) => Ok(slots),
        _ => Ok(empty),
    }
}

fn payload(shape: &'static Shape, body: &[u8]) -> Result<Option<Node>, Rejection> {
    match shape {
        _ if body.is_empty() => Ok(None),
        Shape::Blob(_) => Ok(Some(Node::Blob(body.to_vec()))),
        Shape::Text(_) => String::from_utf8(body.to_vec())
            .map(|text| Some(Node::Text(text)))
            .map_err(|_| Rejection::Serialization("The body is not UTF-8.".into())),
        shape => json::read_payload(shape, body),
    }
}

fn bind(
    member: &Member,
    request: &Request,
    query: &[(String, String)],
) -> Result<Option<Node>, Rejection> {
    match member.location {
        Location::Label => {
            let label = request.labels.iter().find(|(name, _)| *name == member.wire);
            label
                .map(|(name, value)| text::read(member.shape, value, &format!("label '{name}'")))
                .transpose()
        }
        Location::Query => bind_query(member, query),
        Location::QueryMap => Ok(query_map(member.shape, query)),
        Location::Header => bind_header(member, request.headers),
        Location::PrefixHeaders => prefix_headers(member.wire, request.headers),
        Location::Body | Location::Payload | Location::StatusCode => Ok(None),
    }
}

fn bind_query(member: &Member, query: &[(String, String)]) -> Result<Option<Node>, Rejection> {
    let read = |shape: &'static Shape, value: &String| {
        text::read(shape, value, &format!("query parameter '{}'", member.wire))
    };
    let mut values = query
        .iter()
        .filter(|(key, _)| key == member.wire)
        .map(|(_, value)| value);
    match member.shape {
        Shape::List(list) => {
            let items: Vec<Node> = values
                .map(|value| read(list.item, value))
                .collect::<Result<_, _>>()?;
            Ok((!items.is_empty()).then_some(Node::List(items)))
        }
        shape => values.next().map(|value| read(shape, value)).transpose(),
    }
}

fn query_map(shape: &Shape, query: &[(String, String)]) -> Option<Node> {
    let lists = matches!(shape, Shape::Map(map) if matches!(map.value, Shape::List(_)));
    let mut entries: Vec<(String, Node)> = Vec::new();
    for (key, value) in query {
        let value = Node::Text(value.clone());
        match entries.iter_mut().find(|(known, _)| known == key) {
            Some((_, Node::List(values))) => values.push(value),
            Some(_) => {}
            None if lists => entries.push((key.clone(), Node::List(vec![value]))),
            None => entries.push((key.clone(), value)),
        }
    }
    (!entries.is_empty()).then_some(Node::Map(entries))
}

fn bind_header(member: &Member, headers: &HeaderMap) -> Result<Option<Node>, Rejection> {
    let place = format!("header '{}'", member.wire);
    let unreadable = || Rejection::Serialization(format!("The {place} could not be read."));
    let values: Vec<&str> = headers
        .get_all(member.wire)
        .iter()
        .map(|value| value.to_str().map_err(|_| unreadable()))
        .collect::<Result<_, _>>()?;
    let Some(first) = values.first() else {
        return Ok(None);
    };
    match member.shape {
        Shape::List(list) => {
            let dates = list_of_http_dates(list.item);
            let entries = text::split_header(&values.join(", "), dates).ok_or_else(unreadable)?;
            let items: Vec<Node> = entries
                .iter()
                .map(|entry| text::read(list.item, entry, &place))
                .collect::<Result<_, _>>()?;
            Ok(Some(Node::List(items)))
        }
        shape => text::read(shape, first, &place).map(Some),
    }
}

fn list_of_http_dates(item: &Shape) -> bool {
    matches!(
        item,
        Shape::Timestamp(crate::timestamp::TimeFormat::HttpDate)
    )
}

fn prefix_headers(prefix: &str, headers: &HeaderMap) -> Result<Option<Node>, Rejection> {
    let prefix = prefix.to_ascii_lowercase();
    let entries: Vec<(String, Node)> = headers
        .iter()
        .filter_map(|(name, value)| {
            let rest = name.as_str().strip_prefix(&prefix)?;
            Some((rest.to_owned(), Node::Text(value.to_str().ok()?.to_owned())))
        })
        .filter(|(rest, _)| !rest.is_empty())
        .collect();
    Ok((!entries.is_empty()).then_some(Node::Map(entries)))
}

/// What the body must be, `None` where anything goes.
fn wanted_type(structure: &Structure) -> Option<&'static str> {
    match structure.payload().map(|(_, member)| member.shape) {
        Some(Shape::Blob(Blob { media_type, .. })) => *media_type,
        Some(Shape::Text(_)) => Some("text/plain"),
        _ => Some(JSON),
    }
}

fn is_of_uri(member: &Member) -> bool {
    matches!(
        member.location,
        Location::Label | Location::Query | Location::QueryMap
    )
}

fn check_content_type(spec: &Spec, request: &Request) -> Result<(), Rejection> {
    let given = request
        .headers
        .get(http::header::CONTENT_TYPE)
        .map(|v| v.to_str().unwrap_or("unreadable"));
    let refuse = |wanted: &str| {
        let given = given.unwrap_or("none");
        Err(Rejection::UnsupportedMediaType(format!(
            "The Content-Type must be {wanted}; it is {given}."
        )))
    };
    let body = !request.body.is_empty();
    match spec.input {
        Some(structure) if structure.has_body() || structure.payload().is_some() => {
            let Some(wanted) = wanted_type(structure) else {
                return Ok(());
            };
            match given {
                Some(given) if media::is(given, wanted) => Ok(()),
                None if !body => Ok(()),
                _ => refuse(wanted),
            }
        }
        Some(structure) if structure.members.is_empty() => match given {
            Some(given) if body && !media::is(given, JSON) => refuse(JSON),
            _ => Ok(()),
        },
        // Some SDKs send `{}` wherever they may send a body. The protocol's suite has it refused where the
        // URI takes nothing either.
        Some(structure)
            if structure.members.iter().any(is_of_uri)
                && request.body == b"{}"
                && given.is_some_and(|given| media::is(given, JSON)) =>
        {
            Ok(())
        }
        _ if body && given.is_some() => refuse("absent, since this operation takes no body"),
        _ => Ok(()),
    }
}

fn check_accept(spec: &Spec, headers: &HeaderMap) -> Result<(), Rejection> {
    let Some(offered) = spec.output.and_then(wanted_type) else {
        return Ok(());
    };
    let accepts: Vec<&str> = headers
        .get_all(http::header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    if accepts.is_empty() || accepts.iter().any(|accept| media::accepts(accept, offered)) {
        return Ok(());
    }
    Err(Rejection::NotAcceptable(format!(
        "The answer is {offered}, which the Accept header does not allow."
    )))
}

/// Encodes an output.
pub fn encode(spec: &Spec, output: &Node) -> Answer {
    let mut answer = Answer {
        status: spec.status,
        ..Answer::default()
    };
    if let Some(structure) = spec.output {
        fill(&mut answer, structure, output);
    }
    if answer.status == 204 {
        answer.body.clear();
        answer
            .headers
            .retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
    }
    answer
}

/// Encodes a modelled error.
pub fn encode_error(error: &ErrorSpec, node: &Node) -> Answer {
    let mut answer = Answer {
        status: error.status,
        ..Answer::default()
    };
    answer
        .headers
        .push(("X-Amzn-Errortype".into(), error.name.into()));
    fill(&mut answer, error.structure, node);
    answer
}

fn fill(answer: &mut Answer, structure: &'static Structure, node: &Node) {
    let Node::Structure(slots) = node else { return };
    if structure.payload().is_none() {
        answer.headers.push(("Content-Type".into(), JSON.into()));
        let mut body = Vec::with_capacity(256);
        json::write_members(structure, node, &mut body);
        answer.body = body;
    }
    for (member, slot) in structure.members.iter().zip(slots) {
        let Some(value) = slot else { continue };
        match (member.location, value) {
            (Location::StatusCode, Node::Integer(status)) => answer.status = *status as u16,
            (Location::Header, value) => set(answer, member.wire, text::write(member.shape, value)),
            (Location::PrefixHeaders, Node::Map(entries)) => {
                for (name, value) in entries {
                    let name = format!("{}{name}", member.wire);
                    // A header that a member names is that member's.
                    if !answer
                        .headers
                        .iter()
                        .any(|(known, _)| known.eq_ignore_ascii_case(&name))
                    {
                        set(answer, &name, text::write(&crate::shape::STRING, value));
                    }
                }
            }
            (Location::Payload, value) => fill_payload(answer, member.shape, value),
            _ => {}
        }
    }
}

fn fill_payload(answer: &mut Answer, shape: &Shape, value: &Node) {
    let (media_type, body) = match (shape, value) {
        (Shape::Blob(blob), Node::Blob(bytes)) => (
            blob.media_type.unwrap_or("application/octet-stream"),
            bytes.clone(),
        ),
        (Shape::Text(_), Node::Text(text)) => ("text/plain", text.clone().into_bytes()),
        (shape, value) => {
            let mut body = Vec::new();
            json::write(shape, value, &mut body);
            (JSON, body)
        }
    };
    set(answer, "Content-Type", media_type.into());
    answer.body = body;
}

fn set(answer: &mut Answer, name: &str, value: String) {
    answer
        .headers
        .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    answer.headers.push((name.to_owned(), value));
}
