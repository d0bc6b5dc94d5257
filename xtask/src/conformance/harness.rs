//! Speaks JSON lines with the protocol suite's runner: decodes requests, encodes answers.

mod plain;
mod validation;

use std::io::{BufRead, Write};

use balefire_api::rest_json::{self, Answer, Request};
use balefire_api::route::{Router, Target};
use balefire_api::shape::{Shape, Structure};
use balefire_api::{Document, Mismatch, Node, Rejection, Service, Spec, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

type Typed = fn(&str, Node) -> Result<Node, Mismatch>;

struct Model {
    service: &'static Service,
    router: Router,
    /// An input through its Rust type and back, so that the types are tested too.
    input: Typed,
    output: Typed,
}

fn main() {
    let models = [
        model(&plain::operations::SERVICE, plain::operations::typed_input, plain::operations::typed_output),
        model(
            &validation::operations::SERVICE,
            validation::operations::typed_input,
            validation::operations::typed_output,
        ),
    ];
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let question: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
        let model = &models[usize::from(question["model"] == "restjson1-validation")];
        let answer = match question.get("decode") {
            Some(request) => decode(model, request),
            None => encode(model, &question["encode"]),
        };
        writeln!(out, "{answer}").and_then(|()| out.flush()).expect("stdout");
    }
}

fn model(service: &'static Service, input: Typed, output: Typed) -> Model {
    Model { service, router: Router::new(service), input, output }
}

fn decode(model: &Model, request: &Value) -> Value {
    let uri = request["uri"].as_str().unwrap_or_default();
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let mut headers = HeaderMap::new();
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header name");
        headers.insert(name, HeaderValue::from_str(value.as_str().unwrap_or_default()).expect("a value"));
    }
    let body = STANDARD.decode(request["body_b64"].as_str().unwrap_or_default()).expect("base64");
    let Some(found) = model.router.find(request["method"].as_str().unwrap_or_default(), path, query) else {
        return json!({"status": 404, "headers": {"x-amzn-errortype": "UnknownOperationException"}});
    };
    let Target::Operation(spec) = found.target else { unreachable!("all operations are generated") };
    let request = Request { labels: found.labels, query, headers: &headers, body: &body };
    match rest_json::decode(spec, &request) {
        Ok(node) => {
            let node = match (model.input)(spec.name, node) {
                Ok(node) => node,
                Err(mismatch) => return json!({"operation": spec.name, "mismatch": mismatch.0}),
            };
            let input = spec.input.map_or(Value::Null, |structure| shown(structure, &node));
            json!({"operation": spec.name, "input": input})
        }
        Err(rejection) => refused(&rejection),
    }
}

fn refused(rejection: &Rejection) -> Value {
    let (name, status) = rejection.code();
    let fields = match rejection {
        Rejection::Validation(violations) => {
            violations.iter().map(|v| json!({"path": v.path, "message": v.message})).collect()
        }
        _ => Vec::new(),
    };
    let body = json!({"message": rejection.message(), "fieldList": fields}).to_string();
    json!({"status": status, "headers": {"x-amzn-errortype": name}, "body_b64": STANDARD.encode(body)})
}

fn encode(model: &Model, question: &Value) -> Value {
    let name = question["operation"].as_str().unwrap_or_default();
    let spec: &Spec = model.service.operations.iter().find(|spec| spec.name == name).expect("an operation");
    let answer = match question["error"].as_str().and_then(|error| spec.error(error)) {
        Some(error) => rest_json::encode_error(error, &read(error.structure, &question["output"])),
        None => {
            let node = spec.output.map_or(Node::Structure(vec![]), |s| read(s, &question["output"]));
            let node = (model.output)(name, node).expect("the output has its type");
            rest_json::encode(spec, &node)
        }
    };
    let Answer { status, headers, body } = answer;
    let headers: Map<String, Value> = headers.into_iter().map(|(k, v)| (k, Value::String(v))).collect();
    let mut headers = headers;
    if body.is_empty() {
        headers.insert("Content-Length".into(), "0".into());
    }
    json!({"status": status, "headers": headers, "body_b64": STANDARD.encode(body)})
}

