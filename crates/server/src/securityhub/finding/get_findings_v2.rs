//! GetFindingsV2: the findings that filters match, in an order, page by page.

use std::cmp::Ordering;

use balefire_api::Document;
use balefire_api::generated::securityhub::{GetFindingsV2Request, GetFindingsV2Response};
use serde_json::Value;

use super::edit::Edit;
use super::filter::Filters;
use super::ranked::Ranked;
use super::scan::{Passing, scan};
use super::scope;
use super::sort::{Key, Sort};
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
) -> Result<GetFindingsV2Response, Failure> {
    hub::require_on(ctx)?;
    if let Some(scopes) = &input.scopes {
        scope::check(scopes, ctx.caller)?;
    }
    let filters = Filters::compile(&input.filters.unwrap_or_default(), ctx.now)?;
    let sort = Sort::compile(&input.sort_criteria.unwrap_or_default())?;
    let after = match &ctx.page.after {
        None => None,
        Some(parts) => Some(sort.key_of_parts(parts).ok_or_else(|| {
            Failure::invalid("/NextToken", "Member must be a token of the same order")
        })?),
    };
    let limit = ctx.page.limit(PAGE_MAX, PAGE_MAX);
    let mut hits = hits(ctx, &filters, &sort, after.as_ref(), limit + 1)?;
    let next_token = ctx.page.cut(&mut hits, limit, |hit| hit.key.parts());
    let findings: Result<Vec<Document>, Failure> = hits.into_iter().map(Hit::document).collect();
    Ok(GetFindingsV2Response {
        findings: Some(findings?),
        next_token,
    })
}

/// A finding that matches.
struct Hit {
    key: Key,
    text: String,
    edit: Option<Edit>,
}

/// The first findings behind a key. Memory holds these and a few that pass by, however many there are.
fn hits(
    ctx: &mut Ctx<'_, '_>,
    filters: &Filters,
    sort: &Sort,
    after: Option<&Key>,
    limit: usize,
) -> Result<Vec<Hit>, Failure> {
    let mut ranked: Ranked<Hit> = Ranked::new(limit);
    let visible = ctx.caller.visible();
    scan(
        ctx.tx,
        visible,
        |Passing {
             uid, text, edit, ..
         }| {
            let mut document: Value = serde_json::from_str(&text)?;
            if let Some(edit) = &edit {
                edit.apply(&mut document);
            }
            if !filters.matches(&document) {
                return Ok(());
            }
            let key = sort.key(&document, uid);
            if after.is_none_or(|after| key > *after) && ranked.has_room_for(|last| key < last.key)
            {
                ranked.offer(Hit { key, text, edit });
            }
            Ok(())
        },
    )?;
    Ok(ranked.into_sorted())
}

impl Hit {
    fn document(self) -> Result<Document, Failure> {
        let text = match &self.edit {
            Some(edit) => edit.overlay(&self.text)?.into_owned(),
            None => self.text,
        };
        Ok(Document::from_text(text)?)
    }
}

impl Ord for Hit {
    fn cmp(&self, other: &Hit) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl PartialOrd for Hit {
    fn partial_cmp(&self, other: &Hit) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Hit {
    fn eq(&self, other: &Hit) -> bool {
        self.key == other.key
    }
}

impl Eq for Hit {}
