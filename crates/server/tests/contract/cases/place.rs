//! A place in an input: how a value comes there, and how errors name it.

use balefire_api::shape::{List, Map, Member, Shape, Structure};
use serde_json::{Value, json};

use crate::samples;
use crate::values::{list_of, map_of, minimal};

/// One step down from a value to a value in it.
#[derive(Clone, Copy)]
pub enum Step {
    Member(&'static Member, &'static Structure),
    /// The first item.
    Item(&'static List),
    /// The first key itself.
    Key(&'static Map),
    /// The value of the first key.
    Value(&'static Map),
}

pub type Place = Vec<Step>;

/// The place as errors write it. A key's violation is reported at its map.
pub fn path(steps: &[Step]) -> String {
    let segments = steps.iter().map(|step| match step {
        Step::Member(member, _) => format!("/{}", member.name),
        Step::Item(_) => "/0".into(),
        Step::Key(_) => String::new(),
        Step::Value(map) => format!("/{}", first_key(map).unwrap_or_default()),
    });
    segments.collect()
}

/// `base` with `value` at a place; what lies between is minimal.
pub fn with(base: &Value, steps: &[Step], value: Value) -> Option<Value> {
    let (Step::Member(member, _), rest) = steps.split_first()? else {
        return None;
    };
    let mut input = base.clone();
    input[member.name] = nested(rest, value)?;
    Some(input)
}

/// `base` without a member of the structure at a place.
pub fn without(base: &Value, steps: &[Step], member: &Member) -> Option<Value> {
    if steps.is_empty() {
        let mut input = base.clone();
        input.as_object_mut()?.remove(member.name)?;
        return Some(input);
    }
    let mut value = minimal(shape_at(steps)?)?;
    value.as_object_mut()?.remove(member.wire)?;
    with(base, steps, value)
}

/// The shape of the value at a place.
fn shape_at(steps: &[Step]) -> Option<&'static Shape> {
    steps.last().map(|step| match step {
        Step::Member(member, _) => member.shape,
        Step::Item(list) => list.item,
        Step::Key(map) => map.key,
        Step::Value(map) => map.value,
    })
}

fn nested(steps: &[Step], value: Value) -> Option<Value> {
    let Some((step, rest)) = steps.split_first() else {
        return Some(value);
    };
    match step {
        Step::Member(member, structure) if structure.union => {
            Some(json!({ member.wire: nested(rest, value)? }))
        }
        Step::Member(member, structure) => {
            let required = structure.members.iter().filter(|m| m.required);
            let pairs = required.map(|m| Some((m.wire.to_owned(), minimal(m.shape)?)));
            let mut object: serde_json::Map<_, _> = pairs.collect::<Option<_>>()?;
            object.insert(member.wire.into(), nested(rest, value)?);
            Some(Value::Object(object))
        }
        Step::Item(list) => {
            let count = list.length.min.unwrap_or(0).max(1) as usize;
            let mut items = list_of(list, count)?;
            items[0] = nested(rest, value)?;
            Some(items)
        }
        Step::Key(map) => {
            let mut entries = fewest(map)?;
            let first = first_key(map)?;
            let entry = entries.as_object_mut()?.remove(&first)?;
            entries[value.as_str()?] = entry;
            Some(entries)
        }
        Step::Value(map) => {
            let mut entries = fewest(map)?;
            entries[first_key(map)?] = nested(rest, value)?;
            Some(entries)
        }
    }
}

fn fewest(map: &'static Map) -> Option<Value> {
    map_of(map, map.length.min.unwrap_or(0).max(1) as usize)
}

fn first_key(map: &Map) -> Option<String> {
    match map.key {
        Shape::Text(text) => samples::fitting(text),
        _ => None,
    }
}
