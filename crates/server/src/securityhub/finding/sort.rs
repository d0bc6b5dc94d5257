//! The order of a list of findings: criteria, the key that a document has by them, and its token form.

mod attributes;
mod resources;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt::Display;

use balefire_api::generated::securityhub::{SortCriterion, SortOrder};
use balefire_api::rejection;
use balefire_columns::{self as columns, Hit, Order};
use balefire_store::Value as Part;
use serde_json::Value;

use super::filter::Places;
use super::index::uid_of;
use super::path::{self, Kind, Path};
use crate::failure::Failure;

const CRITERIA_MAX: usize = 10;

/// How findings are ordered. Ties are broken by uid.
#[derive(Debug)]
pub struct Sort(Vec<Criterion>);

#[derive(Debug)]
struct Criterion {
    /// Of several, the first that a document has.
    fields: Vec<(Path, Kind)>,
    descending: bool,
}

/// The value of one criterion. Findings without a value come last, in either order.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Scalar {
    /// Dates in milliseconds, and numbers by the order of their bits.
    Int(i64),
    Text(String),
    Missing,
}

/// Where a finding stands in the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    scalars: Vec<Scalar>,
    /// For each scalar.
    descending: Vec<bool>,
    pub uid: String,
}

impl Sort {
    /// Checks criteria; without any, the finding that its provider changed last comes first.
    pub fn compile(criteria: &[SortCriterion]) -> Result<Sort, Failure> {
        Sort::compiled(criteria, newest, compile)
    }

    /// Compiles each criterion, or takes the default where there is none; otherwise says all that is wrong.
    fn compiled<R: Display>(
        criteria: &[SortCriterion],
        default: impl FnOnce() -> Criterion,
        compile: impl Fn(&SortCriterion) -> Result<Criterion, R>,
    ) -> Result<Sort, Failure> {
        if criteria.is_empty() {
            return Ok(Sort(vec![default()]));
        }
        let mut violations = Vec::new();
        if criteria.len() > CRITERIA_MAX {
            let rule = format!("Member must have at most {CRITERIA_MAX} elements");
            violations.push(rejection::violation("/SortCriteria", rule));
        }
        let mut compiled = Vec::with_capacity(criteria.len());
        for (place, criterion) in criteria.iter().enumerate() {
            match compile(criterion) {
                Ok(criterion) => compiled.push(criterion),
                Err(rule) => {
                    let at = format!("/SortCriteria/{place}/Field");
                    violations.push(rejection::violation(&at, rule));
                }
            }
        }
        match violations.is_empty() {
            true => Ok(Sort(compiled)),
            false => Err(Failure::Invalid(violations.into())),
        }
    }

    /// The key of a document, with what customers set in it.
    pub fn key(&self, document: &Value, uid: &str) -> Key {
        Key {
            scalars: self.0.iter().map(|one| one.scalar(document)).collect(),
            descending: self.descending(),
            uid: uid.to_owned(),
        }
    }

    /// The key in a page token; `None` where it is not of this order.
    pub fn key_of_parts(&self, parts: &[Part]) -> Option<Key> {
        let (uid, parts) = parts.split_last()?;
        let Part::Text(uid) = uid else { return None };
        let scalars: Option<Vec<Scalar>> = parts.chunks(2).map(Scalar::of_parts).collect();
        let scalars = scalars.filter(|scalars| scalars.len() == self.0.len())?;
        Some(Key {
            scalars,
            descending: self.descending(),
            uid: uid.clone(),
        })
    }

    /// The order as the columns know it.
    pub fn orders(&self, places: &impl Places) -> Vec<Order> {
        let order = |criterion: &Criterion| Order {
            fields: criterion
                .fields
                .iter()
                .filter_map(|(path, kind)| places.of_kind(&path.name(), *kind))
                .collect(),
            descending: criterion.descending,
        };
        self.0.iter().map(order).collect()
    }

    /// The key of what the columns found.
    pub fn key_of_hit(&self, hit: &Hit) -> Key {
        let scalar = |scalar: &columns::Scalar| match scalar {
            columns::Scalar::Missing => Scalar::Missing,
            columns::Scalar::Date(ms) => Scalar::Int(*ms),
            columns::Scalar::Number(number) => Scalar::Int(ordered(*number)),
            columns::Scalar::Text(text) => Scalar::Text(text.clone()),
        };
        Key {
            scalars: hit.scalars.iter().map(scalar).collect(),
            descending: self.descending(),
            uid: uid_of(&hit.key),
        }
    }

