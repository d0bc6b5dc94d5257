//! Lists of the inventory: their order, and pages of them.

use std::cmp::Ordering;

use balefire_api::generated::securityhub::{SortCriterion, SortOrder};
use balefire_api::rejection::violation;
use balefire_store::Value;

use super::installed::Attributes;
use crate::context::Ctx;
use crate::failure::Failure;

const PAGE_MAX: usize = 100;
/// How long a page token is good for.
const TOKEN_MS: i64 = 60 * 60 * 1000;

/// What a list is ordered by.
pub struct Order {
    fields: Vec<Field>,
}

struct Field {
    name: &'static str,
    descending: bool,
}

impl Order {
    /// Checks criteria, of which there are at most so many, over fields with these names. Ties are broken
    /// by some of them.
    pub fn compile(
        criteria: &[SortCriterion],
        criteria_max: usize,
        names: &[&'static str],
        ties: &[&'static str],
    ) -> Result<Order, Failure> {
        if criteria.len() > criteria_max {
            let rule = format!("Member must have at most {criteria_max} elements");
            return Err(Failure::invalid("/SortCriteria", rule));
        }
        let mut fields = Vec::new();
        let mut violations = Vec::new();
        for (place, criterion) in criteria.iter().enumerate() {
            let wanted = criterion.field.as_deref();
            match names.iter().find(|name| Some(**name) == wanted) {
                Some(name) => fields.push(Field {
                    name,
                    descending: criterion.sort_order == Some(SortOrder::Desc),
                }),
                None => {
                    let rule = format!("Member must be one of {}", names.join(", "));
                    violations.push(violation(&format!("/SortCriteria/{place}/Field"), rule));
                }
            }
        }
        if !violations.is_empty() {
            return Err(Failure::Invalid(violations.into()));
        }
        fields.extend(ties.iter().map(|name| Field {
            name,
            descending: false,
        }));
        Ok(Order { fields })
    }

    fn key<'i>(&self, item: &'i impl Attributes) -> Vec<&'i str> {
        let fields = self.fields.iter();
        fields.map(|field| item.value(field.name)).collect()
    }

    /// What has no value comes last, in either order.
    fn compare(&self, a: &[&str], b: &[&str]) -> Ordering {
        let values = a.iter().zip(b).zip(&self.fields);
        let mut orders = values.map(|((a, b), field)| match (a.is_empty(), b.is_empty()) {
            (false, false) if field.descending => b.cmp(a),
            (false, false) => a.cmp(b),
            (a, b) => a.cmp(&b),
        });
        orders
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

/// The page of a list that is asked for, and the token of the next. The list may be in any order.
pub fn page<T: Attributes>(
    ctx: &Ctx<'_, '_>,
    items: impl IntoIterator<Item = T>,
    order: &Order,
) -> Result<(Vec<T>, Option<String>), Failure> {
    let last = match &ctx.page.after {
        None => None,
        Some(parts) => Some(last_of(parts, order, ctx.now.0)?),
    };
    let is_behind = |item: &T| {
        let last = last.as_ref();
        last.is_none_or(|last| order.compare(&order.key(item), last).is_gt())
    };
    let mut items: Vec<T> = items.into_iter().filter(is_behind).collect();
    items.sort_by(|a, b| order.compare(&order.key(a), &order.key(b)));
    let limit = ctx.page.limit(PAGE_MAX, PAGE_MAX);
    let next = ctx.page.cut(&mut items, limit, |item| {
        let key = order.key(item);
        let key = key.into_iter().map(Value::from);
        [ctx.now.0.into()].into_iter().chain(key).collect()
    });
    Ok((items, next))
}

/// The key of the last item of the page before, from a token that is not too old.
fn last_of<'p>(parts: &'p [Value], order: &Order, now_ms: i64) -> Result<Vec<&'p str>, Failure> {
    let invalid = |rule| Err(Failure::invalid("/NextToken", rule));
    let Some((Value::Int(given_ms), key)) = parts.split_first() else {
        return invalid("Member must be a token of this operation");
    };
    if now_ms - given_ms > TOKEN_MS {
        return invalid("Member must be a token that was given at most an hour ago");
    }
    let texts = key.iter().map(|part| match part {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let key: Option<Vec<&str>> = texts.collect();
    match key.filter(|key| key.len() == order.fields.len()) {
        Some(key) => Ok(key),
        None => invalid("Member must be a token of the same order"),
    }
}
