//! The order of GetFindings: by attributes of ASFF, whose names are flattened.

use balefire_api::generated::securityhub::{SortCriterion, SortOrder};
use balefire_api::rejection;
use balefire_columns::Order;

use super::super::filter;
use super::super::index::Fields;
use super::super::path::{Kind, Path};
use super::{CRITERIA_MAX, Criterion, Sort, refuse};
use crate::failure::Failure;

impl Sort {
    /// Compiles criteria by flattened names. Without any, what was updated last comes first.
    pub fn compile_attributes(criteria: &[SortCriterion]) -> Result<Sort, Failure> {
        if criteria.is_empty() {
            return Ok(Sort(vec![Criterion {
                fields: vec![(Path::of("UpdatedAt"), Kind::Date)],
                descending: true,
            }]));
        }
        let mut violations = Vec::new();
        if criteria.len() > CRITERIA_MAX {
            let rule = format!("Member must have at most {CRITERIA_MAX} elements");
            violations.push(rejection::violation("/SortCriteria", rule));
        }
        let mut compiled = Vec::new();
        for (place, criterion) in criteria.iter().enumerate() {
            match field(criterion) {
                Some(field) => compiled.push(Criterion {
                    fields: vec![field],
                    descending: criterion.sort_order == Some(SortOrder::Desc),
                }),
                None => violations.push(rejection::violation(
                    &format!("/SortCriteria/{place}/Field"),
                    "Member must be an attribute that findings are filtered by, such as \
                     SeverityNormalized or UpdatedAt",
                )),
            }
        }
        refuse(violations).map(|()| Sort(compiled))
    }

    /// The same order of regular findings in the columns, where they have it.
    pub fn orders_of_attributes(&self, fields: &Fields) -> Option<Vec<Order>> {
        let order = |criterion: &Criterion| {
            let (path, _) = criterion.fields.first()?;
            filter::order(&path.name(), criterion.descending, fields)
        };
        self.0.iter().map(order).collect()
    }
}

fn field(criterion: &SortCriterion) -> Option<(Path, Kind)> {
    let attribute = filter::attribute(criterion.field.as_deref()?)?;
    let kind = match attribute.kind {
        filter::AttributeKind::Text | filter::AttributeKind::Address => Kind::Text,
        filter::AttributeKind::Number => Kind::Number,
        filter::AttributeKind::Date => Kind::Date,
        filter::AttributeKind::Boolean => Kind::Boolean,
        filter::AttributeKind::Map | filter::AttributeKind::Keyword => return None,
    };
    Some((Path::of(attribute.path), kind))
}