    /// The values of a key as the columns know them; `None` where they are not of this order.
    pub fn scalars_of(&self, key: &Key) -> Option<Vec<columns::Scalar>> {
        let kinds = self.0.iter().map(|criterion| criterion.fields.first());
        let each = kinds.zip(&key.scalars);
        let scalars = each.map(|(field, scalar)| match (field?.1, scalar) {
            (_, Scalar::Missing) => Some(columns::Scalar::Missing),
            (Kind::Date, Scalar::Int(ms)) => Some(columns::Scalar::Date(*ms)),
            (Kind::Number | Kind::Boolean, Scalar::Int(ordered)) => {
                Some(columns::Scalar::Number(of_ordered(*ordered)))
            }
            (Kind::Text, Scalar::Text(text)) => Some(columns::Scalar::Text(text.clone())),
            _ => None,
        });
        scalars.collect()
    }

    fn descending(&self) -> Vec<bool> {
        self.0
            .iter()
            .map(|criterion| criterion.descending)
            .collect()
    }
}

/// A finding whose provider says nothing of a change is as new as its event.
fn newest() -> Criterion {
    let fields = ["finding_info.modified_time_dt", "time_dt"];
    Criterion {
        fields: fields.map(|name| (Path::of(name), Kind::Date)).into(),
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
        fields: vec![(Path::of(field), kind)],
        descending: criterion.sort_order == Some(SortOrder::Desc),
    })
}

impl Criterion {
    /// Of one attribute.
    fn by((path, kind): (Path, Kind), descending: bool) -> Criterion {
        Criterion {
            fields: vec![(path, kind)],
            descending,
        }
    }

    fn scalar(&self, document: &Value) -> Scalar {
        let mut scalars = self.fields.iter().map(|(path, kind)| {
            let mut best = Scalar::Missing;
            each(path, *kind, document, &mut |scalar| {
                if scalar.compare(&best, self.descending) == Ordering::Less {
                    best = scalar;
                }
            });
            best
        });
        scalars
            .find(|scalar| *scalar != Scalar::Missing)
            .unwrap_or(Scalar::Missing)
    }
}

/// Gives every value at a path: of several, the one that comes first in the order is the key.
fn each(path: &Path, kind: Kind, document: &Value, take: &mut dyn FnMut(Scalar)) {
    let mut keep = |scalar| {
        take(scalar);
        false
    };
    match kind {
        Kind::Text => path.any_text(document, |text| keep(Scalar::Text(text.to_owned()))),
        Kind::Number => path.any_number(document, |number| keep(Scalar::Int(ordered(number)))),
        Kind::Date => path.any_time_ms(document, |ms| keep(Scalar::Int(ms))),
        // As a number, which is what its column has.
        Kind::Boolean => path.any(document, |value| match value.as_bool() {
            Some(flag) => keep(Scalar::Int(ordered(u8::from(flag).into()))),
            None => false,
        }),
    };
}

/// Integers that compare as the numbers do.
fn ordered(number: f64) -> i64 {
    // Both zeros are one number.
    let bits = (number + 0.0).to_bits().cast_signed();
    if bits < 0 { bits ^ i64::MAX } else { bits }
}

/// The number that `ordered` made such an integer of.
fn of_ordered(ordered: i64) -> f64 {
    let bits = if ordered < 0 {
        ordered ^ i64::MAX
    } else {
        ordered
    };
    f64::from_bits(bits.cast_unsigned())
}

impl Scalar {
    fn compare(&self, other: &Scalar, descending: bool) -> Ordering {
        let order = match (self, other) {
            (Scalar::Missing, Scalar::Missing) => return Ordering::Equal,
            (Scalar::Missing, _) => return Ordering::Greater,
            (_, Scalar::Missing) => return Ordering::Less,
            (Scalar::Int(a), Scalar::Int(b)) => a.cmp(b),
            (Scalar::Text(a), Scalar::Text(b)) => a.cmp(b),
            (Scalar::Int(_), Scalar::Text(_)) => Ordering::Less,
            (Scalar::Text(_), Scalar::Int(_)) => Ordering::Greater,
        };
        if descending { order.reverse() } else { order }
    }

    /// Two parts each, since tokens hold no nulls.
    fn parts(&self) -> [Part; 2] {
        match self {
            Scalar::Missing => [Part::Int(0), Part::Int(0)],
            Scalar::Int(int) => [Part::Int(1), Part::Int(*int)],
            Scalar::Text(text) => [Part::Int(1), Part::Text(text.clone())],
        }
    }

    fn of_parts(parts: &[Part]) -> Option<Scalar> {
        match parts {
            [Part::Int(0), _] => Some(Scalar::Missing),
            [_, Part::Int(int)] => Some(Scalar::Int(*int)),
            [_, Part::Text(text)] => Some(Scalar::Text(text.clone())),
            _ => None,
        }
    }
}

impl Key {
    /// The key as a page token holds it.
    pub fn parts(&self) -> Vec<Part> {
        let mut parts: Vec<Part> = self.scalars.iter().flat_map(Scalar::parts).collect();
        parts.push((&self.uid).into());
        parts
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        let scalars = self.scalars.iter().zip(&other.scalars);
        scalars
            .zip(&self.descending)
            .map(|((a, b), descending)| a.compare(b, *descending))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| self.uid.cmp(&other.uid))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
