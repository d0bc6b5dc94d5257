//! GetInsightResults: how many findings an insight matches, by the values that it groups them by.

use std::collections::{BTreeMap, BTreeSet};

use balefire_api::generated::securityhub::{
    GetInsightResultsRequest, GetInsightResultsResponse, InsightResultValue, InsightResults,
};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::filter::Filters;
use crate::securityhub::finding::path::Path;
use crate::securityhub::finding::v1;
use crate::securityhub::hub_v1;

const VALUES_MAX: usize = 100;

/// The values with the most findings come first. A finding with several values counts for each, and one
/// without any for none.
pub fn get_insight_results(
    ctx: &mut Ctx<'_, '_>,
    input: GetInsightResultsRequest,
) -> Result<GetInsightResultsResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let insight = super::named(ctx, &input.insight_arn)?.record;
    let filters = Filters::compile_attributes(&insight.filters()?, ctx.now)?;
    let path = Path::of(super::group(&insight.group_by)?.path);
    let mut counts: BTreeMap<String, i32> = BTreeMap::new();
    let visible = ctx.caller.visible();
    v1::scan(ctx.tx, visible, |_, document| {
        if !filters.matches(&document) {
            return;
        }
        let mut values = BTreeSet::new();
        path.any_text(&document, |text| {
            values.insert(text.to_owned());
            false
        });
        for value in values.into_iter().filter(|value| !value.trim().is_empty()) {
            *counts.entry(value).or_default() += 1;
        }
    })?;
    let mut counts: Vec<(String, i32)> = counts.into_iter().collect();
    // Stable: those with the same count stay in the order of values.
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.truncate(VALUES_MAX);
    let values = counts.into_iter().map(|(value, count)| InsightResultValue {
        count,
        group_by_attribute_value: value,
    });
    Ok(GetInsightResultsResponse {
        insight_results: InsightResults {
            group_by_attribute: insight.group_by,
            insight_arn: input.insight_arn,
            result_values: values.collect(),
        },
    })
}
