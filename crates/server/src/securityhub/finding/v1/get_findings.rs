//! GetFindings: the findings that filters match, in ASFF, in an order, page by page.

use std::cmp::Ordering;

use balefire_api::generated::securityhub::{GetFindingsRequest, GetFindingsResponse};
use balefire_columns::{self as columns, After, Order};
use serde_json::Value;

use super::super::edit::Tail;
use super::super::filter::{self, Filters};
use super::super::index::{Current, Index, key_of};
use super::super::ranked::Ranked;
use super::super::sort::{Key, Sort};
use super::shown::show;
use super::wire;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

const PAGE_MAX: usize = 100;
/// Findings that are read at once where few of the possible ones match.
const READ_MAX: usize = 4096;

/// Shows the administrator the findings of all accounts, and others their own.
///
/// The columns say what may match; each of those is read and asked.
pub fn get_findings(
    ctx: &mut Ctx<'_, '_>,
    input: GetFindingsRequest,
    index: &Index,
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
    let current = index.current(ctx.tx)?;
    let mut page = Page {
        filters: &filters,
        sort: &sort,
        tail: index.tail(),
        after,
        wanted: limit + 1,
        ranked: Ranked::new(limit + 1),
    };
    match sort.orders_of_attributes(index.fields()) {
        Some(orders) => page.take_in_order(ctx, index, &current, &orders)?,
        None => page.take_all(ctx, index, &current)?,
    }
    let mut hits = page.ranked.into_sorted();
    let next_token = ctx.page.cut(&mut hits, limit, |hit| hit.key.parts());
    let findings = hits.iter().map(|hit| wire::finding_of(&hit.document));
    Ok(GetFindingsResponse {
        findings: findings.collect::<Result<_, Failure>>()?,
        next_token,
    })
}

/// The page that is looked for, and its findings so far.
struct Page<'a> {
    filters: &'a Filters,
    sort: &'a Sort,
    tail: &'a Tail,
    after: Option<Key>,
    wanted: usize,
    ranked: Ranked<Hit>,
}

impl Page<'_> {
    /// Reads all that may match, since the columns do not know their order.
    fn take_all(
        &mut self,
        ctx: &mut Ctx<'_, '_>,
        index: &Index,
        current: &Current<'_>,
    ) -> Result<(), Failure> {
        let plan = self.filters.possible(index.fields());
        let keys = current.keys(ctx.caller.visible(), plan);
        self.read(ctx, &keys).map(drop)
    }

    /// Reads what may match in the order of the page, until there is enough. Where findings stand that are
    /// not regular, the columns do not know: all of them are read.
    fn take_in_order(
        &mut self,
        ctx: &mut Ctx<'_, '_>,
        index: &Index,
        current: &Current<'_>,
        orders: &[Order],
    ) -> Result<(), Failure> {
        let visible = ctx.caller.visible();
        let irregular = current.keys(visible, filter::irregular(index.fields()));
        self.read(ctx, &irregular)?;
        let mut last = self.after.as_ref().and_then(|after| {
            let (scalars, key) = (self.sort.scalars_of(after)?, key_of(&after.uid)?);
            Some(columns::Hit { key, scalars })
        });
        let (mut found, mut count) = (0, self.wanted);
        loop {
            let after = last
                .as_ref()
                .map(|columns::Hit { key, scalars }| After { key, scalars });
            let plan = self.filters.possible_of_regular(index.fields());
            let mut hits = current.search(visible, plan, orders, after, count);
            // One that a change made regular meanwhile was read already.
            let is_new = |key: &columns::Key| irregular.binary_search(key).is_err();
            let keys = hits.iter().map(|hit| hit.key).filter(is_new);
            let keys: Vec<columns::Key> = keys.collect();
            found += self.read(ctx, &keys)?;
            if found >= self.wanted || hits.len() < count {
                return Ok(());
            }
            last = hits.pop();
            count = (count * 4).min(READ_MAX);
        }
    }

    /// Reads findings and takes those that belong to the page. Gives how many match behind the page before.
    fn read(&mut self, ctx: &mut Ctx<'_, '_>, keys: &[columns::Key]) -> Result<usize, Failure> {
        let mut found = 0;
        let visible = ctx.caller.visible();
        show(ctx.tx, visible, keys, self.tail, |uid, document| {
            if !self.filters.matches(&document) {
                return;
            }
            let key = self.sort.key(&document, uid);
            if self.after.as_ref().is_some_and(|after| key <= *after) {
                return;
            }
            found += 1;
            if self.ranked.has_room_for(|last| key < last.key) {
                self.ranked.offer(Hit { key, document });
            }
        })?;
        Ok(found)
    }
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
