//! Tells findings apart while they are under way.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;

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

/// A number that is the same for two versions of one finding. `None` where the text has no identity, which
/// the server will say.
pub fn hash(text: &str) -> Option<u64> {
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
