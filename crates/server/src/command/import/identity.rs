//! Tells findings apart while they are under way.

use std::hash::{DefaultHasher, Hash, Hasher};

use balefire_api::Document;
use serde::Deserialize;

/// A finding on its way.
pub struct Incoming {
    /// Where it stands in its file.
    pub place: String,
    pub document: Document,
    /// The same for two versions of one finding. `None` where the text has no identity, which the server
    /// will say.
    pub identity: Option<u64>,
}

impl Incoming {
    /// Reads the text once: what its identity can be read of is JSON. Fails where it is none.
    pub fn of_text(place: String, text: String) -> Result<Incoming, serde_json::Error> {
        let identity = hash(&text);
        let document = match identity {
            Some(_) => Document::of_sound(text),
            None => Document::from_text(text)?,
        };
        Ok(Incoming {
            place,
            document,
            identity,
        })
    }

    pub fn of(place: String, document: Document) -> Incoming {
        Incoming {
            identity: hash(document.text()),
            place,
            document,
        }
    }
}

#[derive(Deserialize)]
struct Finding<'a> {
    #[serde(borrow, default)]
    finding_info: Option<Uid<'a>>,
    #[serde(borrow, default)]
    metadata: Option<Metadata<'a>>,
    #[serde(borrow, default)]
    cloud: Option<Cloud<'a>>,
}

#[derive(Deserialize)]
struct Uid<'a> {
    #[serde(borrow, default)]
    uid: Option<std::borrow::Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow, default)]
    product: Option<Uid<'a>>,
}

#[derive(Deserialize)]
struct Cloud<'a> {
    #[serde(borrow, default)]
    account: Option<Uid<'a>>,
}

fn hash(text: &str) -> Option<u64> {
    let finding: Finding = serde_json::from_str(text).ok()?;
    let uid = |uid: Option<Uid>| uid.and_then(|uid| uid.uid).unwrap_or_default().into_owned();
    let triple = (
        uid(finding.cloud.and_then(|cloud| cloud.account)),
        uid(finding.metadata.and_then(|metadata| metadata.product)),
        uid(finding.finding_info),
    );
    let mut hasher = DefaultHasher::new();
    triple.hash(&mut hasher);
    Some(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::Incoming;

    fn identity(text: &str) -> Result<Option<u64>, serde_json::Error> {
        let incoming = Incoming::of_text("line 1".into(), text.into())?;
        assert_eq!(incoming.document.text(), text);
        Ok(incoming.identity)
    }

    #[test]
    fn versions_of_one_finding_have_one_identity() {
        let known = identity(r#"{"finding_info": {"uid": "a"}, "severity_id": 1}"#).unwrap();
        let newer = r#"{"severity_id": 2, "finding_info": {"uid": "a"}}"#;
        assert!(known.is_some());
        assert_eq!(identity(newer).unwrap(), known);
        let other = r#"{"finding_info": {"uid": "b"}}"#;
        assert_ne!(identity(other).unwrap(), known);
    }

    #[test]
    fn what_has_no_identity_is_taken_where_it_is_json() {
        for text in [r#"{"finding_info": 5}"#, "7", r#"{"cloud": "a"}"#] {
            assert_eq!(identity(text).unwrap(), None, "{text}");
        }
        for text in [
            r#"{"finding_info": {"uid": "a"}"#,
            r#"{"a": tru}"#,
            "{} {}",
            "",
        ] {
            assert!(identity(text).is_err(), "{text}");
        }
    }
}
