//! Requests generated from the models' constraints, each held against the whole pipeline.

use std::collections::BTreeMap;

use balefire_api::Protocol;
use balefire_api::shape::{Location, Structure};
use http::HeaderValue;
use serde_json::{Value, json};

use crate::answer::{Answered, validation};
use crate::cases::{self, Case, Cases, Expected};
use crate::modelled::{self, Modelled};
use crate::server::{ADMINISTRATOR, Server};

/// Constraints for which no request could be made may not grow beyond this share.
const SKIPPED_PERCENT_MAX: usize = 2;
/// What the answered operations give rise to at least; more operations give more.
const REQUESTS_MIN: u64 = 4_000;

fn answered_with_cases() -> Vec<(Modelled, Cases)> {
    let operations = modelled::answered().into_iter();
    let with_cases = operations.map(|operation| {
        let spec = operation.spec.expect("an answered operation has shapes");
        let cases = cases::of(spec);
        let cases = cases.unwrap_or_else(|| panic!("no valid input of {} is known", spec.name));
        (operation, cases)
    });
    with_cases.collect()
}

#[test]
fn each_constraint_holds_and_not_one_step_further() {
    let server = Server::new();
    // Its findings are judged one by one, behind the hub.
    server.done(ADMINISTRATOR, "securityhub:EnableSecurityHub", &json!({}));
    let mut counts: BTreeMap<(Expected, &str), usize> = BTreeMap::new();
    let mut skipped: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (operation, cases) in answered_with_cases() {
        for (what, count) in cases.skipped {
            *skipped.entry(what).or_default() += count;
        }
        for case in &cases.made {
            let Some(answered) = server.try_call(ADMINISTRATOR, &operation, &case.input) else {
                *skipped.entry("no URI is so long").or_default() += 1;
                continue;
            };
            *counts.entry((case.expected, case.what)).or_default() += 1;
            if let Err(reason) = judge(&operation, case, &answered) {
                wrong.push(reason);
            }
        }
    }
    report(&counts, &skipped);
    let shown: Vec<&String> = wrong.iter().take(20).collect();
    assert!(
        wrong.is_empty(),
        "{} answers are wrong, the first of them: {shown:#?}",
        wrong.len()
    );
    assert!(server.answer_count() >= REQUESTS_MIN);
    let (made, left): (usize, usize) = (counts.values().sum(), skipped.values().sum());
    assert!(left * 100 <= made * SKIPPED_PERCENT_MAX, "{left} skipped");
}

fn report(counts: &BTreeMap<(Expected, &str), usize>, skipped: &BTreeMap<&str, usize>) {
    for ((expected, what), count) in counts {
        println!("{count:7} {expected:?}: {what}");
    }
    for (what, count) in skipped {
        println!("{count:7} skipped: {what}");
    }
    println!("{:7} requests", counts.values().sum::<usize>());
}

/// Why an answer is wrong.
fn judge(operation: &Modelled, case: &Case, answered: &Answered) -> Result<(), String> {
    let spec = operation.spec.expect("an answered operation has shapes");
    let outcome = (answered.status, answered.error());
    let message = answered.message();
    let right = match case.expected {
        Expected::Violation if case.path.starts_with("/Findings/") && is_import(operation) => {
            answered.status == 200 && fails_alone(case, answered)
        }
        Expected::Violation => {
            outcome == (400, validation(spec)) && message.contains(&format!("'{}'", case.path))
        }
        Expected::Malformed => {
            outcome == (400, "SerializationException") && names_place(operation, case, &message)
        }
        Expected::Inside => {
            answered.status < 500
                && answered.error() != "SerializationException"
                && !breaks_model(&message, &case.path)
        }
    };
    if right {
        return Ok(());
    }
    let input: String = case.input.to_string().chars().take(300).collect();
    Err(format!(
        "{} at {}: {}, expected {:?}, got {} {}: {}\n  input: {input}",
        operation.id(),
        case.path,
        case.what,
        case.expected,
        answered.status,
        answered.error(),
        message.chars().take(300).collect::<String>()
    ))
}

fn is_import(operation: &Modelled) -> bool {
    operation.id() == "securityhub:BatchImportFindings"
}

/// Whether the one finding of an import was refused, and the place in it is told.
fn fails_alone(case: &Case, answered: &Answered) -> bool {
    let place = case.path.trim_start_matches("/Findings/");
    let place = place.split_once('/').map_or("", |(_, place)| place);
    // Blank entries of maps are left out. Members of structures begin with a capital, the test's keys do not.
    let key = place.rsplit('/').next().unwrap_or_default();
    let value = case.input.pointer(&case.path).and_then(Value::as_str);
    if key.starts_with(char::is_lowercase) && value.is_some_and(|text| text.trim().is_empty()) {
        return true;
    }
    let failed = &answered.json()["FailedFindings"][0];
    let message = failed["ErrorMessage"].as_str().unwrap_or_default();
    failed["ErrorCode"] == "InvalidInput" && message.contains(&format!("'/{place}'"))
}

