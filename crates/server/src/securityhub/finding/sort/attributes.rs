//! The order of GetFindings: by attributes of ASFF, whose names are flattened.

use balefire_api::generated::securityhub::{SortCriterion, SortOrder};
use balefire_columns::Order;

use super::super::filter;
use super::super::index::Fields;
use super::super::path::{Kind, Path};
use super::{Criterion, Sort};
use crate::failure::Failure;

impl Sort {
    /// Compiles criteria by flattened names. Without any, what was updated last comes first.
    pub fn compile_attributes(criteria: &[SortCriterion]) -> Result<Sort, Failure> {
        let default = || Criterion::by((Path::of("UpdatedAt"), Kind::Date), true);
        Sort::compiled(criteria, default, |criterion| {
            let descending = criterion.sort_order == Some(SortOrder::Desc);
            let by = field(criterion).map(|field| Criterion::by(field, descending));
            by.ok_or(
                "Member must be an attribute that findings are filtered by, such as SeverityNormalized or \
                 UpdatedAt",
            )
        })
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
