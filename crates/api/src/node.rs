//! A value between the wire and the typed structures, laid out as its shape says.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::timestamp::Timestamp;

/// A value that has the form of its shape, though not yet checked against its constraints.
#[derive(Clone, Debug)]
pub enum Node {
    /// Only in sparse lists and maps.
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    Blob(Vec<u8>),
    Timestamp(Timestamp),
    Document(Document),
    /// The JSON that `json::write` made of a value of this shape.
    Written(Vec<u8>),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
    /// One slot for each member of the shape, in its order.
    Structure(Vec<Option<Node>>),
    /// The member's place and its value.
    Union(usize, Box<Node>),
}

/// JSON kept as the text it came in.
///
/// Invariant: the text is one JSON value.
#[derive(Clone, Debug)]
pub struct Document(Box<str>);

/// A node that does not have the form of the type asked for: a bug in a table, never a client's fault.
#[derive(Debug)]
pub struct Mismatch(pub &'static str);

/// What can be read from and written to a node.
pub trait Typed: Sized {
    fn from_node(node: Node) -> Result<Self, Mismatch>;
    fn into_node(self) -> Node;
}

impl Document {
    pub fn from_value(value: &serde_json::Value) -> Document {
        Document::of_sound(value.to_string())
    }

    /// Fails where the text is not JSON.
    pub fn from_text(text: String) -> Result<Document, serde_json::Error> {
        RawValue::from_string(text).map(Document::from)
    }

    /// A text that is known to be one JSON value, as one that was read before it was kept. It is not read
    /// again, which takes as long as to unpack it.
    pub fn of_sound(text: String) -> Document {
        Document(text.into_boxed_str())
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    pub fn value(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::from_str(&self.0)
    }
}

impl From<Box<RawValue>> for Document {
    fn from(raw: Box<RawValue>) -> Document {
        Document(raw.into())
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Document) -> bool {
        match (self.value(), other.value()) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        }
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Node) -> bool {
        match (self, other) {
            (Node::Null, Node::Null) => true,
            (Node::Boolean(a), Node::Boolean(b)) => a == b,
            (Node::Integer(a), Node::Integer(b)) => a == b,
            (Node::Float(a), Node::Float(b)) => a.to_bits() == b.to_bits(),
            (Node::Text(a), Node::Text(b)) => a == b,
            (Node::Blob(a), Node::Blob(b)) => a == b,
            (Node::Timestamp(a), Node::Timestamp(b)) => a == b,
            (Node::Document(a), Node::Document(b)) => a == b,
            (Node::Written(a), Node::Written(b)) => a == b,
            (Node::List(a), Node::List(b)) => a == b,
            (Node::Map(a), Node::Map(b)) => a == b,
            (Node::Structure(a), Node::Structure(b)) => a == b,
            (Node::Union(i, a), Node::Union(j, b)) => i == j && a == b,
            _ => false,
        }
    }
}

impl Node {
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The slots of a structure.
    pub fn into_slots(self) -> Result<std::vec::IntoIter<Option<Node>>, Mismatch> {
        match self {
            Node::Structure(slots) => Ok(slots.into_iter()),
            _ => Err(Mismatch("structure")),
        }
    }
}

/// Reads the next slot of a structure as a member that must be there.
pub fn required<T: Typed>(slots: &mut std::vec::IntoIter<Option<Node>>) -> Result<T, Mismatch> {
    match slots.next() {
        Some(Some(node)) => T::from_node(node),
        _ => Err(Mismatch("required member")),
    }
}

/// Reads the next slot of a structure as a member that may be absent.
pub fn optional<T: Typed>(
    slots: &mut std::vec::IntoIter<Option<Node>>,
) -> Result<Option<T>, Mismatch> {
    match slots.next() {
        Some(Some(node)) => T::from_node(node).map(Some),
        Some(None) => Ok(None),
        None => Err(Mismatch("member slot")),
    }
}

macro_rules! scalar {
    ($type:ty, $variant:ident) => {
        impl Typed for $type {
            fn from_node(node: Node) -> Result<Self, Mismatch> {
                match node {
                    Node::$variant(value) => Ok(value),
                    _ => Err(Mismatch(stringify!($variant))),
                }
            }

            fn into_node(self) -> Node {
                Node::$variant(self)
            }
        }
    };
}

scalar!(bool, Boolean);
scalar!(i64, Integer);
scalar!(f64, Float);
scalar!(String, Text);
scalar!(Vec<u8>, Blob);
scalar!(Timestamp, Timestamp);
scalar!(Document, Document);

impl Typed for i32 {
    fn from_node(node: Node) -> Result<Self, Mismatch> {
        i64::from_node(node)?
            .try_into()
            .map_err(|_| Mismatch("32-bit integer"))
    }

    fn into_node(self) -> Node {
        Node::Integer(self.into())
    }
}

impl<T: Typed> Typed for Vec<T> {
    fn from_node(node: Node) -> Result<Self, Mismatch> {
        match node {
            Node::List(items) => items.into_iter().map(T::from_node).collect(),
            _ => Err(Mismatch("list")),
        }
    }

    fn into_node(self) -> Node {
        Node::List(self.into_iter().map(T::into_node).collect())
    }
}

impl<T: Typed> Typed for BTreeMap<String, T> {
    fn from_node(node: Node) -> Result<Self, Mismatch> {
        match node {
            Node::Map(entries) => entries
                .into_iter()
                .map(|(key, value)| Ok((key, T::from_node(value)?)))
                .collect(),
            _ => Err(Mismatch("map")),
        }
    }

    fn into_node(self) -> Node {
        Node::Map(
            self.into_iter()
                .map(|(key, value)| (key, value.into_node()))
                .collect(),
        )
    }
}

/// An entry of a sparse list or map.
impl<T: Typed> Typed for Option<T> {
    fn from_node(node: Node) -> Result<Self, Mismatch> {
        match node {
            Node::Null => Ok(None),
            node => T::from_node(node).map(Some),
        }
    }

    fn into_node(self) -> Node {
        self.map_or(Node::Null, T::into_node)
    }
}

impl<T: Typed> Typed for Box<T> {
    fn from_node(node: Node) -> Result<Self, Mismatch> {
        T::from_node(node).map(Box::new)
    }

    fn into_node(self) -> Node {
        (*self).into_node()
    }
}
