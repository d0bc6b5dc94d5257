//! Texts and objects of documents in which anything may stand in their places.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::securityhub::finding::text_of_number;

/// No package or resource has a longer name.
const TEXT_BYTES_MAX: usize = 1024;

/// A text or a number as its text. What is neither, or no name, is empty.
#[derive(Default)]
pub struct Text<'a>(pub Cow<'a, str>);

/// The objects of a list, or one that stands alone. What is no object is left out.
pub struct Objects<T>(pub Vec<T>);

impl<T> Default for Objects<T> {
    fn default() -> Objects<T> {
        Objects(Vec::new())
    }
}

impl<T> Objects<T> {
    pub fn first(&self) -> Option<&T> {
        self.0.first()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor(PhantomData))
    }
}

struct TextVisitor<'a>(PhantomData<&'a str>);

/// Whether the store can keep it and anybody would read it.
fn is_name(text: &str) -> bool {
    text.len() <= TEXT_BYTES_MAX && !text.contains('\0')
}

impl<'de: 'a, 'a> Visitor<'de> for TextVisitor<'a> {
    type Value = Text<'a>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'a>, E> {
        Ok(if is_name(text) {
            Text(Cow::Borrowed(text))
        } else {
            Text::default()
        })
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'a>, E> {
        Ok(if is_name(text) {
            Text(Cow::Owned(text.to_owned()))
        } else {
            Text::default()
        })
    }

    fn visit_i64<E>(self, number: i64) -> Result<Text<'a>, E> {
        Ok(Text(number.to_string().into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Text<'a>, E> {
        Ok(Text(number.to_string().into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Text<'a>, E> {
        Ok(Text(text_of_number(number).into()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Text<'a>, E> {
        Ok(Text::default())
    }

    fn visit_unit<E>(self) -> Result<Text<'a>, E> {
        Ok(Text::default())
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Text<'a>, M::Error> {
        IgnoredAny.visit_map(map).map(|_| Text::default())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, elements: S) -> Result<Text<'a>, S::Error> {
        IgnoredAny.visit_seq(elements).map(|_| Text::default())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Objects<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectsVisitor(PhantomData))
    }
}

struct ObjectsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectsVisitor<T> {
    type Value = Objects<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Objects<T>, M::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|object| Objects(vec![object]))
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut elements: S) -> Result<Objects<T>, S::Error> {
        let mut objects = Vec::new();
        while let Some(Objects(inner)) = elements.next_element()? {
            objects.extend(inner);
        }
        Ok(Objects(objects))
    }

    fn visit_str<E>(self, _: &str) -> Result<Objects<T>, E> {
        Ok(Objects::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Objects<T>, E> {
        Ok(Objects::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Objects<T>, E> {
        Ok(Objects::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Objects<T>, E> {
        Ok(Objects::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Objects<T>, E> {
        Ok(Objects::default())
    }

    fn visit_unit<E>(self) -> Result<Objects<T>, E> {
        Ok(Objects::default())
    }
}
