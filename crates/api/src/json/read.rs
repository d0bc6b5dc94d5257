//! Reads JSON straight into nodes: one pass, types decided by the shape.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::entries::keep_last;
use super::kept;
use crate::node::Node;
use crate::rejection::Rejection;
use crate::shape::{Float, Integer, List, Location, Map, Member, Shape, Structure};
use crate::timestamp::{TimeFormat, Timestamp};

/// Reads the members that travel in a JSON body.
pub fn read(structure: &'static Structure, body: &[u8]) -> Result<Node, Rejection> {
    start(Kind::Structure(structure), body)?
        .ok_or_else(|| Rejection::Serialization("The body must be a JSON object, not null.".into()))
}

/// Reads every member by its name in the model, wherever the wire would have it.
pub fn read_members(
    structure: &'static Structure,
    members: &serde_json::Value,
) -> Result<Node, Rejection> {
    let slot = |member: &Member| match members.get(member.name) {
        Some(value) => read_payload(member.shape, value.to_string().as_bytes()),
        None => Ok(None),
    };
    let slots: Result<Vec<_>, _> = structure.members.iter().map(slot).collect();
    slots.map(Node::Structure)
}

/// Reads a body that is one value; `null` is none.
pub fn read_payload(shape: &'static Shape, body: &[u8]) -> Result<Option<Node>, Rejection> {
    start(Kind::Shape(shape), body)
}

fn start(kind: Kind, body: &[u8]) -> Result<Option<Node>, Rejection> {
    let trail = RefCell::new(Vec::new());
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    Seed {
        kind,
        trail: &trail,
    }
    .deserialize(&mut deserializer)
    .and_then(|node| deserializer.end().map(|()| node))
    .map_err(|error| {
        let trail = trail.into_inner();
        let place: String = trail
            .iter()
            .rev()
            .map(|segment| format!("/{segment}"))
            .collect();
        let place = if place.is_empty() {
            String::new()
        } else {
            format!(" at '{place}'")
        };
        Rejection::Serialization(format!("The body could not be read{place}: {error}."))
    })
}

