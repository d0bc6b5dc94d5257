//! The fields that resources are filtered, sorted and grouped by: as a document, and as columns.

use balefire_api::generated::securityhub::{
    ResourcesDateField, ResourcesMapField, ResourcesStringField,
};
use balefire_columns::{Kind, Row, Schema};
use serde_json::{Value, json};

use super::{Resource, category};
use crate::securityhub::finding::Path;

pub const ACCOUNT_NAME: &str = "AccountName";
/// What the fields begin with that findings say.
pub const SUMMARY: &str = "FindingsSummary";

/// Whether a field is not of the resource itself, and is joined when it is asked for.
pub fn is_joined(name: &str) -> bool {
    name == ACCOUNT_NAME || is_summary(name)
}

pub fn is_summary(name: &str) -> bool {
    name.starts_with(SUMMARY)
}

/// What a resource has by the model's fields, but for those that are joined.
pub fn document(resource: &Resource) -> Value {
    let facts = &resource.facts;
    let r#type = &facts.r#type;
    let tags = facts.tags.iter().flatten();
    let tags: Vec<Value> = tags
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    json!({
        "ResourceGuid": resource.uid,
        "ResourceId": facts.id,
        "AccountId": resource.account,
        "Region": facts.region,
        "ResourceProvider": facts.provider,
        "ResourceOwnerAccountId": facts.owner,
        "ResourceOwnerOrgId": facts.organization,
        "ResourceCloudPartition": facts.partition,
        "ResourceRegion": facts.resource_region,
        "ResourceCategory": category::category(r#type).as_str(),
        "ResourceType": r#type,
        "ResourceName": facts.name,
        "ResourceSubCategory": category::sub_category(r#type).map(|known| known.as_str()),
        "DiscoveryType": category::discovery(r#type).map(|known| known.as_str()),
        "ResourceCriticality": facts.rating.as_ref().map(|rating| &rating.criticality),
        "ResourceDetailCaptureTime": resource.changed_ms,
        "ResourceCreationTime": facts.created_ms,
        "ResourceTags": tags,
    })
}

/// The columns of resources.
///
/// The numbers that the model has fields for are joined, or are of resources of AI that are not told of here.
#[derive(Debug)]
pub struct Fields {
    schema: Schema,
    texts: Vec<(usize, Path)>,
    dates: Vec<(usize, Path)>,
    /// Each entry as a JSON text.
    maps: Vec<(usize, Path)>,
    pub account: usize,
    pub uid: usize,
}

impl Fields {
    pub fn of_resources() -> Fields {
        let mut schema = Schema::default();
        let mut add = |names: &'static [&'static str], kind: Kind| -> Vec<(usize, Path)> {
            let own = names.iter().filter(|name| !is_joined(name));
            own.map(|name| (schema.add(name, kind), Path::of(name)))
                .collect()
        };
        let texts = add(ResourcesStringField::VALUES, Kind::Text);
        let maps = add(ResourcesMapField::VALUES, Kind::Text);
        let dates = add(ResourcesDateField::VALUES, Kind::Date);
        Fields {
            account: schema.add(ResourcesStringField::AccountId.as_str(), Kind::Text),
            uid: schema.add(ResourcesStringField::ResourceGuid.as_str(), Kind::Text),
            schema,
            texts,
            dates,
            maps,
        }
    }

    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    pub fn text(&self, name: &str) -> Option<usize> {
        self.schema.place(name, Kind::Text)
    }

    pub fn date(&self, name: &str) -> Option<usize> {
        self.schema.place(name, Kind::Date)
    }

    /// Fills a row with what a resource has.
    pub fn fill(&self, row: &mut Row, resource: &Resource) {
        /// What makes a walk go on to the next value.
        const ON: bool = false;
        let document = document(resource);
        row.clear();
        for (place, path) in &self.texts {
            path.any_text(&document, |text| {
                row.add_text(*place, text);
                ON
            });
        }
        for (place, path) in &self.dates {
            path.any_time_ms(&document, |ms| {
                row.add_date(*place, ms);
                ON
            });
        }
        for (place, path) in &self.maps {
            path.any(&document, |entry| {
                row.add_text(*place, &entry.to_string());
                ON
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use balefire_api::generated::securityhub::ResourceGroupByField;

    use super::*;
    use crate::securityhub::automation_rule::Rating;
    use crate::securityhub::resource::facts::Facts;

    #[test]
    fn every_field_of_the_model_is_a_column_or_joined() {
        let fields = Fields::of_resources();
        let texts = [ResourcesStringField::VALUES, ResourceGroupByField::VALUES].concat();
        for name in texts {
            assert!(is_joined(name) || fields.text(name).is_some(), "{name}");
        }
        for name in ResourcesDateField::VALUES {
            assert!(fields.date(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_document_has_all_fields_but_those_that_nothing_tells() {
        let text = || Some("x".to_owned());
        let resource = Resource {
            uid: "u".into(),
            account: "a".into(),
            facts: Facts {
                id: "i".into(),
                r#type: "AWS::SageMaker::Model".into(),
                region: "r".into(),
                resource_region: "r".into(),
                provider: "AWS".into(),
                owner: "o".into(),
                organization: text(),
                partition: text(),
                name: text(),
                created_ms: Some(1),
                tags: Some(BTreeMap::from([("a".into(), "b".into())])),
                rating: Some(Rating {
                    criticality: "High".into(),
                    rule_arn: String::new(),
                    rule_name: String::new(),
                }),
            },
            config: Vec::new(),
            first_seen_ms: 1,
            changed_ms: 1,
        };
        let document = document(&resource);
        let names = [
            ResourcesStringField::VALUES,
            ResourcesDateField::VALUES,
            ResourcesMapField::VALUES,
        ];
        for name in names.concat() {
            let is_told = !is_joined(name) && !name.starts_with("ResourceInfo.");
            let is_there = Path::of(name).any(&document, |_| true);
            assert_eq!(is_there, is_told, "{name}");
        }
    }
}
