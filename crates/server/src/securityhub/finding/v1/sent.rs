//! A finding as a client sent it, held against the model by itself.

use balefire_api::generated::securityhub::AWS_SECURITY_FINDING;
use balefire_api::shape::{self, Shape};
use balefire_api::{Node, check, json};
use serde_json::Value;

use super::refusal::Refusal;
use crate::failure::Failure;
use crate::securityhub::asff;

/// The JSON of a finding, without what the model does not know, and whether it keeps the model's constraints.
pub fn read(mut finding: Node) -> Result<(Value, Result<(), Refusal>), Failure> {
    drop_blank_entries(&AWS_SECURITY_FINDING, &mut finding);
    let structure = shape::structure(&AWS_SECURITY_FINDING);
    let violations = check::check(structure, &finding);
    let mut text = Vec::new();
    json::write_members(structure, &finding, &mut text);
    let mut document = serde_json::from_slice(&text)?;
    // Those of details, which are kept as they came.
    asff::drop_blank_entries(&mut document);
    if violations.is_empty() {
        return Ok((document, Ok(())));
    }
    Ok((document, Err(Refusal::input(violations.sentences()))))
}

/// Takes entries of maps out whose text is blank. Clients send them for tags and fields without a value,
/// which the model forbids and AWS takes.
fn drop_blank_entries(shape: &Shape, node: &mut Node) {
    match (shape, node) {
        (Shape::Map(map), Node::Map(entries)) => {
            entries.retain(|(_, value)| value.as_text().is_none_or(|text| !text.trim().is_empty()));
            for (_, value) in entries {
                drop_blank_entries(map.value, value);
            }
        }
        (Shape::List(list), Node::List(items)) => {
            for item in items {
                drop_blank_entries(list.item, item);
            }
        }
        (Shape::Structure(structure), Node::Structure(slots)) => {
            for (member, slot) in structure.members.iter().zip(slots) {
                if let Some(value) = slot {
                    drop_blank_entries(member.shape, value);
                }
            }
        }
        _ => {}
    }
}
