//! GetFindingStatisticsV2: how many findings there are of each value of an attribute.

use balefire_api::generated::securityhub::{
    GetFindingStatisticsV2Request, GetFindingStatisticsV2Response, GroupByResult, GroupByRule,
    GroupByValue, SortOrder,
};
use balefire_columns::{Group, Scalar};

use super::filter::Filters;
use super::index::Index;
use super::scope;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

const RULES_MAX: usize = 5;
/// Also where the request sets no limit: of fewer, a caller could not tell that there are more.
const VALUES_MAX: usize = 400;

/// Counts the findings of all accounts for the administrator, and for others their own; each rule has its
/// own filters.
///
/// A finding counts once for each distinct value that it has, and not where it has none. Values of equal
/// counts come in the order of their text.
pub fn get_finding_statistics_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetFindingStatisticsV2Request,
    index: &Index,
) -> Result<GetFindingStatisticsV2Response, Failure> {
    hub::require_on(ctx)?;
    if let Some(scopes) = &input.scopes {
        scope::check(scopes, ctx.caller)?;
    }
    if input.group_by_rules.len() > RULES_MAX {
        let rule = format!("Member must have at most {RULES_MAX} elements");
        return Err(Failure::invalid("/GroupByRules", rule));
    }
    let compiled = input
        .group_by_rules
        .iter()
        .enumerate()
        .map(|(place, rule)| {
            let filters = rule.filters.clone().unwrap_or_default();
            let at = format!("/GroupByRules/{place}/Filters");
            Filters::compile_at(&filters, ctx.now, &at)
        });
    let compiled: Vec<Filters> = compiled.collect::<Result<_, _>>()?;
    let limit = input
        .max_statistic_results
        .and_then(|max| usize::try_from(max).ok());
    let limit = limit.map_or(VALUES_MAX, |limit| limit.min(VALUES_MAX));
    let smallest_first = input.sort_order == Some(SortOrder::Asc);
    let current = index.current(ctx.tx)?;
    let result = |(rule, filters): (&GroupByRule, &Filters)| {
        let field = rule.group_by_field.as_str();
        let values = index.fields().text(field).map(|place| {
            first_values(limit, |limit| {
                let plan = filters.plan(index.fields());
                current.groups(ctx.caller.visible(), plan, place, smallest_first, limit)
            })
        });
        GroupByResult {
            group_by_field: Some(field.to_owned()),
            group_by_values: Some(values.unwrap_or_default()),
        }
    };
    let results = input.group_by_rules.iter().zip(&compiled).map(result);
    Ok(GetFindingStatisticsV2Response {
        group_by_results: Some(results.collect()),
    })
}

/// So many values, of groups in their order; the answer cannot hold blank ones.
fn first_values(limit: usize, first_groups: impl Fn(usize) -> Vec<Group>) -> Vec<GroupByValue> {
    // One more, for the empty text. There is seldom another blank one.
    let mut asked = limit + 1;
    loop {
        let groups = first_groups(asked);
        let are_all = groups.len() < asked;
        let mut values: Vec<GroupByValue> = groups.into_iter().filter_map(value).collect();
        if are_all || values.len() >= limit {
            values.truncate(limit);
            return values;
        }
        asked *= 2;
    }
}

fn value(group: Group) -> Option<GroupByValue> {
    let Scalar::Text(text) = group.value else {
        return None;
    };
    (!text.trim().is_empty()).then(|| GroupByValue {
        field_value: Some(text),
        count: Some(i32::try_from(group.count).unwrap_or(i32::MAX)),
    })
}
