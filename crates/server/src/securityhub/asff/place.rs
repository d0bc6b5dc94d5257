//! Values by their dotted place in a document: read, taken out and put in.

use serde_json::{Map, Value};

/// A member's place in ASFF and in OCSF, and what its values are.
pub type Pair = (&'static str, &'static str, Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Texts,
    Integer,
    Number,
}

impl Kind {
    /// The value, if it is of this kind and says something.
    fn sound(self, value: &Value) -> Option<Value> {
        let says = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
        match self {
            Kind::Text => says(value).then(|| value.clone()),
            Kind::Texts => {
                let texts = value.as_array()?.iter().filter(|text| says(text)).cloned();
                let texts: Vec<Value> = texts.collect();
                (!texts.is_empty()).then(|| texts.into())
            }
            Kind::Integer => {
                let number = value.as_f64()?.round();
                i32::try_from(number as i64).ok().map(Value::from)
            }
            Kind::Number => value.is_number().then(|| value.clone()),
        }
    }
}

pub fn get<'v>(document: &'v Value, path: &str) -> Option<&'v Value> {
    let found = path
        .split('.')
        .try_fold(document, |inner, name| inner.get(name))?;
    (!found.is_null()).then_some(found)
}

/// A text that is more than blanks.
pub fn text<'v>(document: &'v Value, path: &str) -> Option<&'v str> {
    get(document, path)?
        .as_str()
        .filter(|text| !text.trim().is_empty())
}

pub fn integer(document: &Value, path: &str) -> Option<i64> {
    get(document, path)?.as_i64()
}

/// The elements of a list; none where there is no list.
pub fn elements<'v>(document: &'v Value, path: &str) -> impl Iterator<Item = &'v Value> {
    let list = get(document, path).and_then(Value::as_array);
    list.into_iter().flatten()
}

/// The elements of a list, to be changed in place.
pub fn elements_mut<'v>(
    document: &'v mut Value,
    name: &str,
) -> impl Iterator<Item = &'v mut Value> {
    let list = document.get_mut(name).and_then(Value::as_array_mut);
    list.into_iter().flatten()
}

/// Removes a value and gives it.
pub fn take(document: &mut Value, path: &str) -> Option<Value> {
    let (way, last) = match path.rsplit_once('.') {
        Some((way, last)) => (Some(way), last),
        None => (None, path),
    };
    let mut holder = document;
    for name in way.into_iter().flat_map(|way| way.split('.')) {
        holder = holder.get_mut(name)?;
    }
    let taken = holder.as_object_mut()?.remove(last)?;
    (!taken.is_null()).then_some(taken)
}

/// A copy of a value.
pub fn take_copy(document: &Value, path: &str) -> Option<Value> {
    get(document, path).cloned()
}

/// Sets a value, and makes the objects on the way to it.
pub fn put(document: &mut Value, path: &str, value: Value) {
    let mut holder = document;
    let mut names = path.split('.').peekable();
    while let Some(name) = names.next() {
        if !holder.is_object() {
            *holder = Value::Object(Map::new());
        }
        let Some(members) = holder.as_object_mut() else {
            return;
        };
        if names.peek().is_none() {
            members.insert(name.to_owned(), value);
            return;
        }
        holder = members.entry(name).or_insert(Value::Null);
    }
}

/// Sets a value where there is none.
pub fn put_default(document: &mut Value, path: &str, value: impl FnOnce() -> Value) {
    if get(document, path).is_none() {
        put(document, path, value());
    }
}

/// Moves members from ASFF to OCSF.
pub fn forward(pairs: &[Pair], asff: &mut Value, ocsf: &mut Value) {
    for (from, to, kind) in pairs {
        let sound = get(asff, from).and_then(|value| kind.sound(value));
        if let Some(value) = sound {
            take(asff, from);
            put(ocsf, to, value);
        }
    }
}

/// Copies members from OCSF to ASFF.
pub fn back(pairs: &[Pair], ocsf: &Value, asff: &mut Value) {
    for (to, from, kind) in pairs {
        if let Some(value) = get(ocsf, from).and_then(|value| kind.sound(value)) {
            put(asff, to, value);
        }
    }
}
