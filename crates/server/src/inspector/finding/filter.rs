//! Which findings meet the filter criteria of the model.
//!
//! Values under one key are alternatives, except that all of its NOT_EQUALS must hold; different
//! keys must all hold. A field that a finding has no value of meets no positive filter and every
//! negative one.

mod fields;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use balefire_api::generated::inspector2::{
    DateFilter, FilterCriteria, MapFilter, NumberFilter, PackageFilter, Severity, StringComparison,
    StringFilter,
};
use balefire_api::{Violation, Violations};
use balefire_store::Value;

use super::{VulnerablePackage, rank};
use crate::failure::Failure;
use crate::intelligence::severity;
pub(super) use fields::Subject;
use fields::{DATES, NUMBERS, TEXTS};

/// Whether a finding meets all criteria.
pub(super) fn matches(criteria: &FilterCriteria, subject: &Subject) -> bool {
    let texts = TEXTS.iter().all(|(filters, values)| {
        filters(criteria).as_ref().is_none_or(|filters| {
            let values: Vec<Cow<'_, str>> = values(subject);
            text_meets(filters, &values)
        })
    });
    let numbers = || {
        NUMBERS.iter().all(|(_, filters, value)| {
            let meets =
                |filter: &_| value(subject).is_some_and(|value| number_meets(filter, value));
            any(filters(criteria), meets)
        })
    };
    let dates = || {
        DATES.iter().all(|(filters, value)| {
            let meets = |filter: &_| value(subject).is_some_and(|value| date_meets(filter, value));
            any(filters(criteria), meets)
        })
    };
    let packages = &subject.finding.matched.packages;
    let package = |filter: &_| {
        packages
            .iter()
            .any(|package| package_meets(filter, package))
    };
    texts
        && numbers()
        && dates()
        && any(&criteria.resource_tags, |filter| tag_meets(filter, &subject.tags))
        && any(&criteria.vulnerable_packages, package)
        // Only findings of the network have ports.
        && criteria.port_range.is_none()
}

/// What the model cannot say of the criteria: no number is more or less than NaN, or is it.
pub(super) fn check(criteria: &FilterCriteria) -> Result<(), Failure> {
    let mut violations = Violations::default();
    let mut refuse = |path: String, filter: &NumberFilter| {
        let mut bounds = [filter.lower_inclusive, filter.upper_inclusive].into_iter();
        if bounds.any(|bound| bound.is_some_and(f64::is_nan)) {
            let message = "Member must have numbers, not NaN".into();
            violations.push(Violation { path, message });
        }
    };
    for (name, filters, _) in NUMBERS {
        for (place, filter) in filters(criteria).iter().flatten().enumerate() {
            refuse(format!("/filterCriteria/{name}/{place}"), filter);
        }
    }
    let packages = criteria.vulnerable_packages.iter().flatten();
    for (place, package) in packages.enumerate() {
        if let Some(epoch) = &package.epoch {
            refuse(
                format!("/filterCriteria/vulnerablePackages/{place}/epoch"),
                epoch,
            );
        }
    }
    match violations.is_empty() {
        true => Ok(()),
        false => Err(Failure::Invalid(violations)),
    }
}

/// Whether no filter is given under a key, or one of them is met.
fn any<F>(filters: &Option<Vec<F>>, meets: impl Fn(&F) -> bool) -> bool {
    filters
        .as_ref()
        .is_none_or(|filters| filters.iter().any(meets))
}

fn text_meets(filters: &[StringFilter], values: &[Cow<'_, str>]) -> bool {
    let (negative, positive): (Vec<_>, Vec<_>) = filters
        .iter()
        .partition(|filter| filter.comparison == StringComparison::NotEquals);
    let meets = |filter: &&StringFilter| values.iter().any(|value| compare(filter, value));
    (positive.is_empty() || positive.iter().any(meets))
        && negative
            .iter()
            .all(|filter| values.iter().all(|value| compare(filter, value)))
}

/// Case counts.
fn compare(filter: &StringFilter, value: &str) -> bool {
    match filter.comparison {
        StringComparison::Equals => value == filter.value,
        StringComparison::Prefix => value.starts_with(&filter.value),
        StringComparison::NotEquals => value != filter.value,
    }
}

fn number_meets(filter: &NumberFilter, value: f64) -> bool {
    filter.lower_inclusive.is_none_or(|lower| value >= lower)
        && filter.upper_inclusive.is_none_or(|upper| value <= upper)
}

fn date_meets(filter: &DateFilter, value_ms: i64) -> bool {
    filter
        .start_inclusive
        .is_none_or(|start| value_ms >= start.0)
        && filter.end_inclusive.is_none_or(|end| value_ms <= end.0)
}

fn tag_meets(filter: &MapFilter, tags: &BTreeMap<String, String>) -> bool {
    tags.get(&filter.key)
        .is_some_and(|value| filter.value.as_ref().is_none_or(|wanted| wanted == value))
}

/// All parts that are given must hold on this one package.
fn package_meets(filter: &PackageFilter, package: &VulnerablePackage) -> bool {
    let meets = |part: &Option<StringFilter>, value: Option<&str>| {
        let values: Vec<Cow<'_, str>> = value.map(Cow::Borrowed).into_iter().collect();
        part.as_ref()
            .is_none_or(|part| text_meets(std::slice::from_ref(part), &values))
    };
    meets(&filter.name, Some(&package.name))
        && meets(&filter.version, Some(&package.version))
        && meets(&filter.file_path, package.path.as_deref())
        // Packages of the ecosystems that are matched have none of these.
        && meets(&filter.architecture, None)
        && meets(&filter.release, None)
        && meets(&filter.source_lambda_layer_arn, None)
        && meets(&filter.source_layer_hash, None)
        && filter.epoch.is_none()
}

/// Filters that the store can apply before rows are read: columns, and the values they may have.
pub(super) struct Pushed(pub Vec<(&'static str, Vec<Value>)>);

impl Pushed {
    /// Keys of which all filters are EQUALS.
    pub(super) fn of(criteria: &FilterCriteria) -> Pushed {
        let text = |filter: &StringFilter| Some(Value::from(&filter.value));
        let severity = |filter: &StringFilter| {
            let known = Severity::parse(&filter.value)?;
            Some(Value::Int(rank(severity::Severity::from_word(
                known.as_str(),
            )?)))
        };
        let columns = [
            ("arn", equals(&criteria.finding_arn, text)),
            ("account", equals(&criteria.aws_account_id, text)),
            ("resource_id", equals(&criteria.resource_id, text)),
            ("vulnerability", equals(&criteria.vulnerability_id, text)),
            ("status", equals(&criteria.finding_status, text)),
            ("severity_rank", equals(&criteria.severity, severity)),
        ];
        Pushed(
            columns
                .into_iter()
                .filter_map(|(column, values)| Some((column, values?)))
                .collect(),
        )
    }
}

fn equals(
    filters: &Option<Vec<StringFilter>>,
    value: impl Fn(&StringFilter) -> Option<Value>,
) -> Option<Vec<Value>> {
    let equal = |filter: &StringFilter| {
        (filter.comparison == StringComparison::Equals)
            .then(|| value(filter))
            .flatten()
    };
    filters.as_ref()?.iter().map(equal).collect()
}
