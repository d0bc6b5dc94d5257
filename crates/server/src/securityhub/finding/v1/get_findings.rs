//! GetFindings: the findings that filters match, in ASFF, in an order, page by page.

use std::cmp::Ordering;

use balefire_api::generated::securityhub::{GetFindingsRequest, GetFindingsResponse};
use serde_json::Value;

use super::super::filter::Filters;
use super::super::ranked::Ranked;
use super::super::sort::{Key, Sort};
use super::scan::scan;
use super::wire;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

const PAGE_MAX: usize = 100;

/// Shows the administrator the findings of all accounts, and others their own.
pub fn get_findings(
    ctx: &mut Ctx<'_, '_>,
    input: GetFindingsRequest,
) -> Result<GetFindingsResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let filters = Filters::compile_attributes(&input.filters.unwrap_or_default(), ctx.now)?;
    let sort = Sort::compile_attributes(&input.sort_criteria.unwrap_or_default())?;
    let after = match &ctx.page.after {
        None => None,
        Some(parts) => Some(sort.key_of_parts(parts).ok_or_else(|| {
            Failure::invalid("/NextToken", "Member must be a token of the same order")
        })?),
    };
    let limit = ctx.page.limit(PAGE_MAX, PAGE_MAX);
    let mut ranked: Ranked<Hit> = Ranked::new(limit + 1);
    let visible = ctx.caller.visible();
    scan(ctx.tx, visible, |uid, document| {
        if !filters.matches(&document) {
            return;
        }
        let key = sort.key(&document, uid);
        let is_behind = after.as_ref().is_none_or(|after| key > *after);
        if is_behind && ranked.has_room_for(|last| key < last.key) {
            ranked.offer(Hit { key, document });
        }
    })?;
    let mut hits = ranked.into_sorted();
    let next_token = ctx.page.cut(&mut hits, limit, |hit| hit.key.parts());
    let findings = hits.iter().map(|hit| wire::finding_of(&hit.document));
    Ok(GetFindingsResponse {
        findings: findings.collect::<Result<_, Failure>>()?,
        next_token,
    })
}

/// A finding that matches.
struct Hit {
    key: Key,
    document: Value,
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
