//! Reads the text of a document in one pass and puts into a row what is wanted of it.

use std::fmt;

use balefire_columns::Row;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

use super::tree::{Half, Place};
use crate::securityhub::finding::index::fields::Fields;
use crate::securityhub::finding::path::instant_ms;

/// Adds to a row what a document has. False where an object names a wanted member twice: what it had first is
/// in the row, and must not be.
pub fn read(row: &mut Row, fields: &Fields, text: &str) -> Result<bool, serde_json::Error> {
    let mut walk = Walk {
        row,
        fields,
        halves: vec![[None; 2]; fields.dates.len()],
        is_twice: false,
    };
    let mut document = serde_json::Deserializer::from_str(text);
    Reader {
        place: &fields.tree,
        walk: &mut walk,
        is_element: false,
    }
    .deserialize(&mut document)?;
    document.end()?;
    Ok(!walk.is_twice)
}

/// What is read of one document.
struct Walk<'w> {
    row: &'w mut Row,
    fields: &'w Fields,
    /// Of each date the number and the text of the object that is read.
    halves: Vec<[Option<i64>; 2]>,
    is_twice: bool,
}

struct Reader<'p, 'r, 'w> {
    place: &'p Place,
    walk: &'r mut Walk<'w>,
    /// Of an array: no date is one.
    is_element: bool,
}

impl Reader<'_, '_, '_> {
    fn half(&mut self, ms: impl FnOnce() -> Option<i64>) {
        if let Some(Half { date, is_text }) = self.place.half
            && !self.is_element
        {
            self.walk.halves[date][usize::from(is_text)] = ms();
        }
    }

    fn text(&mut self, text: &str) {
        for field in &self.place.texts {
            self.walk.row.add_text(*field, text);
        }
    }

    fn entry(&mut self, entry: &Value) {
        if self.place.maps.is_empty() {
            return;
        }
        let entry = entry.to_string();
        for field in &self.place.maps {
            self.walk.row.add_text(*field, &entry);
        }
    }

    fn number(mut self, number: Number) {
        if !self.place.texts.is_empty() {
            self.text(&number.to_string());
        }
        if let Some(number) = number.as_f64() {
            for field in &self.place.numbers {
                self.walk.row.add_number(*field, number);
            }
        }
        self.half(|| number.as_f64().map(|ms| ms as i64));
        if !self.place.maps.is_empty() {
            self.entry(&Value::Number(number));
        }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<(), M::Error> {
        let place = self.place;
        if !place.maps.is_empty() {
            let entry = Value::deserialize(MapAccessDeserializer::new(map))?;
            self.entry(&entry);
            return Ok(());
        }
        for date in &place.dates {
            self.walk.halves[*date] = [None; 2];
        }
        let mut seen = 0_u64;
        while let Some(member) = map.next_key_seed(Name(place))? {
            let Some(member) = member else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            self.walk.is_twice |= seen >> member & 1 == 1;
            seen |= 1 << member;
            map.next_value_seed(Reader {
                place: place.inside(member),
                walk: self.walk,
                is_element: false,
            })?;
        }
        for date in &place.dates {
            let [number, text] = self.walk.halves[*date];
            if let Some(ms) = text.or(number) {
                self.walk.row.add_date(self.walk.fields.dates[*date].0, ms);
            }
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut elements: S) -> Result<(), S::Error> {
        loop {
            let element = elements.next_element_seed(Reader {
                place: self.place,
                walk: self.walk,
                is_element: true,
            })?;
            if element.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.text(text);
        self.half(|| instant_ms(text));
        if !self.place.maps.is_empty() {
            self.entry(&text.into());
        }
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.number(number.into());
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.number(number.into());
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        if let Some(number) = Number::from_f64(number) {
            self.number(number);
        }
        Ok(())
    }

    fn visit_bool<E>(mut self, flag: bool) -> Result<(), E> {
        self.text(if flag { "true" } else { "false" });
        for field in &self.place.booleans {
            self.walk.row.add_number(*field, u8::from(flag).into());
        }
        self.entry(&flag.into());
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Which member of a place a name is.
struct Name<'p>(&'p Place);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.find(name))
    }
}
