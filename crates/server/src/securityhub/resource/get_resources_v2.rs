//! GetResourcesV2: the resources that filters match, in an order, page by page.

use std::collections::HashMap;

use balefire_api::generated::securityhub::{
    GetResourcesV2Request, GetResourcesV2Response, ResourceResult, ResourcesFilters,
    ResourcesStringField,
};
use balefire_columns::{After, Hit};
use balefire_store::Kept;
use serde_json::Value;

use super::fields::{self, is_joined};
use super::index::{Current, Inventory};
use super::joined::{Joined, Names};
use super::remembered::Asked;
use super::shown::show;
use super::summary::Summaries;
use super::{Resource, check_resource_scopes, must_ask_for_ai};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::filter::Places;
use crate::securityhub::finding::index::{Current as Findings, Fields, Index, key_of};
use crate::securityhub::finding::sort::{Key, Sort};
use crate::securityhub::finding::{Filters, records_of};
use crate::securityhub::hub;

const PAGE_MAX: usize = 100;

/// Shows the administrator the resources of all accounts, and others their own.
///
/// A page goes on behind the last resource of the one before, by its place in the order.
pub fn get_resources_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetResourcesV2Request,
    inventory: &Inventory,
    index: &Index,
) -> Result<GetResourcesV2Response, Failure> {
    hub::require_on(ctx)?;
    check_resource_scopes(input.scopes, ctx.caller)?;
    let filters = compile(ctx, &input.filters.unwrap_or_default())?;
    let sort = Sort::compile_resources(&input.sort_criteria.unwrap_or_default())?;
    let last = match &ctx.page.after {
        None => None,
        Some(parts) => Some(sort.key_of_parts(parts).ok_or_else(foreign_token)?),
    };
    let limit = ctx.page.limit(PAGE_MAX, PAGE_MAX);
    let current = inventory.current(ctx.tx)?;
    let findings = index.current(ctx.tx)?;
    // Before anything is worked out of them.
    let changes = [findings.changes(), current.changes()];
    let asks = |is: fn(&str) -> bool| filters.names(is) || sort.names(is);
    let of_findings = (&findings, index.fields());
    let joined = Joined::read(ctx, inventory, of_findings, asks)?;
    let search = Search {
        ctx,
        current: &current,
        joined: &joined,
        filters: &filters,
        sort: &sort,
    };
    let mut keys = match sort.names(is_joined) {
        true => {
            let asked = Asked {
                list: search.ctx.page.list(),
                changes,
                last: last.as_ref(),
                limit: limit + 1,
            };
            inventory.remembered().page(&asked, || search.by_joined())
        }
        false => search.by_columns(last.as_ref(), limit + 1)?,
    };
    let next_token = ctx.page.cut(&mut keys, limit, Key::parts);
    let unchecked = current.is_ahead().then_some((&filters, &joined));
    Ok(GetResourcesV2Response {
        resources: resources(ctx, &keys, of_findings, unchecked)?,
        next_token,
    })
}

fn compile(ctx: &Ctx<'_, '_>, filters: &ResourcesFilters) -> Result<Filters, Failure> {
    let compiled = Filters::of_resources(filters, ctx.now, "/Filters")?;
    if compiled.names(|name| name == ResourcesStringField::ResourceSubCategory.as_str()) {
        must_ask_for_ai(filters, "/Filters")?;
    }
    Ok(compiled)
}

fn foreign_token() -> Failure {
    Failure::invalid("/NextToken", "Member must be a token of the same order")
}

/// What is asked of the columns.
struct Search<'s, 'a, 'tx> {
    ctx: &'s Ctx<'a, 'tx>,
    current: &'s Current<'s>,
    joined: &'s Joined<'s>,
    filters: &'s Filters,
    sort: &'s Sort,
}

impl Search<'_, '_, '_> {
    /// In an order that the columns have.
    fn by_columns(&self, last: Option<&Key>, limit: usize) -> Result<Vec<Key>, Failure> {
        let token = match last {
            None => None,
            Some(last) => {
                let scalars = self.sort.scalars_of(last);
                let token = scalars.zip(key_of(&last.uid));
                Some(token.ok_or_else(foreign_token)?)
            }
        };
        let after = token.as_ref().map(|(scalars, key)| After { key, scalars });
        let hits = self.current.search(
            self.ctx.caller.visible(),
            self.filters.plan(self.joined),
            &self.sort.orders(self.joined),
            after,
            limit,
        );
        Ok(hits.iter().map(|hit| self.sort.key_of_hit(hit)).collect())
    }

    /// All in an order by what is joined: they are found, and then put in order.
    fn by_joined(&self) -> Vec<Key> {
        let hits = self.current.all(
            self.ctx.caller.visible(),
            self.filters.plan(self.joined),
            &self.sort.orders(self.joined),
        );
        let key = |hit: &Hit| {
            let mut key = self.sort.key_of_hit(hit);
            let document = self.joined.document(&hit.key);
            self.sort.complete(&mut key, &document, is_joined);
            key
        };
        let mut keys: Vec<Key> = hits.iter().map(key).collect();
        keys.sort_unstable();
        keys
    }
}

/// The resources of a page with their findings. Columns that are ahead of the transaction may have found what
/// does not match in it: such resources are left out by `unchecked`.
fn resources(
    ctx: &mut Ctx<'_, '_>,
    keys: &[Key],
    (findings, columns): (&Findings<'_>, &Fields),
    unchecked: Option<(&Filters, &Joined<'_>)>,
) -> Result<Vec<ResourceResult>, Failure> {
    let uids: Vec<&str> = keys.iter().map(|key| key.uid.as_str()).collect();
    let mut known: HashMap<String, Kept<Resource>> = records_of(ctx.tx, &uids)?;
    let names = Names::read(ctx)?;
    let visible = ctx.caller.visible();
    let ids: Vec<String> = known.values().map(|kept| kept.facts.id.clone()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let summaries = Summaries::of_ids(findings, visible, columns, ids)?;
    let mut shown = Vec::with_capacity(uids.len());
    for uid in uids {
        let found = known.remove(uid).map(|kept| kept.record);
        let Some(resource) = found.filter(|found| visible.includes(&found.account)) else {
            continue;
        };
        if unchecked.is_none_or(|(filters, joined)| matches(filters, joined, &resource)) {
            shown.push(show(resource, &summaries, &names)?);
        }
    }
    Ok(shown)
}

fn matches(filters: &Filters, joined: &Joined<'_>, resource: &Resource) -> bool {
    let mut document = fields::document(resource);
    if let (Some(members), Value::Object(more)) =
        (document.as_object_mut(), joined.joined_by(&resource.uid))
    {
        members.extend(more);
    }
    filters.matches(&document)
}
