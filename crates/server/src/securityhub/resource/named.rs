//! The resources that the findings of a call name, and how they come into the inventory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use balefire_store::{Kept, Record as _};
use serde_json::{Value, json};

use super::facts::Said;
use super::fields;
use super::trend::Changes;
use super::{Resource, key_of};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::automation_rule::Rules;
use crate::securityhub::finding::index::uid_of;
use crate::securityhub::finding::{insert_new, records_of, rows_of};

/// What is logged when resources came or changed.
pub const CHANGED: &str = "resources.changed";

/// What the documents of a call say of resources, each resource once.
#[derive(Default)]
pub struct Named {
    /// By uid.
    ///
    /// Invariant: in order, so that two transactions never wait for each other's rows in a circle.
    seen: BTreeMap<String, Seen>,
}

struct Seen {
    account: String,
    said: Arc<Said>,
    /// A document said it that is new; one that was there before does not go over what is known.
    is_news: bool,
}

/// What a document says of resources, by their uids.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About(Vec<(String, Arc<Said>)>);

impl About {
    /// Of a document's `resources` and `cloud`, as JSON, and its account.
    pub fn of(account: &str, resources: &str, cloud: &str) -> Result<About, serde_json::Error> {
        let cloud: Value = serde_json::from_str(cloud)?;
        let said = |resource: &Value| {
            let said = Said::of(account, resource, &cloud)?;
            Some((uid_of(&key_of(account, &said.facts.id)?), Arc::new(said)))
        };
        Ok(About(match serde_json::from_str(resources)? {
            Value::Array(list) => list.iter().filter_map(said).collect(),
            one => said(&one).into_iter().collect(),
        }))
    }
}

impl Named {
    /// Notes the resources of a document, of a finding of an account. A document that is not new is read
    /// too: a store may be older than its inventory.
    pub fn take(&mut self, account: &str, about: &About, is_news: bool) {
        for (uid, said) in &about.0 {
            match self.seen.get_mut(uid) {
                Some(known) if is_news || !known.is_news => {
                    Arc::make_mut(&mut known.said).update(Said::clone(said));
                    known.is_news = is_news;
                }
                Some(_) => {}
                None => {
                    let seen = Seen {
                        account: account.to_owned(),
                        said: Arc::clone(said),
                        is_news,
                    };
                    self.seen.insert(uid.clone(), seen);
                }
            }
        }
    }

    /// Keeps what is new or has changed, lets rules rate it, logs and counts it.
    pub fn finish(self, ctx: &mut Ctx<'_, '_>, rules: &Rules) -> Result<(), Failure> {
        let uids_of = |is_news: bool| {
            let seen = self
                .seen
                .iter()
                .filter(move |(_, seen)| seen.is_news == is_news);
            seen.map(|(uid, _)| uid.as_str()).collect::<Vec<&str>>()
        };
        let mut known: HashMap<String, Kept<Resource>> = records_of(ctx.tx, &uids_of(true))?;
        let mut old = HashSet::new();
        for row in rows_of(ctx.tx, "uid", Resource::TABLE.name, &uids_of(false))? {
            old.insert(row.text(0)?.to_owned());
        }
        let mut changed = Vec::new();
        let mut trend = Changes::default();
        for (uid, seen) in self.seen {
            let is_changed = match known.remove(&uid) {
                None if old.contains(&uid) => false,
                None => {
                    insert(ctx, &uid, seen, rules, &mut trend)?;
                    true
                }
                Some(kept) => replace(ctx, kept, seen, rules, &mut trend)?,
            };
            if is_changed {
                changed.push(uid);
            }
        }
        if !changed.is_empty() {
            let account = ctx.caller.account.clone();
            ctx.changed(CHANGED, &account, &json!({"uids": changed}))?;
        }
        trend.record(ctx)
    }
}

fn insert(
    ctx: &mut Ctx<'_, '_>,
    uid: &str,
    seen: Seen,
    rules: &Rules,
    trend: &mut Changes,
) -> Result<(), Failure> {
    let Said { facts, config } = Arc::unwrap_or_clone(seen.said);
    let mut resource = Resource {
        uid: uid.to_owned(),
        account: seen.account,
        facts,
        config: config.unwrap_or_default().into_bytes(),
        first_seen_ms: ctx.now.0,
        changed_ms: ctx.now.0,
    };
    resource.facts.rating = rules.rate(&resource.account, || fields::document(&resource));
    trend.take(&resource.account, None, &resource.facts);
    insert_new(ctx.tx, &resource)
}

/// Gives whether anything is another way than it was.
fn replace(
    ctx: &mut Ctx<'_, '_>,
    mut kept: Kept<Resource>,
    seen: Seen,
    rules: &Rules,
    trend: &mut Changes,
) -> Result<bool, Failure> {
    let before = kept.record.clone();
    let resource = &mut kept.record;
    let Said { facts, config } = Arc::unwrap_or_clone(seen.said);
    resource.facts.update(facts);
    if let Some(config) = config {
        resource.config = config.into_bytes();
    }
    let rating = rules.rate(&resource.account, || fields::document(resource));
    resource.facts.rating = rating;
    if *resource == before {
        return Ok(false);
    }
    resource.changed_ms = ctx.now.0;
    trend.take(&before.account, Some(&before.facts), &kept.record.facts);
    ctx.tx.replace(&mut kept)?;
    Ok(true)
}
