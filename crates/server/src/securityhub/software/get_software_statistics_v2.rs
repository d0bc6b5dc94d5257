//! GetSoftwareStatisticsV2: how many packages on resources there are of each value of a field.

use std::cmp::Reverse;
use std::collections::HashMap;

use balefire_api::generated::securityhub::{
    GetSoftwareStatisticsV2Request, GetSoftwareStatisticsV2Response, GroupByResult, GroupByValue,
    SoftwareGroupByRule, SortOrder,
};

use super::installed::Attributes;
use super::rows::{self, Which};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::Filters;

const RULES_MAX: usize = 5;
/// Also where the request sets no limit.
const VALUES_MAX: usize = 400;

/// A rule and what it has counted.
struct Grouping {
    field: &'static str,
    filters: Option<Filters>,
    counts: HashMap<String, i32>,
}

/// Counts for the administrator what all accounts have, and for others their own; each rule has its own
/// filters.
///
/// A package on a resource counts once, and not where it has no value. Values of equal counts come in the
/// order of their text.
pub fn get_software_statistics_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetSoftwareStatisticsV2Request,
) -> Result<GetSoftwareStatisticsV2Response, Failure> {
    super::may_ask(ctx, input.scopes)?;
    if input.group_by_rules.len() > RULES_MAX {
        let rule = format!("Member must have at most {RULES_MAX} elements");
        return Err(Failure::invalid("/GroupByRules", rule));
    }
    let groupings = input.group_by_rules.iter().enumerate().map(grouping);
    let mut groupings: Vec<Grouping> = groupings.collect::<Result<_, _>>()?;
    rows::each(ctx.tx, ctx.caller.visible(), Which::All, |installed| {
        for grouping in &mut groupings {
            let value = installed.value(grouping.field);
            if value.is_empty() || !super::is_asked_for(grouping.filters.as_ref(), &installed) {
                continue;
            }
            match grouping.counts.get_mut(value) {
                Some(count) => *count += 1,
                None => {
                    grouping.counts.insert(value.to_owned(), 1);
                }
            }
        }
    })?;
    let limit = input
        .max_statistic_results
        .and_then(|max| usize::try_from(max).ok());
    let limit = limit.map_or(VALUES_MAX, |limit| limit.min(VALUES_MAX));
    let smallest_first = input.sort_order == Some(SortOrder::Asc);
    let groupings = groupings.into_iter();
    let results = groupings.map(|grouping| grouping.result(smallest_first, limit));
    Ok(GetSoftwareStatisticsV2Response {
        group_by_results: results.collect(),
    })
}

fn grouping((place, rule): (usize, &SoftwareGroupByRule)) -> Result<Grouping, Failure> {
    let at = format!("/GroupByRules/{place}/Filters");
    Ok(Grouping {
        field: rule.group_by_field.as_str(),
        filters: super::filters(rule.filters.as_ref(), &at)?,
        counts: HashMap::new(),
    })
}

impl Grouping {
    fn result(self, smallest_first: bool, limit: usize) -> GroupByResult {
        let mut counts: Vec<(String, i32)> = self.counts.into_iter().collect();
        if smallest_first {
            counts.sort_by(|(a, m), (b, n)| (m, a).cmp(&(n, b)));
        } else {
            counts.sort_by(|(a, m), (b, n)| (Reverse(m), a).cmp(&(Reverse(n), b)));
        }
        let values = counts.into_iter().take(limit);
        let values = values.map(|(value, count)| GroupByValue {
            field_value: Some(value),
            count: Some(count),
        });
        GroupByResult {
            group_by_field: Some(self.field.to_owned()),
            group_by_values: Some(values.collect()),
        }
    }
}
