//! The order of GetResourcesV2: by the fields that resources are filtered by.

use balefire_api::generated::securityhub::{
    ResourcesDateField, ResourcesNumberField, ResourcesStringField, SortCriterion, SortOrder,
};
use balefire_api::rejection;
use serde_json::Value;

use super::super::path::{Kind, Path};
use super::{CRITERIA_MAX, Criterion, Key, Sort, refuse};
use crate::failure::Failure;

impl Sort {
    /// Compiles criteria over resources. Without any, they come by their ids.
    pub fn compile_resources(criteria: &[SortCriterion]) -> Result<Sort, Failure> {
        if criteria.is_empty() {
            return Ok(Sort(vec![Criterion {
                fields: vec![(Path::of("ResourceId"), Kind::Text)],
                descending: false,
            }]));
        }
        let mut violations = Vec::new();
        if criteria.len() > CRITERIA_MAX {
            let rule = format!("Member must have at most {CRITERIA_MAX} elements");
            violations.push(rejection::violation("/SortCriteria", rule));
        }
        let mut compiled = Vec::new();
        for (place, criterion) in criteria.iter().enumerate() {
            match criterion.field.as_deref().and_then(field) {
                Some(field) => compiled.push(Criterion {
                    fields: vec![field],
                    descending: criterion.sort_order == Some(SortOrder::Desc),
                }),
                None => violations.push(rejection::violation(
                    &format!("/SortCriteria/{place}/Field"),
                    "Member must be a field that resources are filtered by, such as ResourceType or \
                     FindingsSummary.TotalFindings",
                )),
            }
        }
        refuse(violations).map(|()| Sort(compiled))
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
