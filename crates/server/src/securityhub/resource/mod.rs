//! Resources: what findings say of the things that they are about, and how many there are of them.

mod category;
mod facts;
mod fields;
mod get_resources_statistics_v2;
mod get_resources_trends_v2;
mod get_resources_v2;
mod index;
mod joined;
mod named;
mod rated_anew;
mod remembered;
mod shown;
mod summary;
#[cfg(test)]
mod tests;
mod trend;

pub use get_resources_statistics_v2::get_resources_statistics_v2;
pub use get_resources_trends_v2::get_resources_trends_v2;
pub use get_resources_v2::get_resources_v2;
pub use index::Inventory;
pub(super) use named::{About, Named};
pub(super) use rated_anew::rated_anew;

use balefire_api::generated::securityhub::{
    FindingScopes, ResourceCategory, ResourceScopes, ResourcesFilters, ResourcesStringField,
    StringFilterComparison,
};
use balefire_columns::Key;
use balefire_store::{Error, Record, Row, Table, Value};
use sha2::{Digest, Sha256};

use crate::context::Caller;
use crate::failure::Failure;
use crate::securityhub::finding::check_scopes;
use crate::securityhub::finding::index::key_with;
use facts::Facts;

/// A resource of the findings of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// See `key_of`.
    uid: String,
    /// Of the findings, whoever owns the resource.
    account: String,
    facts: Facts,
    /// As JSON; empty where there is none.
    config: Vec<u8>,
    first_seen_ms: i64,
    /// When findings last said something else.
    changed_ms: i64,
}

impl Record for Resource {
    const TABLE: Table = Table {
        name: "resource",
        key: &["uid"],
        columns: &["account", "facts", "config", "first_seen_ms", "changed_ms"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.uid).into()]
    }

    fn values(&self) -> Vec<Value> {
        // Texts and numbers are always JSON.
        let facts = serde_json::to_vec(&self.facts).unwrap_or_default();
        vec![
            (&self.account).into(),
            facts.into(),
            self.config.clone().into(),
            self.first_seen_ms.into(),
            self.changed_ms.into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Resource {
            uid: row.text(0)?.into(),
            account: row.text(1)?.into(),
            facts: serde_json::from_slice(row.blob(2)?).unwrap_or_default(),
            config: row.blob(3)?.into(),
            first_seen_ms: row.int(4)?,
            changed_ms: row.int(5)?,
        })
    }
}

/// The account, then half of a SHA-256 of the resource's own id, as the uids of findings are made.
///
/// Invariant: it starts with the account, so that nothing that one account's findings say of a resource
/// touches what another's do.
fn key_of(account: &str, id: &str) -> Option<Key> {
    key_with(account, Sha256::digest(id).first_chunk()?)
}

/// A sub-category means nothing but among resources of AI.
fn must_ask_for_ai(filters: &ResourcesFilters, at: &str) -> Result<(), Failure> {
    let mut asked = filters
        .composite_filters
        .iter()
        .flatten()
        .collect::<Vec<_>>();
    let mut texts = Vec::new();
    while let Some(composite) = asked.pop() {
        texts.extend(composite.string_filters.iter().flatten());
        asked.extend(composite.nested_composite_filters.iter().flatten());
    }
    let is_ai = texts.iter().any(|text| {
        let filter = text.filter.as_ref();
        text.field_name == Some(ResourcesStringField::ResourceCategory)
            && filter.is_some_and(|filter| {
                filter.comparison == Some(StringFilterComparison::Equals)
                    && filter.value.as_deref() == Some(ResourceCategory::AiMl.as_str())
            })
    });
    match is_ai {
        true => Ok(()),
        false => Err(Failure::invalid(
            at,
            "Member must have a string filter of ResourceCategory that EQUALS AI/ML",
        )),
    }
}

fn check_resource_scopes(scopes: Option<ResourceScopes>, caller: &Caller) -> Result<(), Failure> {
    let Some(ResourceScopes { aws_organizations }) = scopes else {
        return Ok(());
    };
    check_scopes(&FindingScopes { aws_organizations }, caller)
}
