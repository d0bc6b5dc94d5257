//! Writes a service's operations: a marker type and a row each, its errors, and the service itself.

use std::collections::BTreeSet;

use anyhow::Result;

use super::{HEAD, Selection};
use crate::codegen::model::{Model, Operation, Reference};
use crate::codegen::names;

pub fn write(
    model: &Model,
    service: &str,
    chosen: &[&str],
    rest: &[&str],
    selection: &Selection,
) -> Result<String> {
    let mut text = format!(
        "{HEAD}\n#![allow(unused_imports, reason = \"not every service has errors and pages\")]\n\n\
         use balefire_api::shape::structure;\nuse balefire_api::spec::{{Pages, Protocol}};\nuse balefire_api::{{ErrorSpec, Service, operation}};\n\n\
         use super::*;\n\n"
    );
    text.push_str(&errors(model, chosen)?);
    for name in chosen {
        text.push_str(&operation(model, service, name, selection)?);
    }
    if selection.by_name {
        text.push_str(&by_name("typed_input", "Input", chosen));
        text.push_str(&by_name("typed_output", "Output", chosen));
    }
    text.push_str(&format!(
        "/// The service and everything that is known of it.\npub static SERVICE: Service = Service {{\n\
         name: {service:?},\nprotocol: Protocol::{},\ntarget_prefix: {:?},\noperations: &[{}],\nnamed_only: &[{}],\n}};\n",
        model.protocol()?,
        model.target_prefix(),
        chosen.iter().map(|name| format!("&{},", names::table(name))).collect::<String>(),
        rest.iter()
            .map(|name| {
                let http = &model.operations[*name].http;
                format!("({name:?}, {:?}, {:?}),", http.method, http.request_uri)
            })
            .collect::<String>(),
    ));
    Ok(text)
}

/// A function that takes a node to the Rust type of an operation's input or output and back.
fn by_name(function: &str, side: &str, chosen: &[&str]) -> String {
    let arms: String = chosen
        .iter()
        .map(|name| {
            format!(
                "{name:?} => <<{name} as balefire_api::Operation>::{side} as Typed>::from_node(node)\
                 .map(Typed::into_node),\n"
            )
        })
        .collect();
    format!(
        "pub fn {function}(name: &str, node: balefire_api::Node) -> Result<balefire_api::Node, balefire_api::Mismatch> {{\n\
         use balefire_api::Typed;\nmatch name {{\n{arms}_ => Err(balefire_api::Mismatch(\"an operation\")),\n}}\n}}\n\n"
    )
}

fn errors(model: &Model, chosen: &[&str]) -> Result<String> {
    let names: BTreeSet<&str> = chosen
        .iter()
        .flat_map(|name| &model.operations[*name].errors)
        .map(|error| error.shape.as_str())
        .collect();
    let mut text = String::new();
    for name in names {
        let shape = model.shape(name)?;
        let modelled = shape
            .error
            .as_ref()
            .and_then(|error| error.http_status_code);
        let status = modelled.unwrap_or(if shape.fault { 500 } else { 400 });
        let table = names::table(name);
        text.push_str(&format!(
            "static {table}_ERROR: ErrorSpec = ErrorSpec {{ name: {name:?}, status: {status}, \
             structure: structure(&{table}) }};\n"
        ));
    }
    Ok(text)
}

fn operation(model: &Model, service: &str, name: &str, selection: &Selection) -> Result<String> {
    let operation = &model.operations[name];
    let table = names::table(name);
    let side = |reference: &Option<Reference>| match reference {
        Some(reference) => (
            names::type_name(&reference.shape),
            format!(
                "Some(structure(&super::{}))",
                names::table(&reference.shape)
            ),
        ),
        None => ("balefire_api::Unit".to_owned(), "None".to_owned()),
    };
    let (input_type, input) = side(&operation.input);
    let (output_type, output) = side(&operation.output);
    let errors: String = operation
        .errors
        .iter()
        .map(|error| format!("{}_ERROR ", names::table(&error.shape)))
        .collect();
    let action = selection
        .actions
        .and_then(|actions| actions.get(name))
        .map_or(name, String::as_str);
    let reads = ["Get", "List", "Describe", "BatchGet", "Search", "Test"]
        .iter()
        .any(|verb| name.starts_with(verb));
    let kind = if reads { "reads" } else { "writes" };
    Ok(format!(
        "operation! {{ {table} {name} {:?} {{\n    {kind} {:?} {:?} {};\n    action {service:?} {action:?};\n    \
         input {input_type} = {input};\n    output {output_type} = {output};\n    errors {errors};\n    \
         pages {};\n    token {};\n}} }}\n\n",
        names::snake(name),
        operation.http.method,
        operation.http.request_uri,
        operation.http.response_code.unwrap_or(200),
        pages(model, operation)?,
        token(model, operation)?,
    ))
}

fn pages(model: &Model, operation: &Operation) -> Result<String> {
    let member = |reference: &Option<Reference>, wanted: &str| -> Result<Option<String>> {
        let Some(reference) = reference else {
            return Ok(None);
        };
        let shape = model.shape(&reference.shape)?;
        Ok(shape
            .members
            .keys()
            .find(|name| name.eq_ignore_ascii_case(wanted))
            .cloned())
    };
    let (token, next) = (
        member(&operation.input, "nextToken")?,
        member(&operation.output, "nextToken")?,
    );
    // EventBridge has its own word for it.
    let limit = match member(&operation.input, "maxResults")? {
        Some(limit) => Some(limit),
        None => member(&operation.input, "limit")?,
    };
    Ok(match (token, next) {
        (Some(token), Some(next)) => {
            format!("Some(Pages {{ token: {token:?}, next: {next:?}, limit: {limit:?} }})")
        }
        _ => "None".into(),
    })
}

fn token(model: &Model, operation: &Operation) -> Result<String> {
    let Some(input) = &operation.input else {
        return Ok("None".into());
    };
    let members = model.shape(&input.shape)?.references()?;
    let token = members
        .iter()
        .find(|(_, reference)| reference.idempotency_token);
    Ok(format!("{:?}", token.map(|(name, _)| name)))
}
