//! Reads and changes members of JSON objects in their text; all else stays as it was written.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of one object, with the texts of their values.
#[derive(Debug)]
pub struct Members<'a> {
    text: &'a str,
    entries: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Members<'a> {
    /// Fails where the text is no JSON object, or names a member twice.
    pub fn of(text: &'a str) -> Result<Members<'a>, serde_json::Error> {
        let Entries(entries) = serde_json::from_str(text)?;
        Ok(Members { text, entries })
    }

    /// The text of a member's value. `null` is as good as absent.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.raw(name).filter(|text| *text != "null")
    }

    fn raw(&self, name: &str) -> Option<&'a str> {
        let entry = self.entries.iter().find(|(key, _)| key == name);
        entry.map(|(_, value)| value.get())
    }
}

struct Entries<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

/// A key that is copied only where it has escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Entries<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut entries: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::with_capacity(32);
                while let Some((Key(key), value)) = map.next_entry()? {
                    if entries.iter().any(|(known, _)| *known == key) {
                        return Err(M::Error::custom(format_args!("'{key}' is there twice")));
                    }
                    entries.push((key, value));
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

/// Changes to one text, made all at once.
#[derive(Debug)]
pub struct Changes<'a> {
    text: &'a str,
    spliced: Vec<(Range<usize>, String)>,
}

impl<'a> Changes<'a> {
    pub fn of(text: &'a str) -> Changes<'a> {
        Changes {
            text,
            spliced: Vec::new(),
        }
    }

    /// Sets members of an object that was read from this very text; values are JSON.
    ///
    /// Invariant: each object is changed by one call at most, and no object inside a replaced value.
    pub fn set(&mut self, object: &Members<'a>, members: Vec<(&str, String)>) {
        let mut added = String::new();
        for (name, value) in members {
            match object.raw(name) {
                Some(old) => self.spliced.push((self.place(old), value)),
                None => {
                    added.push_str(&json_text(name));
                    added.push(':');
                    added.push_str(&value);
                    added.push(',');
                }
            }
        }
        if object.entries.is_empty() {
            added.pop();
        }
        let start = self.place(object.text).start;
        // Behind the brace, which is the first of an object but for white space.
        let inside = start + object.text.find('{').map_or(0, |brace| brace + 1);
        if !added.is_empty() {
            self.spliced.push((inside..inside, added));
        }
    }

    /// The changed text.
    pub fn make(mut self) -> Cow<'a, str> {
        if self.spliced.is_empty() {
            return Cow::Borrowed(self.text);
        }
        self.spliced.sort_by_key(|(range, _)| range.start);
        let grown: usize = self.spliced.iter().map(|(_, text)| text.len()).sum();
        let mut made = String::with_capacity(self.text.len() + grown);
        let mut at = 0;
        for (range, text) in &self.spliced {
            made.push_str(&self.text[at..range.start]);
            made.push_str(text);
            at = range.end;
        }
        made.push_str(&self.text[at..]);
        Cow::Owned(made)
    }

    /// Where a part of the text lies in it.
    fn place(&self, part: &str) -> Range<usize> {
        let start = part.as_ptr().addr() - self.text.as_ptr().addr();
        start..start + part.len()
    }
}

/// A text as a JSON string.
pub fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn members_are_replaced_and_added_where_they_belong() {
        let cases: &[(&str, &str)] = &[
            ("{}", r#"{"a":1,"b":[2]}"#),
            (" {\n} ", " {\"a\":1,\"b\":[2]\n} "),
            (r#"{"b": 7 }"#, r#"{"a":1,"b": [2] }"#),
            (r#"{"b":null,"a":{"a":0}}"#, r#"{"b":[2],"a":1}"#),
            (r#"{"c":"}{"}"#, r#"{"a":1,"b":[2],"c":"}{"}"#),
            (r#"{"\u0061":0}"#, r#"{"b":[2],"\u0061":1}"#),
        ];
        for (before, after) in cases {
            let object = Members::of(before).unwrap();
            let mut changes = Changes::of(before);
            changes.set(&object, vec![("a", "1".into()), ("b", "[2]".into())]);
            assert_eq!(changes.make(), *after);
        }
    }

    #[test]
    fn objects_inside_are_changed_together_with_their_holder() {
        let text = r#"{"in":{"x":1},"y":2}"#;
        let outer = Members::of(text).unwrap();
        let inner = Members::of(outer.get("in").unwrap()).unwrap();
        let mut changes = Changes::of(text);
        changes.set(&outer, vec![("y", "3".into()), ("z", "4".into())]);
        changes.set(&inner, vec![("w", "5".into())]);
        assert_eq!(changes.make(), r#"{"z":4,"in":{"w":5,"x":1},"y":3}"#);
        assert_eq!(Changes::of(text).make(), text);
    }

    #[test]
    fn what_is_no_object_and_what_is_twice_is_refused() {
        for text in ["[]", "1", "null", "", "{", r#"{"a":1,"\u0061":2}"#] {
            assert!(Members::of(text).is_err(), "{text}");
        }
        assert_eq!(Members::of(r#"{"a":null}"#).unwrap().get("a"), None);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-d\"\\\\é]{0,2}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn setting_is_what_setting_in_a_parsed_object_is(
            object in prop::collection::btree_map("[a-d\"\\\\é]{0,2}", any_json(), 0..5),
            name in "[a-d\"é]{1,2}",
            value in any_json(),
            pretty in any::<bool>(),
        ) {
            let object = Value::Object(object.into_iter().collect());
            let text = if pretty {
                serde_json::to_string_pretty(&object).unwrap()
            } else {
                object.to_string()
            };
            let mut changes = Changes::of(&text);
            changes.set(&Members::of(&text).unwrap(), vec![(name.as_str(), value.to_string())]);
            let made: Value = serde_json::from_str(&changes.make()).unwrap();
            let mut expected = object;
            expected[name.as_str()] = value;
            prop_assert_eq!(made, expected);
        }
    }

    #[test]
    fn texts_are_quoted() {
        assert_eq!(json_text("a\"\n"), json!("a\"\n").to_string());
    }
}