/// A node as the runner compares it.
fn shown(structure: &Structure, node: &Node) -> Value {
    let mut members = Map::new();
    match node {
        Node::Structure(slots) => {
            for (member, slot) in structure.members.iter().zip(slots) {
                if let Some(value) = slot {
                    members.insert(member.name.into(), shown_value(member.shape, value));
                }
            }
        }
        Node::Union(place, value) => {
            let member = &structure.members[*place];
            members.insert(member.name.into(), shown_value(member.shape, value));
        }
        _ => {}
    }
    Value::Object(members)
}

fn shown_value(shape: &Shape, node: &Node) -> Value {
    match (shape, node) {
        (_, Node::Null) => Value::Null,
        (Shape::Structure(structure), node) => shown(structure, node),
        (Shape::List(list), Node::List(items)) => {
            items.iter().map(|item| shown_value(list.item, item)).collect()
        }
        (Shape::Map(map), Node::Map(entries)) => {
            let entries = entries.iter().map(|(key, value)| (key.clone(), shown_value(map.value, value)));
            Value::Object(entries.collect())
        }
        (_, Node::Boolean(value)) => json!(value),
        (_, Node::Integer(value)) => json!(value),
        (_, Node::Float(value)) if value.is_nan() => json!("NaN"),
        (_, Node::Float(value)) if value.is_infinite() => {
            json!(if *value > 0.0 { "Infinity" } else { "-Infinity" })
        }
        (_, Node::Float(value)) => json!(value),
        (_, Node::Text(text)) => json!(text),
        (_, Node::Blob(bytes)) => json!(String::from_utf8_lossy(bytes)),
        (_, Node::Timestamp(Timestamp(ms))) => json!(*ms as f64 / 1000.0),
        (_, Node::Document(document)) => document.value().expect("a document is JSON"),
        _ => Value::Null,
    }
}

/// A node from the runner's parameters.
fn read(structure: &'static Structure, value: &Value) -> Node {
    if structure.union {
        let (name, value) = value.as_object().and_then(|o| o.iter().next()).expect("a union's member");
        let place = structure.place(name).expect("a known member");
        return Node::Union(place, Box::new(read_value(structure.members[place].shape, value)));
    }
    let slot = |name: &str| value.get(name).filter(|value| !value.is_null());
    let slots = structure.members.iter().map(|m| slot(m.name).map(|value| read_value(m.shape, value)));
    Node::Structure(slots.collect())
}

fn read_value(shape: &'static Shape, value: &Value) -> Node {
    match shape {
        _ if value.is_null() => Node::Null,
        Shape::Boolean => Node::Boolean(value.as_bool().expect("a boolean")),
        Shape::Integer(_) => Node::Integer(value.as_i64().expect("an integer")),
        Shape::Float(_) => Node::Float(match value.as_str() {
            Some("NaN") => f64::NAN,
            Some("Infinity") => f64::INFINITY,
            Some(_) => f64::NEG_INFINITY,
            None => value.as_f64().expect("a number"),
        }),
        Shape::Text(_) => Node::Text(value.as_str().expect("a text").into()),
        Shape::Blob(_) => Node::Blob(value.as_str().expect("a text").into()),
        Shape::Timestamp(_) => {
            Node::Timestamp(Timestamp::from_seconds(value.as_f64().expect("seconds")).expect("a time"))
        }
        Shape::Document | Shape::Kept(_) => Node::Document(Document::from_value(value)),
        Shape::List(list) => {
            let items = value.as_array().expect("a list").iter();
            Node::List(items.map(|item| read_value(list.item, item)).collect())
        }
        Shape::Map(map) => {
            let entries = value.as_object().expect("a map").iter();
            Node::Map(entries.map(|(key, value)| (key.clone(), read_value(map.value, value))).collect())
        }
        Shape::Structure(structure) => read(structure, value),
    }
}