/// Whether a refusal to read names the member, as the wire has it.
fn names_place(operation: &Modelled, case: &Case, message: &str) -> bool {
    let input = operation.spec.and_then(|spec| spec.input);
    let members = input.into_iter().flat_map(|structure| structure.members);
    let member = members
        .into_iter()
        .find(|member| member.name == case.member);
    let member = member.expect("the case's member");
    match member.location {
        Location::Body | Location::Payload => message.contains(&format!("'{}", case.path)),
        _ => message.contains(&format!("'{}'", member.wire)),
    }
}

/// Whether a message says that the value at a path breaks a constraint of the model. Rules of the
/// operations have other words.
fn breaks_model(message: &str, path: &str) -> bool {
    let place = format!("at '{path}' failed to satisfy constraint: Member must ");
    let mut constraints = message.match_indices(&place).map(|(at, place)| {
        let rest = &message[at + place.len()..];
        [
            "have length ",
            "be between ",
            "be greater than or equal to ",
            "be less than or equal to ",
            "satisfy enum value set",
            "satisfy regular expression pattern",
            "have unique values",
            "not be null",
        ]
        .iter()
        .any(|words| rest.starts_with(words))
    });
    constraints.any(|broken| broken)
}

#[test]
fn all_violations_of_a_request_are_told_at_once() {
    let server = Server::new();
    let mut several = 0;
    for (operation, cases) in answered_with_cases() {
        let mut input = json!({});
        let mut paths = BTreeMap::new();
        for case in cases.made {
            if case.expected != Expected::Violation || paths.contains_key(case.member) {
                continue;
            }
            // The member's own value tells; beside it, required members of other cases may be missing.
            if let Some(value) = case.input.get(case.member) {
                input[case.member] = value.clone();
            }
            paths.insert(case.member, case.path);
        }
        let spec = operation.spec.expect("an answered operation has shapes");
        let labels_and_more = crate::values::input(spec).unwrap_or_default();
        for (name, value) in labels_and_more.as_object().into_iter().flatten() {
            if !paths.contains_key(name.as_str()) {
                input[name] = value.clone();
            }
        }
        let answered = server.try_call(ADMINISTRATOR, &operation, &input);
        let answered = answered.expect("a URI that holds the input");
        if paths.is_empty() {
            continue;
        }
        let message = answered.message();
        let id = operation.id();
        assert_eq!(answered.error(), validation(spec), "{id}: {message}");
        for path in paths.values() {
            assert!(
                message.contains(&format!("'{path}'")),
                "{id} {path}: {message}"
            );
        }
        let told = message.split_once(' ').and_then(|(n, _)| n.parse().ok());
        assert!(told >= Some(paths.len()), "{id}: {message}");
        several += usize::from(paths.len() > 1);
    }
    println!("{several} operations told of several violations at once");
    assert!(several > 10);
    assert_eq!(server.change_count(), 0);
}

#[test]
fn a_body_that_is_no_object_cannot_be_read() {
    let server = Server::new();
    let bodies = [
        "[]",
        "null",
        "1",
        "\"a\"",
        "{",
        "{}{}",
        "{\"a\":}",
        "{'a':1}",
        "{\"a\":1,}",
    ];
    let mut count = 0;
    for operation in modelled::answered() {
        let spec = operation.spec.expect("an answered operation has shapes");
        if !spec.input.is_some_and(Structure::has_body) {
            continue;
        }
        let input = crate::values::input(spec).expect("a valid input");
        for body in bodies {
            let request = crate::request::request(&operation, &input);
            let mut request = request.expect("a request");
            *request.body_mut() = body.as_bytes().to_vec();
            server.sign(ADMINISTRATOR, operation.service.name, &mut request);
            let answered = server.send(request, Some(&operation));
            let outcome = (answered.status, answered.error());
            let id = operation.id();
            assert_eq!(outcome, (400, "SerializationException"), "{id} {body}");
            count += 1;
        }
    }
    println!("{count} unreadable bodies");
    assert_eq!(server.change_count(), 0);
}

#[test]
fn an_empty_body_is_an_empty_object() {
    let server = Server::new();
    let json_type = Some(HeaderValue::from_static("application/json"));
    let mut count = 0;
    for operation in modelled::answered() {
        let spec = operation.spec.expect("an answered operation has shapes");
        let optional = |structure: &Structure| structure.members.iter().all(|m| !m.required);
        let bodiless = operation.protocol() == Protocol::RestJson && spec.method != "GET";
        if !bodiless || !spec.input.is_none_or(optional) {
            continue;
        }
        for (body, media_type) in [("", &None), ("", &json_type), ("{}", &json_type)] {
            let request = crate::request::request(&operation, &json!({}));
            let mut request = request.expect("a request");
            *request.body_mut() = body.as_bytes().to_vec();
            request.headers_mut().remove("content-type");
            if let Some(media_type) = media_type {
                request
                    .headers_mut()
                    .insert("content-type", media_type.clone());
            }
            server.sign(ADMINISTRATOR, operation.service.name, &mut request);
            let answered = server.send(request, Some(&operation));
            let id = operation.id();
            assert!(
                !matches!(answered.status, 400 | 415),
                "{id} {body:?}: {}",
                answered.message()
            );
            count += 1;
        }
    }
    println!("{count} empty bodies");
    assert!(count > 10);
}
