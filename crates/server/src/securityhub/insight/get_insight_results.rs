//! GetInsightResults: how many findings an insight matches, by the values that it groups them by.

use std::collections::{BTreeMap, BTreeSet};

use balefire_api::generated::securityhub::{
    GetInsightResultsRequest, GetInsightResultsResponse, InsightResultValue, InsightResults,
};
use balefire_columns::{Plan, Scalar};

use crate::context::{Ctx, Visible};
use crate::failure::Failure;
use crate::securityhub::finding::filter::{By, Filters, counted};
use crate::securityhub::finding::path::Path;
use crate::securityhub::finding::{Current, Index, v1};
use crate::securityhub::hub_v1;

const VALUES_MAX: usize = 100;

/// The values with the most findings come first. A finding with several values counts for each, and one
/// without any for none.
///
/// The columns count what they are certain of; all else that may match is read and asked.
pub fn get_insight_results(
    ctx: &mut Ctx<'_, '_>,
    input: GetInsightResultsRequest,
    index: &Index,
) -> Result<GetInsightResultsResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let insight = super::named(ctx, &input.insight_arn)?.record;
    let filters = Filters::compile_attributes(&insight.filters()?, ctx.now)?;
    let group = super::group(&insight.group_by)?.path;
    let current = index.current(ctx.tx)?;
    let visible = ctx.caller.visible();
    let mut counts = Counts::default();
    counts.take_certain(&filters, group, visible, index, &current);
    let certain = certain(&filters, group, index);
    let unknown = Plan::All(vec![
        filters.possible(index.fields()),
        Plan::Not(Box::new(certain)),
    ]);
    let unknown = current.keys(visible, unknown);
    let path = Path::of(group);
    v1::show(ctx.tx, visible, &unknown, index.tail(), |_, document| {
        if filters.matches(&document) {
            counts.take(&path, &document);
        }
    })?;
    Ok(GetInsightResultsResponse {
        insight_results: InsightResults {
            group_by_attribute: insight.group_by,
            insight_arn: input.insight_arn,
            result_values: counts.first(),
        },
    })
}

/// The findings that the columns count.
fn certain<'f>(filters: &'f Filters, group: &str, index: &Index) -> Plan<'f> {
    match counted(group, index.fields()) {
        None => Plan::Any(Vec::new()),
        Some(counted) => Plan::All(vec![filters.certain(index.fields()), counted.certain]),
    }
}

/// How many findings have each value.
#[derive(Default)]
struct Counts(BTreeMap<String, u64>);

impl Counts {
    fn take_certain(
        &mut self,
        filters: &Filters,
        group: &str,
        visible: Visible<'_>,
        index: &Index,
        current: &Current<'_>,
    ) {
        let Some(counted) = counted(group, index.fields()) else {
            return;
        };
        let plan = || certain(filters, group, index);
        match counted.by {
            By::Column(field, value_of) => {
                for group in current.groups(visible, plan(), field, false, usize::MAX) {
                    if let Scalar::Text(text) = group.value {
                        self.add(value_of(text), group.count);
                    }
                }
            }
            By::Values(values) => {
                for (value, of_value) in values {
                    let count = current.count(visible, Plan::All(vec![plan(), of_value]));
                    self.add(value.to_owned(), count);
                }
            }
        }
    }

    fn take(&mut self, path: &Path, document: &serde_json::Value) {
        let mut values = BTreeSet::new();
        path.any_text(document, |text| {
            values.insert(text.to_owned());
            false
        });
        for value in values {
            self.add(value, 1);
        }
    }

    fn add(&mut self, value: String, count: u64) {
        if count > 0 && !value.trim().is_empty() {
            *self.0.entry(value).or_default() += count;
        }
    }

    /// The largest, of equal ones in the order of values.
    fn first(self) -> Vec<InsightResultValue> {
        let mut counts: Vec<(String, u64)> = self.0.into_iter().collect();
        // Stable.
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts.truncate(VALUES_MAX);
        let values = counts.into_iter().map(|(value, count)| InsightResultValue {
            count: i32::try_from(count).unwrap_or(i32::MAX),
            group_by_attribute_value: value,
        });
        values.collect()
    }
}
