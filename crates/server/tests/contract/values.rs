//! The smallest values that keep every constraint of their shapes.

use balefire_api::Spec;
use balefire_api::shape::{Bounds, List, Map, Member, Shape, Structure, UNIT};
use balefire_api::timestamp::TimeFormat;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::samples;

/// Shapes may hold themselves; no minimal value is deeper than this.
const DEPTH_MAX: usize = 12;

/// The required members of an input, by their names in the model.
pub fn input(spec: &Spec) -> Option<Value> {
    members(spec.input.unwrap_or(&UNIT), |member| member.name, 0)
}

/// A minimal value. `None` where a sample is missing.
pub fn minimal(shape: &'static Shape) -> Option<Value> {
    value(shape, 0)
}

fn value(shape: &'static Shape, depth: usize) -> Option<Value> {
    if depth > DEPTH_MAX {
        return None;
    }
    match shape {
        Shape::Boolean => Some(json!(true)),
        Shape::Integer(integer) => match integer.values {
            Some(values) => values.first().map(|value| json!(value)),
            None => Some(json!(within(integer.range, 1))),
        },
        Shape::Float(float) => Some(json!(within(float.range, 1.0))),
        Shape::Text(text) => samples::fitting(text).map(Value::from),
        Shape::Blob(blob) => {
            let length = blob.length.min.unwrap_or(1).max(1) as usize;
            Some(STANDARD.encode(vec![b'a'; length]).into())
        }
        Shape::Timestamp(TimeFormat::EpochSeconds) => Some(json!(1_767_225_600)),
        Shape::Timestamp(TimeFormat::DateTime) => Some(json!("2026-01-01T00:00:00Z")),
        Shape::Timestamp(TimeFormat::HttpDate) => Some(json!("Thu, 01 Jan 2026 00:00:00 GMT")),
        Shape::Document | Shape::Kept(_) => Some(json!({})),
        Shape::List(list) => items(list, list.length.min.unwrap_or(0) as usize, depth),
        Shape::Map(map) => entries(map, map.length.min.unwrap_or(0) as usize, depth),
        Shape::Structure(structure) if structure.union => structure
            .members
            .iter()
            .find_map(|member| Some(json!({ member.wire: value(member.shape, depth + 1)? }))),
        Shape::Structure(structure) => members(structure, |member| member.wire, depth),
    }
}

/// The required members of a structure.
fn members(
    structure: &'static Structure,
    name: fn(&Member) -> &'static str,
    depth: usize,
) -> Option<Value> {
    let required = structure.members.iter().filter(|member| member.required);
    let pairs = required.map(|member| Some((name(member).into(), value(member.shape, depth + 1)?)));
    pairs.collect::<Option<_>>().map(Value::Object)
}

/// A list of exactly so many items, different ones where they must be.
pub fn list_of(list: &'static List, count: usize) -> Option<Value> {
    items(list, count, 0)
}

fn items(list: &'static List, count: usize, depth: usize) -> Option<Value> {
    if count > 1 && list.unique {
        let Shape::Text(text) = list.item else {
            return None;
        };
        return samples::distinct(text, count).map(Value::from);
    }
    let item = if count == 0 {
        Value::Null
    } else {
        value(list.item, depth + 1)?
    };
    Some(Value::Array(vec![item; count]))
}

/// A map of exactly so many entries.
pub fn map_of(map: &'static Map, count: usize) -> Option<Value> {
    entries(map, count, 0)
}

fn entries(map: &'static Map, count: usize, depth: usize) -> Option<Value> {
    if count == 0 {
        return Some(json!({}));
    }
    let Shape::Text(key) = map.key else {
        return None;
    };
    let value = value(map.value, depth + 1)?;
    let keys = samples::distinct(key, count)?;
    let pairs = keys.into_iter().map(|key| (key, value.clone()));
    Some(Value::Object(pairs.collect()))
}

/// The wish, or the bound that forbids it.
fn within<T: PartialOrd + Copy>(range: Bounds<T>, wish: T) -> T {
    match (range.min, range.max) {
        (Some(min), _) if wish < min => min,
        (_, Some(max)) if wish > max => max,
        _ => wish,
    }
}
