//! The order of a list of findings: its criteria, and a place in it as a page token holds it.

#[cfg(test)]
mod tests;

use balefire_api::generated::securityhub::{SortCriterion, SortOrder};
use balefire_api::{Violation, rejection};
use balefire_columns::{Hit, Order, Scalar};
use balefire_store::Value as Part;

use super::index::{Fields, uid_of};
use super::path::{self, Kind};
use crate::failure::Failure;

const CRITERIA_MAX: usize = 10;

/// How findings are ordered. Ties are broken by uid.
#[derive(Debug)]
pub struct Sort(Vec<Criterion>);

#[derive(Debug)]
struct Criterion {
    /// Of several, the first that a document has.
    fields: Vec<String>,
    kind: Kind,
    descending: bool,
}

impl Sort {
    /// Checks criteria; without any, the finding that its provider changed last comes first.
    pub fn compile(criteria: &[SortCriterion]) -> Result<Sort, Failure> {
        if criteria.is_empty() {
            return Ok(Sort(vec![newest()]));
        }
        let mut violations = Vec::new();
        if criteria.len() > CRITERIA_MAX {
            let rule = format!("Member must have at most {CRITERIA_MAX} elements");
            violations.push(rejection::violation("/SortCriteria", rule));
        }
        let compiled = criteria
            .iter()
            .enumerate()
            .filter_map(|(place, criterion)| {
                compile(criterion)
                    .map_err(|rule| {
                        let at = format!("/SortCriteria/{place}/Field");
                        violations.push(rejection::violation(&at, rule));
                    })
                    .ok()
            });
        let compiled: Vec<Criterion> = compiled.collect();
        refuse(violations).map(|()| Sort(compiled))
    }

    /// The order as the columns know it.
    pub fn orders(&self, fields: &Fields) -> Vec<Order> {
        let order = |criterion: &Criterion| Order {
            fields: criterion
                .fields
                .iter()
                .filter_map(|name| fields.of_kind(name, criterion.kind))
                .collect(),
            descending: criterion.descending,
        };
        self.0.iter().map(order).collect()
    }

    /// The values in a page token, and the uid; `None` where they are not of this order.
    pub fn scalars_of_parts(&self, parts: &[Part]) -> Option<(Vec<Scalar>, String)> {
        let (uid, parts) = parts.split_last()?;
        let Part::Text(uid) = uid else { return None };
        let (pairs, []) = parts.as_chunks::<2>() else {
            return None;
        };
        let kinds = self.0.iter().map(|criterion| criterion.kind);
        let scalars: Option<Vec<Scalar>> = kinds.zip(pairs).map(scalar_of).collect();
        let scalars = scalars.filter(|_| pairs.len() == self.0.len())?;
        Some((scalars, uid.clone()))
    }
}

/// A finding's place in the order as a page token holds it: two parts each, since tokens hold no nulls.
pub fn parts(hit: &Hit) -> Vec<Part> {
    let pairs = hit.scalars.iter().flat_map(|scalar| match scalar {
        Scalar::Missing => [Part::Int(0), Part::Int(0)],
        Scalar::Date(ms) => [Part::Int(1), Part::Int(*ms)],
        Scalar::Number(number) => [Part::Int(1), Part::Int(number.to_bits().cast_signed())],
        Scalar::Text(text) => [Part::Int(1), Part::Text(text.clone())],
    });
    pairs.chain([Part::Text(uid_of(&hit.key))]).collect()
}

fn scalar_of((kind, pair): (Kind, &[Part; 2])) -> Option<Scalar> {
    match (kind, pair) {
        (_, [Part::Int(0), _]) => Some(Scalar::Missing),
        (Kind::Date, [_, Part::Int(ms)]) => Some(Scalar::Date(*ms)),
        (Kind::Number | Kind::Boolean, [_, Part::Int(bits)]) => {
            Some(Scalar::Number(f64::from_bits(bits.cast_unsigned())))
        }
        (Kind::Text, [_, Part::Text(text)]) => Some(Scalar::Text(text.clone())),
        _ => None,
    }
}

/// A finding whose provider says nothing of a change is as new as its event.
fn newest() -> Criterion {
    let fields = ["finding_info.modified_time_dt", "time_dt"];
    Criterion {
        fields: fields.map(str::to_owned).into(),
        kind: Kind::Date,
        descending: true,
    }
}

fn compile(criterion: &SortCriterion) -> Result<Criterion, String> {
    let Some(field) = &criterion.field else {
        return Err("Member must not be null".into());
    };
    let Some(kind) = path::kind_of(field) else {
        return Err(format!(
            "Member must be an OCSF attribute to sort by, such as severity_id or \
             finding_info.created_time_dt, not '{field}'"
        ));
    };
    Ok(Criterion {
        fields: vec![field.clone()],
        kind,
        descending: criterion.sort_order == Some(SortOrder::Desc),
    })
}

fn refuse(violations: Vec<Violation>) -> Result<(), Failure> {
    match violations.is_empty() {
        true => Ok(()),
        false => Err(Failure::Invalid(violations)),
    }
}
