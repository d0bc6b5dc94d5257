//! GetFindingsV2: the findings that filters match, in an order, page by page.

use balefire_api::Document;
use balefire_api::generated::securityhub::{GetFindingsV2Request, GetFindingsV2Response};
use balefire_columns::{After, Hit};

use super::edit::Tail;
use super::filter::Filters;
use super::index::{Index, key_of, uid_of};
use super::packing::Unpacker;
use super::read::found_of;
use super::scope;
use super::sort::Sort;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

const PAGE_MAX: usize = 100;

/// Shows the administrator the findings of all accounts, and others their own.
///
/// A page goes on behind the last finding of the one before, by its place in the order. A finding
/// that moved in the order between two pages may be on both, or on neither.
pub fn get_findings_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetFindingsV2Request,
    index: &Index,
) -> Result<GetFindingsV2Response, Failure> {
    hub::require_on(ctx)?;
    if let Some(scopes) = &input.scopes {
        scope::check(scopes, ctx.caller)?;
    }
    let filters = Filters::compile(&input.filters.unwrap_or_default(), ctx.now)?;
    let sort = Sort::compile(&input.sort_criteria.unwrap_or_default())?;
    let token = match &ctx.page.after {
        None => None,
        Some(parts) => {
            let last = sort.key_of_parts(parts);
            let token = last.and_then(|last| Some((sort.scalars_of(&last)?, key_of(&last.uid)?)));
            Some(token.ok_or_else(|| {
                Failure::invalid("/NextToken", "Member must be a token of the same order")
            })?)
        }
    };
    let after = token.as_ref().map(|(scalars, key)| After { key, scalars });
    let limit = ctx.page.limit(PAGE_MAX, PAGE_MAX);
    let current = index.current(ctx.tx)?;
    let mut hits = current.search(
        ctx.caller.visible(),
        filters.plan(index.fields()),
        &sort.orders(index.fields()),
        after,
        limit + 1,
    );
    let next_token = ctx
        .page
        .cut(&mut hits, limit, |hit| sort.key_of_hit(hit).parts());
    let unchecked = if current.is_ahead() {
        Some(&filters)
    } else {
        None
    };
    Ok(GetFindingsV2Response {
        findings: Some(documents(ctx, &hits, index.tail(), unchecked)?),
        next_token,
    })
}

/// The documents of a page with what customers set. Columns that are ahead of the transaction may have found
/// what does not match in it: such documents are left out by `filters`.
fn documents(
    ctx: &mut Ctx<'_, '_>,
    hits: &[Hit],
    tail: &Tail,
    filters: Option<&Filters>,
) -> Result<Vec<Document>, Failure> {
    let uids: Vec<String> = hits.iter().map(|hit| uid_of(&hit.key)).collect();
    let uids: Vec<&str> = uids.iter().map(String::as_str).collect();
    let found = found_of(ctx.tx, ctx.caller.visible(), &uids, tail)?;
    let mut unpacker = Unpacker::default();
    let mut documents = Vec::with_capacity(found.len());
    for one in found {
        let document = Document::of_sound(one.text(ctx.tx, &mut unpacker)?);
        if filters.is_none_or(|filters| filters.matches_text(&document)) {
            documents.push(document);
        }
    }
    Ok(documents)
}
