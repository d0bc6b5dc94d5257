//! The attributes of a document that trends are asked by, read in one pass over its text.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::marker::PhantomData;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::Fields;
use crate::securityhub::finding::text_of_number;

/// A place in a document: what its value is for trends, and what is wanted inside of it.
struct Place {
    field: Option<&'static str>,
    inner: &'static [(&'static str, Place)],
}

const fn leaf(field: &'static str) -> Place {
    Place {
        field: Some(field),
        inner: &[],
    }
}

const fn within(inner: &'static [(&'static str, Place)]) -> Place {
    Place { field: None, inner }
}

pub const SEVERITY_ID: &str = "severity_id";
pub const STATUS: &str = "finding_status";
pub const CLOUD_PROVIDER: &str = "cloud_provider";
pub const RESOURCE_PROVIDERS: &str = "resource_cloud_providers";

const EVENT: Place = within(&[
    ("severity_id", leaf(SEVERITY_ID)),
    ("status", leaf(STATUS)),
    ("class_name", leaf("finding_class_name")),
    ("activity_name", leaf("finding_activity_name")),
    (
        "cloud",
        within(&[
            ("region", leaf("region")),
            ("provider", leaf(CLOUD_PROVIDER)),
        ]),
    ),
    (
        "metadata",
        within(&[("product", within(&[("name", leaf("finding_provider"))]))]),
    ),
    ("finding_info", within(&[("types", leaf("finding_types"))])),
    (
        "compliance",
        within(&[
            ("status", leaf("finding_compliance_status")),
            ("control", leaf("finding_control_id")),
        ]),
    ),
    (
        "vulnerabilities",
        within(&[("cve", within(&[("uid", leaf("finding_cve_ids"))]))]),
    ),
    (
        "resources",
        within(&[
            ("provider", leaf(RESOURCE_PROVIDERS)),
            ("region", leaf("resource_regions")),
            ("owner", OWNER),
        ]),
    ),
]);

const OWNER: Place = within(&[
    ("account", within(&[("uid", leaf("resource_owner_ids"))])),
    (
        "org",
        within(&[("uid", leaf("resource_owner_organization_ids"))]),
    ),
]);

/// Reads a document. Arrays stand for all their elements, as they do for filters.
pub fn read(text: &str) -> Result<Fields, serde_json::Error> {
    read_whole::<IgnoredAny>(text)
}

/// Reads a document, and all that is not wanted of it as `Rest`.
pub fn read_whole<Rest: DeserializeOwned>(text: &str) -> Result<Fields, serde_json::Error> {
    let mut fields = Fields::default();
    let mut document = serde_json::Deserializer::from_str(text);
    Reader::<Rest> {
        place: &EVENT,
        fields: &mut fields,
        rest: PhantomData,
    }
    .deserialize(&mut document)?;
    document.end()?;
    Ok(fields)
}

/// The name that trends have for a member of the document itself.
pub fn field_of(member: &str) -> Option<&'static str> {
    let mut members = EVENT.inner.iter();
    let (_, place) = members.find(|(name, _)| *name == member)?;
    place.field
}

struct Reader<'f, Rest> {
    place: &'static Place,
    fields: &'f mut Fields,
    rest: PhantomData<Rest>,
}

impl<Rest> Reader<'_, Rest> {
    fn take(&mut self, value: &str) {
        if let Some(field) = self.place.field {
            self.fields.add(field, value);
        }
    }

    fn take_shown(&mut self, value: impl Display) {
        if self.place.field.is_some() {
            self.take(&value.to_string());
        }
    }
}

impl<'de, Rest: DeserializeOwned> DeserializeSeed<'de> for Reader<'_, Rest> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// A key that is copied only where it has escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de, Rest: DeserializeOwned> Visitor<'de> for Reader<'_, Rest> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(Key(key)) = map.next_key()? {
            let wanted = self.place.inner.iter().find(|(name, _)| *name == key);
            let Some((_, place)) = wanted else {
                map.next_value::<Rest>()?;
                continue;
            };
            map.next_value_seed(Reader::<Rest> {
                place,
                fields: self.fields,
                rest: PhantomData,
            })?;
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut elements: S) -> Result<(), S::Error> {
        loop {
            let element = elements.next_element_seed(Reader::<Rest> {
                place: self.place,
                fields: self.fields,
                rest: PhantomData,
            })?;
            if element.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.take(text);
        Ok(())
    }

    fn visit_i64<E>(mut self, number: i64) -> Result<(), E> {
        self.take_shown(number);
        Ok(())
    }

    fn visit_u64<E>(mut self, number: u64) -> Result<(), E> {
        self.take_shown(number);
        Ok(())
    }

    fn visit_f64<E>(mut self, number: f64) -> Result<(), E> {
        self.take_shown(text_of_number(number));
        Ok(())
    }

    fn visit_bool<E>(mut self, flag: bool) -> Result<(), E> {
        self.take_shown(flag);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}
