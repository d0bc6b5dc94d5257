//! The order of GetResourcesV2: by the fields that resources are filtered by.

use balefire_api::generated::securityhub::{
    ResourcesDateField, ResourcesNumberField, ResourcesStringField, SortCriterion, SortOrder,
};
use serde_json::Value;

use super::super::path::{Kind, Path};
use super::{Criterion, Key, Sort};
use crate::failure::Failure;

impl Sort {
    /// Compiles criteria over resources. Without any, they come by their ids.
    pub fn compile_resources(criteria: &[SortCriterion]) -> Result<Sort, Failure> {
        let default = || Criterion::by((Path::of("ResourceId"), Kind::Text), false);
        Sort::compiled(criteria, default, |criterion| {
            let descending = criterion.sort_order == Some(SortOrder::Desc);
            let by = criterion
                .field
                .as_deref()
                .and_then(field)
                .map(|field| Criterion::by(field, descending));
            by.ok_or(
                "Member must be a field that resources are filtered by, such as ResourceType or \
                 FindingsSummary.TotalFindings",
            )
        })
    }

    /// Whether an attribute is sorted by whose name is as asked.
    pub fn names(&self, is: impl Fn(&str) -> bool) -> bool {
        let fields = self.0.iter().flat_map(|criterion| &criterion.fields);
        fields.into_iter().any(|(path, _)| is(&path.name()))
    }

    /// Fills in what a key has by those attributes that the columns do not have and a document has.
    pub fn complete(&self, key: &mut Key, document: &Value, is: impl Fn(&str) -> bool) {
        for (criterion, scalar) in self.0.iter().zip(&mut key.scalars) {
            if criterion.fields.iter().any(|(path, _)| is(&path.name())) {
                *scalar = criterion.scalar(document);
            }
        }
    }
}

/// Times may be called as in the answer, or as in filters.
fn field(name: &str) -> Option<(Path, Kind)> {
    let date = ResourcesDateField::parse(name.strip_suffix("Dt").unwrap_or(name));
    let kind = match date {
        Some(date) => return Some((Path::of(date.as_str()), Kind::Date)),
        None if ResourcesStringField::parse(name).is_some() => Kind::Text,
        None if ResourcesNumberField::parse(name).is_some() => Kind::Number,
        None => return None,
    };
    Some((Path::of(name), kind))
}
