//! Puts an operation and its input on the wire, as an SDK does.

use balefire_api::shape::{Location, Member, Structure, UNIT};
use balefire_api::{Protocol, Spec};
use http::{HeaderValue, Request};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use crate::modelled::Modelled;

/// All but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

const ENDPOINT: &str = "http://balefire.test";

/// A request without a signature. `input` has top-level members by their names in the model and
/// everything below as the wire has it. `None` where no URI can hold the input.
pub fn request(operation: &Modelled, input: &Value) -> Option<Request<Vec<u8>>> {
    let structure = operation
        .spec
        .and_then(|spec: &Spec| spec.input)
        .unwrap_or(&UNIT);
    match operation.protocol() {
        Protocol::RestJson => rest(operation, structure, input),
        Protocol::AwsJson => {
            let target = format!("{}.{}", operation.service.target_prefix, operation.name);
            let body = body(structure, input).unwrap_or_else(|| json!({}));
            let mut request = Request::post(ENDPOINT).body(body.to_string().into_bytes());
            let headers = request.as_mut().ok()?.headers_mut();
            headers.insert("x-amz-target", HeaderValue::try_from(target).ok()?);
            headers.insert("content-type", json_type("application/x-amz-json-1.1"));
            request.ok()
        }
        Protocol::AwsQuery => {
            let form = format!("Action={}&Version=2011-06-15", operation.name);
            let mut request = Request::post(ENDPOINT).body(form.into_bytes());
            let headers = request.as_mut().ok()?.headers_mut();
            headers.insert(
                "content-type",
                json_type("application/x-www-form-urlencoded"),
            );
            request.ok()
        }
    }
}

fn json_type(text: &'static str) -> HeaderValue {
    HeaderValue::from_static(text)
}

fn rest(
    operation: &Modelled,
    structure: &'static Structure,
    input: &Value,
) -> Option<Request<Vec<u8>>> {
    let (path, constant) = operation.uri.split_once('?').unwrap_or((operation.uri, ""));
    let mut path = path.to_owned();
    let mut query: Vec<String> = constant
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(str::to_owned)
        .collect();
    for member in structure.members {
        let Some(value) = input.get(member.name) else {
            continue;
        };
        match member.location {
            Location::Label => {
                let text = encoded(value);
                path = path
                    .replace(&format!("{{{}}}", member.wire), &text)
                    .replace(&format!("{{{}+}}", member.wire), &text);
            }
            Location::Query => query.extend(pairs(member, value)),
            _ => {}
        }
    }
    // An operation that is known by name only is called with any labels.
    while let Some((start, end)) = path.find('{').zip(path.find('}')) {
        path.replace_range(start..=end, "label");
    }
    let query = query.join("&");
    let uri = match query.as_str() {
        "" => format!("{ENDPOINT}{path}"),
        query => format!("{ENDPOINT}{path}?{query}"),
    };
    let body = body(structure, input);
    let mut request = Request::builder().method(operation.method).uri(uri);
    if body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let bytes = body.map(|body| body.to_string().into_bytes());
    request.body(bytes.unwrap_or_default()).ok()
}

fn pairs(member: &Member, value: &Value) -> Vec<String> {
    let pair = |value: &Value| format!("{}={}", member.wire, encoded(value));
    match value {
        Value::Array(items) => items.iter().map(pair).collect(),
        value => vec![pair(value)],
    }
}

fn encoded(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    utf8_percent_encode(&text, RESERVED).to_string()
}

/// The members of the body, `None` where the operation has no body.
fn body(structure: &Structure, input: &Value) -> Option<Value> {
    if let Some((_, member)) = structure.payload() {
        return input.get(member.name).cloned();
    }
    if !structure.has_body() {
        return None;
    }
    let members = structure.members.iter().filter_map(|member| {
        let value = input.get(member.name)?;
        (member.location == Location::Body).then(|| (member.wire.to_owned(), value.clone()))
    });
    Some(Value::Object(members.collect::<Map<_, _>>()))
}
