//! GetResourcesStatisticsV2: how many resources there are of each value of a field.

use std::collections::{BTreeMap, BTreeSet};

use balefire_api::generated::securityhub::{
    GetResourcesStatisticsV2Request, GetResourcesStatisticsV2Response, GroupByResult, GroupByValue,
    ResourceGroupByField, ResourceGroupByRule, SortOrder,
};
use balefire_columns::{Plan, Scalar};

use super::fields::{ACCOUNT_NAME, is_joined};
use super::index::{Current, Inventory};
use super::joined::Joined;
use super::{check_resource_scopes, must_ask_for_ai};
use crate::context::{Ctx, Visible};
use crate::failure::Failure;
use crate::securityhub::finding::Filters;
use crate::securityhub::finding::filter::Places;
use crate::securityhub::finding::index::Index;
use crate::securityhub::hub;

const RULES_MAX: usize = 5;
/// Also where the request sets no limit: of fewer, a caller could not tell that there are more.
const VALUES_MAX: usize = 400;

/// Counts the resources of all accounts for the administrator, and for others their own; each rule has its
/// own filters.
///
/// A resource counts once for each distinct value that it has, and not where it has none. Values of equal
/// counts come in the order of their text.
pub fn get_resources_statistics_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetResourcesStatisticsV2Request,
    inventory: &Inventory,
    index: &Index,
) -> Result<GetResourcesStatisticsV2Response, Failure> {
    hub::require_on(ctx)?;
    check_resource_scopes(input.scopes, ctx.caller)?;
    let rules = &input.group_by_rules;
    if rules.len() > RULES_MAX {
        let rule = format!("Member must have at most {RULES_MAX} elements");
        return Err(Failure::invalid("/GroupByRules", rule));
    }
    let compiled = rules.iter().enumerate();
    let compiled = compiled.map(|(place, rule)| compile(ctx, rule, place));
    let compiled: Vec<Filters> = compiled.collect::<Result<_, _>>()?;
    let limit = input
        .max_statistic_results
        .and_then(|max| usize::try_from(max).ok());
    let limit = limit.map_or(VALUES_MAX, |limit| limit.min(VALUES_MAX));
    let smallest_first = input.sort_order == Some(SortOrder::Asc);
    let current = inventory.current(ctx.tx)?;
    let findings = index.current(ctx.tx)?;
    let asks = |is: fn(&str) -> bool| {
        let groups = rules.iter().any(|rule| is(rule.group_by_field.as_str()));
        groups || compiled.iter().any(|filters| filters.names(is))
    };
    let joined = Joined::read(ctx, inventory, (&findings, index.fields()), asks)?;
    let counting = Counting {
        current: &current,
        visible: ctx.caller.visible(),
        joined: &joined,
        smallest_first,
        limit,
    };
    let result = |(rule, filters): (&ResourceGroupByRule, &Filters)| {
        let field = rule.group_by_field.as_str();
        let plan = filters.plan(&joined);
        let counts = match is_joined(field) {
            true => counting.by_joined(plan, field),
            false => counting.by_columns(plan, field),
        };
        let value = |(text, count): (String, u64)| GroupByValue {
            field_value: Some(text),
            count: Some(i32::try_from(count).unwrap_or(i32::MAX)),
        };
        GroupByResult {
            group_by_field: Some(field.to_owned()),
            group_by_values: Some(counts.into_iter().map(value).collect()),
        }
    };
    let results = rules.iter().zip(&compiled).map(result);
    Ok(GetResourcesStatisticsV2Response {
        group_by_results: results.collect(),
    })
}

fn compile(
    ctx: &Ctx<'_, '_>,
    rule: &ResourceGroupByRule,
    place: usize,
) -> Result<Filters, Failure> {
    use ResourceGroupByField::{
        ResourceInfoAIDetailsCanonicalId, ResourceInfoAIDetailsHostResourceType,
        ResourceSubCategory,
    };
    let filters = rule.filters.clone().unwrap_or_default();
    let at = format!("/GroupByRules/{place}/Filters");
    let compiled = Filters::of_resources(&filters, ctx.now, &at)?;
    if matches!(
        rule.group_by_field,
        ResourceSubCategory
            | ResourceInfoAIDetailsHostResourceType
            | ResourceInfoAIDetailsCanonicalId
    ) {
        must_ask_for_ai(&filters, &at)?;
    }
    Ok(compiled)
}

struct Counting<'c> {
    current: &'c Current<'c>,
    visible: Visible<'c>,
    joined: &'c Joined<'c>,
    smallest_first: bool,
    limit: usize,
}

impl Counting<'_> {
    fn by_columns(&self, plan: Plan<'_>, field: &str) -> Vec<(String, u64)> {
        let Some(place) = self.joined.text(field) else {
            return Vec::new();
        };
        let groups =
            self.current
                .groups(self.visible, plan, place, self.smallest_first, self.limit);
        let text = |group: balefire_columns::Group| match group.value {
            Scalar::Text(text) => Some((text, group.count)),
            _ => None,
        };
        groups.into_iter().filter_map(text).collect()
    }

    /// Of what is joined, only the names of accounts and the classes of findings are grouped by.
    fn by_joined(&self, plan: Plan<'_>, field: &str) -> Vec<(String, u64)> {
        let Joined {
            summaries, names, ..
        } = self.joined;
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for hit in self.current.all(self.visible, plan, &[]) {
            let values: BTreeSet<&str> = match field {
                ACCOUNT_NAME => names.of(&hit.key).map(String::as_str).into_iter().collect(),
                _ => summaries.classes(&hit.key).collect(),
            };
            for value in values {
                *counts.entry(value).or_default() += 1;
            }
        }
        let counts = counts.into_iter();
        let counts = counts.map(|(value, count)| (value.to_owned(), count));
        let mut counts: Vec<(String, u64)> = counts.collect();
        // Stable, so that equal counts stay in the order of their text.
        match self.smallest_first {
            true => counts.sort_by_key(|(_, count)| *count),
            false => counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count)),
        }
        counts.truncate(self.limit);
        counts
    }
}