#[derive(Clone, Copy)]
enum Kind {
    Shape(&'static Shape),
    /// Only the members of the body.
    Structure(&'static Structure),
}

/// `trail` collects the path from the inside out, and only when something fails.
#[derive(Clone, Copy)]
struct Seed<'t> {
    kind: Kind,
    trail: &'t RefCell<Vec<String>>,
}

impl<'t> Seed<'t> {
    fn inside(self, shape: &'static Shape) -> Seed<'t> {
        Seed {
            kind: Kind::Shape(shape),
            ..self
        }
    }

    fn mark<T, E>(self, result: Result<T, E>, segment: impl fmt::Display) -> Result<T, E> {
        if result.is_err() {
            self.trail.borrow_mut().push(segment.to_string());
        }
        result
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Option<Node>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Node>, D::Error> {
        if let Kind::Shape(Shape::Document) = self.kind {
            let raw: Box<RawValue> = serde::Deserialize::deserialize(deserializer)?;
            // A null document is as absent as any other null.
            return Ok((raw.get() != "null").then_some(Node::Document(raw.into())));
        }
        if let Kind::Shape(Shape::Kept(form)) = self.kind {
            return self.keep(form, deserializer);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Option<Node>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self.kind {
            Kind::Structure(_) | Kind::Shape(Shape::Structure(_) | Shape::Map(_)) => "an object",
            Kind::Shape(Shape::List(_)) => "an array",
            Kind::Shape(Shape::Boolean) => "true or false",
            Kind::Shape(Shape::Integer(_)) => "an integer",
            Kind::Shape(Shape::Float(_)) => "a number",
            Kind::Shape(Shape::Blob(_)) => "a base64 string",
            Kind::Shape(Shape::Timestamp(TimeFormat::EpochSeconds)) => {
                "a number of seconds since 1970"
            }
            Kind::Shape(Shape::Timestamp(TimeFormat::DateTime)) => {
                "a UTC date-time such as 2026-01-31T12:00:00Z"
            }
            Kind::Shape(Shape::Timestamp(TimeFormat::HttpDate)) => "an HTTP date",
            Kind::Shape(Shape::Text(_) | Shape::Document | Shape::Kept(_)) => "a string",
        })
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Node>, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Option<Node>, E> {
        match self.kind {
            Kind::Shape(Shape::Boolean) => Ok(Some(Node::Boolean(value))),
            _ => Err(E::invalid_type(serde::de::Unexpected::Bool(value), &self)),
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Option<Node>, E> {
        match self.kind {
            Kind::Shape(Shape::Integer(integer)) => fitting(integer, value).map(Some),
            Kind::Shape(Shape::Float(_)) => Ok(Some(Node::Float(value as f64))),
            Kind::Shape(Shape::Timestamp(TimeFormat::EpochSeconds)) => self.visit_f64(value as f64),
            _ => Err(E::invalid_type(serde::de::Unexpected::Signed(value), &self)),
        }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Option<Node>, E> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            Err(_) => self.visit_f64(value as f64),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Option<Node>, E> {
        match self.kind {
            Kind::Shape(Shape::Float(_)) => Ok(Some(Node::Float(value))),
            Kind::Shape(Shape::Timestamp(TimeFormat::EpochSeconds)) => {
                Timestamp::from_seconds(value)
                    .map(|instant| Some(Node::Timestamp(instant)))
                    .ok_or_else(|| E::custom("the time is outside the years 1 to 9999"))
            }
            _ => Err(E::invalid_type(serde::de::Unexpected::Float(value), &self)),
        }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Option<Node>, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Option<Node>, E> {
        let node = match self.kind {
            Kind::Shape(Shape::Text(_)) => Some(Node::Text(value)),
            Kind::Shape(Shape::Blob(_)) => {
                let bytes = STANDARD
                    .decode(&value)
                    .map_err(|_| E::custom("the text is not base64"))?;
                Some(Node::Blob(bytes))
            }
            Kind::Shape(Shape::Float(Float { .. })) => special_float(&value).map(Node::Float),
            Kind::Shape(Shape::Timestamp(TimeFormat::DateTime)) => {
                Timestamp::parse_date_time(&value).map(Node::Timestamp)
            }
            Kind::Shape(Shape::Timestamp(TimeFormat::HttpDate)) => {
                Timestamp::parse_http_date(&value).map(Node::Timestamp)
            }
            _ => {
                return Err(E::invalid_type(
                    serde::de::Unexpected::Other("a string"),
                    &self,
                ));
            }
        };
        let expected: &dyn serde::de::Expected = &self;
        node.map(Some)
            .ok_or_else(|| E::custom(format_args!("expected {expected}")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<Node>, A::Error> {
        let Kind::Shape(Shape::List(List { item, sparse, .. })) = self.kind else {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self));
        };
        let mut nodes = Vec::with_capacity(items.size_hint().unwrap_or(0));
        loop {
            let next = items.next_element_seed(self.inside(item));
            match self.mark(next, nodes.len())? {
                None => return Ok(Some(Node::List(nodes))),
                Some(Some(node)) => nodes.push(node),
                Some(None) if *sparse => nodes.push(Node::Null),
                Some(None) => {
                    return self.mark(Err(A::Error::custom("null in a list")), nodes.len());
                }
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Option<Node>, A::Error> {
        match self.kind {
            Kind::Shape(Shape::Map(map)) => self.map(map, entries).map(Some),
            Kind::Shape(Shape::Structure(structure)) if structure.union => {
                self.union(structure, entries).map(Some)
            }
            Kind::Shape(Shape::Structure(structure)) | Kind::Structure(structure) => {
                self.structure(structure, entries).map(Some)
            }
            _ => Err(A::Error::invalid_type(serde::de::Unexpected::Map, &self)),
        }
    }
}

impl Seed<'_> {
    /// Reads a document whole and holds it against its form: what is kept is parsed again later.
    fn keep<'de, D: Deserializer<'de>>(
        self,
        form: &'static Shape,
        deserializer: D,
    ) -> Result<Option<Node>, D::Error> {
        let raw: Box<RawValue> = serde::Deserialize::deserialize(deserializer)?;
        let whole = kept::read(raw.get()).map_err(D::Error::custom)?;
        let formed = self.inside(form).deserialize(whole);
        let formed = formed.map_err(D::Error::custom)?;
        Ok(formed.map(|_| Node::Document(raw.into())))
    }

    fn map<'de, A: MapAccess<'de>>(self, map: &Map, mut entries: A) -> Result<Node, A::Error> {
        let mut nodes: Vec<(String, Node)> = Vec::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = self.mark(entries.next_value_seed(self.inside(map.value)), &key)?;
            let value = match value {
                Some(node) => node,
                None if map.sparse => Node::Null,
                None => return self.mark(Err(A::Error::custom("null in a map")), key),
            };
            nodes.push((key, value));
        }
        keep_last(&mut nodes);
        Ok(Node::Map(nodes))
    }

    fn structure<'de, A: MapAccess<'de>>(
        self,
        structure: &Structure,
        mut entries: A,
    ) -> Result<Node, A::Error> {
        let mut slots: Vec<Option<Node>> = Vec::new();
        slots.resize_with(structure.members.len(), || None);
        while let Some(key) = entries.next_key::<Key>()? {
            match body_member(structure, &key.0) {
                Some((place, member)) => {
                    let value = entries.next_value_seed(self.inside(member.shape));
                    slots[place] = self.mark(value, member.name)?;
                }
                None => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        fill_defaults(structure, &mut slots);
        Ok(Node::Structure(slots))
    }

    fn union<'de, A: MapAccess<'de>>(
        self,
        structure: &Structure,
        mut entries: A,
    ) -> Result<Node, A::Error> {
        let mut chosen = None;
        let mut unknown = false;
        while let Some(key) = entries.next_key::<Key>()? {
            match body_member(structure, &key.0) {
                Some((place, member)) => {
                    let value = self.mark(
                        entries.next_value_seed(self.inside(member.shape)),
                        member.name,
                    )?;
                    if let Some(node) = value
                        && chosen.replace((place, node)).is_some()
                    {
                        return Err(A::Error::custom(
                            "a union takes exactly one member, and two are set",
                        ));
                    }
                }
                None => {
                    entries.next_value::<IgnoredAny>()?;
                    unknown |= key.0 != "__type";
                }
            }
        }
        match chosen {
            Some((place, node)) if !unknown => Ok(Node::Union(place, Box::new(node))),
            _ => {
                let names: Vec<&str> = structure.members.iter().map(|m| m.wire).collect();
                let names = names.join(", ");
                Err(A::Error::custom(format_args!(
                    "a union takes exactly one member of: {names}"
                )))
            }
        }
    }
}

/// A key borrowed from the input where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a key")
            }
            fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(value)))
            }
            fn visit_str<E: Error>(self, value: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(value.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

fn body_member<'s>(structure: &'s Structure, wire: &str) -> Option<(usize, &'s Member)> {
    structure
        .members
        .iter()
        .enumerate()
        .find(|(_, m)| m.location == Location::Body && m.wire == wire)
}

/// Gives missing members the value that the model says.
pub fn fill_defaults(structure: &Structure, slots: &mut [Option<Node>]) {
    for (member, slot) in structure.members.iter().zip(slots) {
        if let (None, Some(text)) = (&slot, member.default) {
            *slot = read_payload(member.shape, text.as_bytes()).ok().flatten();
        }
    }
}

fn fitting<E: Error>(integer: &Integer, value: i64) -> Result<Node, E> {
    let spare = 64 - integer.bits;
    if (value << spare) >> spare == value {
        Ok(Node::Integer(value))
    } else {
        Err(E::custom(format_args!(
            "{value} does not fit {} bits",
            integer.bits
        )))
    }
}

/// The three floats that JSON numbers cannot write.
pub fn special_float(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}
