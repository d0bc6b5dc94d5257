//! The tables that describe a shape: what it is, and what it may hold.

use crate::pattern::Pattern;
use crate::timestamp::TimeFormat;

/// A shape of the model with its constraints.
#[derive(Debug)]
pub enum Shape {
    Boolean,
    Integer(Integer),
    Float(Float),
    Text(Text),
    Blob(Blob),
    Timestamp(TimeFormat),
    /// Any JSON, kept as it came.
    Document,
    /// JSON of a structure's form, kept as it came, with the members that the structure does not know.
    Kept(&'static Shape),
    List(List),
    Map(Map),
    Structure(Structure),
}

/// Inclusive bounds; `None` where the model sets none.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<T> {
    pub min: Option<T>,
    pub max: Option<T>,
}

/// Counted in characters for text, bytes for blobs, entries for lists and maps.
pub type Length = Bounds<u64>;

#[derive(Debug)]
pub struct Integer {
    /// 8, 16, 32 or 64: what does not fit is a malformed request, not a violation.
    pub bits: u32,
    pub range: Bounds<i64>,
    pub values: Option<&'static [i64]>,
}

#[derive(Debug)]
pub struct Float {
    pub range: Bounds<f64>,
}

#[derive(Debug)]
pub struct Text {
    pub length: Length,
    pub pattern: Option<&'static Pattern>,
    pub values: Option<&'static [&'static str]>,
    /// A JSON document in text; such a text travels base64-coded in headers.
    pub holds_json: bool,
}

#[derive(Debug)]
pub struct Blob {
    pub length: Length,
    pub media_type: Option<&'static str>,
}

#[derive(Debug)]
pub struct List {
    pub item: &'static Shape,
    pub length: Length,
    pub unique: bool,
    pub sparse: bool,
}

#[derive(Debug)]
pub struct Map {
    pub key: &'static Shape,
    pub value: &'static Shape,
    pub length: Length,
    pub sparse: bool,
}

#[derive(Debug)]
pub struct Structure {
    pub name: &'static str,
    pub members: &'static [Member],
    /// Exactly one member is present.
    pub union: bool,
}

#[derive(Debug)]
pub struct Member {
    /// The member's name in the model.
    pub name: &'static str,
    /// Its name on the wire: JSON key, header, query key or label.
    pub wire: &'static str,
    pub shape: &'static Shape,
    pub required: bool,
    pub location: Location,
    /// JSON text of the value a missing member takes.
    pub default: Option<&'static str>,
}

/// Where in a request or an answer a member travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    Body,
    Label,
    Query,
    /// Every query parameter that no other member names.
    QueryMap,
    Header,
    /// Every header with the prefix that `wire` holds.
    PrefixHeaders,
    StatusCode,
    /// The whole body is this one member.
    Payload,
}

pub const ANY: Length = Bounds {
    min: None,
    max: None,
};

/// Both bounds, inclusive.
pub const fn within<T: Copy>(min: T, max: T) -> Bounds<T> {
    Bounds {
        min: Some(min),
        max: Some(max),
    }
}

pub const fn at_least<T: Copy>(min: T) -> Bounds<T> {
    Bounds {
        min: Some(min),
        max: None,
    }
}

pub const fn at_most<T: Copy>(max: T) -> Bounds<T> {
    Bounds {
        min: None,
        max: Some(max),
    }
}

pub const fn unbounded<T: Copy>() -> Bounds<T> {
    Bounds {
        min: None,
        max: None,
    }
}

pub const fn integer(bits: u32, range: Bounds<i64>) -> Shape {
    Shape::Integer(Integer {
        bits,
        range,
        values: None,
    })
}

pub const fn integer_of(values: &'static [i64]) -> Shape {
    Shape::Integer(Integer {
        bits: 32,
        range: unbounded(),
        values: Some(values),
    })
}

pub const fn float(range: Bounds<f64>) -> Shape {
    Shape::Float(Float { range })
}

pub const fn text(length: Length, pattern: Option<&'static Pattern>) -> Shape {
    Shape::Text(Text {
        length,
        pattern,
        values: None,
        holds_json: false,
    })
}

pub const fn text_of(values: &'static [&'static str]) -> Shape {
    Shape::Text(Text {
        length: ANY,
        pattern: None,
        values: Some(values),
        holds_json: false,
    })
}

pub const fn blob(length: Length, media_type: Option<&'static str>) -> Shape {
    Shape::Blob(Blob { length, media_type })
}

pub const fn list(item: &'static Shape, length: Length) -> Shape {
    Shape::List(List {
        item,
        length,
        unique: false,
        sparse: false,
    })
}

pub const fn list_with(item: &'static Shape, length: Length, unique: bool, sparse: bool) -> Shape {
    Shape::List(List {
        item,
        length,
        unique,
        sparse,
    })
}

pub const fn map(key: &'static Shape, value: &'static Shape, length: Length) -> Shape {
    Shape::Map(Map {
        key,
        value,
        length,
        sparse: false,
    })
}

pub const fn sparse_map(key: &'static Shape, value: &'static Shape, length: Length) -> Shape {
    Shape::Map(Map {
        key,
        value,
        length,
        sparse: true,
    })
}

pub static BOOLEAN: Shape = Shape::Boolean;
pub static BYTE: Shape = integer(8, unbounded());
pub static SHORT: Shape = integer(16, unbounded());
pub static INTEGER: Shape = integer(32, unbounded());
pub static LONG: Shape = integer(64, unbounded());
pub static FLOAT: Shape = float(unbounded());
pub static STRING: Shape = text(ANY, None);
pub static JSON_STRING: Shape = Shape::Text(Text {
    length: ANY,
    pattern: None,
    values: None,
    holds_json: true,
});
pub static BLOB: Shape = blob(ANY, None);
pub static DOCUMENT: Shape = Shape::Document;
pub static EPOCH_SECONDS: Shape = Shape::Timestamp(TimeFormat::EpochSeconds);
pub static DATE_TIME: Shape = Shape::Timestamp(TimeFormat::DateTime);
pub static HTTP_DATE: Shape = Shape::Timestamp(TimeFormat::HttpDate);

/// An input or output without members.
pub static UNIT: Structure = Structure {
    name: "Unit",
    members: &[],
    union: false,
};

/// The structure that a table holds; for tables, where anything else does not compile.
pub const fn structure(shape: &'static Shape) -> &'static Structure {
    match shape {
        Shape::Structure(structure) => structure,
        _ => panic!("the shape is no structure"),
    }
}

impl Structure {
    /// Whether any member travels in a JSON body.
    pub fn has_body(&self) -> bool {
        self.members.iter().any(|m| m.location == Location::Body)
    }

    /// The member that is the whole body, with its place.
    pub fn payload(&self) -> Option<(usize, &'static Member)> {
        self.members
            .iter()
            .enumerate()
            .find(|(_, m)| m.location == Location::Payload)
    }

    /// The place of a member by its name in the model.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|m| m.name == name)
    }
}
