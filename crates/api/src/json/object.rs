//! A JSON object and nothing else.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// What is written as an object. A derived structure also reads a list of its members in their order, which
/// nobody means.
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<T>, D::Error> {
        deserializer.deserialize_any(Members(PhantomData))
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = Object<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(Object)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::Object;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Point {
        x: i64,
        near: Vec<Object<Point>>,
    }

    #[test]
    fn a_list_of_members_is_no_object() {
        let read = |text: &str| serde_json::from_str::<Object<Point>>(text);
        let Object(point) = read(r#"{"x": 1, "near": [{"x": 2, "near": []}]}"#).unwrap();
        assert_eq!((point.x, point.near[0].0.x), (1, 2));
        for (text, said) in [
            ("[1, []]", "expected an object"),
            ("1", "expected an object"),
            (r#"{"x": 1, "near": [[2, []]]}"#, "expected an object"),
            (r#"{"x": 1}"#, "missing field `near`"),
            (r#"{"x": 1, "y": 2}"#, "unknown field `y`"),
        ] {
            let error = read(text).err().map(|error| error.to_string());
            assert!(
                error.as_ref().is_some_and(|error| error.contains(said)),
                "{text}: {error:?}"
            );
        }
    }
}
