//! What a finding says of a resource.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::category;
use crate::instant::ms_of;
use crate::securityhub::asff::resource_type;
use crate::securityhub::automation_rule::Rating;
use crate::securityhub::finding::instant_ms;

/// Longer descriptions are left out: the inventory is no store of documents.
const CONFIG_BYTES_MAX: usize = 32 * 1024;
const TAGS_MAX: usize = 100;
/// What ASFF calls things that have no type.
const NO_TYPE: &str = "Other";
const NO_REGION: &str = "global";

/// What is known of a resource. What is `None`, no finding has said.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Facts {
    /// The resource's own id, as in `resources.uid`.
    pub id: String,
    pub r#type: String,
    /// Of the findings.
    pub region: String,
    /// Where the resource is.
    pub resource_region: String,
    pub provider: String,
    pub owner: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_ms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// What automation rules set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
}

/// What one document says of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub facts: Facts,
    pub config: Option<String>,
}

impl Said {
    /// Of an element of `resources` and the document's `cloud`. Without an id it is no resource of the
    /// inventory.
    pub fn of(account: &str, resource: &Value, cloud: &Value) -> Option<Said> {
        let id = text(resource, &["uid"])?;
        let named = text(resource, &["type"]).unwrap_or(NO_TYPE);
        let native = text(resource, &["region"]).or_else(|| region_of_arn(id));
        let region = text(cloud, &["region"]).or(native).unwrap_or(NO_REGION);
        let provider = text(resource, &["provider"]).or_else(|| text(cloud, &["provider"]));
        let owned = |text: &str| text.to_owned();
        let organization =
            text(resource, &["owner", "org", "uid"]).or_else(|| text(cloud, &["org", "uid"]));
        let partition = text(resource, &["cloud_partition"])
            .or_else(|| text(cloud, &["cloud_partition"]))
            .or_else(|| partition_of_arn(id));
        let facts = Facts {
            id: id.to_owned(),
            r#type: resource_type::to_ocsf(named),
            region: region.to_owned(),
            resource_region: native.unwrap_or(region).to_owned(),
            provider: category::provider(provider).to_owned(),
            owner: text(resource, &["owner", "account", "uid"])
                .unwrap_or(account)
                .to_owned(),
            organization: organization.map(owned),
            partition: partition.map(owned),
            name: text(resource, &["name"]).map(owned),
            created_ms: time_ms(resource, "created_time"),
            tags: resource.get("tags").and_then(tags),
            rating: None,
        };
        Some(Said {
            facts,
            config: resource.get("data").and_then(config),
        })
    }

    /// Takes over what a newer document says; what it is silent about stays.
    pub fn update(&mut self, newer: Said) {
        let Said { facts, config } = newer;
        self.config = config.or(self.config.take());
        self.facts.update(facts);
    }
}

impl Facts {
    /// As `Said::update`.
    pub fn update(&mut self, newer: Facts) {
        let older = std::mem::replace(self, newer);
        if self.r#type == NO_TYPE {
            self.r#type = older.r#type;
        }
        if self.region == NO_REGION {
            self.region = older.region;
        }
        if self.resource_region == NO_REGION {
            self.resource_region = older.resource_region;
        }
        self.organization = self.organization.take().or(older.organization);
        self.partition = self.partition.take().or(older.partition);
        self.name = self.name.take().or(older.name);
        self.created_ms = self.created_ms.or(older.created_ms);
        self.tags = self.tags.take().or(older.tags);
        self.rating = self.rating.take().or(older.rating);
    }
}

/// A text that is more than blanks, at the end of a path of members.
fn text<'v>(value: &'v Value, path: &[&str]) -> Option<&'v str> {
    let found = path.iter().try_fold(value, |value, name| value.get(name))?;
    let found = found.as_str()?;
    (!found.trim().is_empty()).then_some(found)
}

fn time_ms(resource: &Value, name: &str) -> Option<i64> {
    let told = resource.get(format!("{name}_dt")).and_then(Value::as_str);
    let told = told.and_then(instant_ms);
    let number = resource.get(name).and_then(Value::as_i64);
    // Some providers write seconds.
    told.or(number.map(ms_of))
}

/// OCSF has a list of names and values; a plain map is taken as well. Tags without a value say nothing.
fn tags(value: &Value) -> Option<BTreeMap<String, String>> {
    let pairs: Vec<(&str, &Value)> = match value {
        Value::Array(list) => list
            .iter()
            .filter_map(|tag| Some((text(tag, &["name"])?, tag.get("value")?)))
            .collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (&**key, value)).collect(),
        _ => return None,
    };
    let spoken = pairs.into_iter().filter_map(|(key, value)| {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => return None,
        };
        let says = !key.trim().is_empty() && !value.trim().is_empty();
        says.then(|| (key.to_owned(), value))
    });
    Some(spoken.take(TAGS_MAX).collect())
}

fn config(value: &Value) -> Option<String> {
    let is_something = value.as_object().is_some_and(|object| !object.is_empty());
    let text = is_something.then(|| value.to_string())?;
    (text.len() <= CONFIG_BYTES_MAX).then_some(text)
}

fn partition_of_arn(id: &str) -> Option<&str> {
    let partition = id.strip_prefix("arn:")?.split(':').next()?;
    (!partition.is_empty()).then_some(partition)
}

fn region_of_arn(id: &str) -> Option<&str> {
    let region = id.strip_prefix("arn:")?.split(':').nth(2)?;
    (!region.is_empty()).then_some(region)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(resource: Value, cloud: Value) -> Said {
        Said::of("111111111111", &resource, &cloud).unwrap()
    }

    #[test]
    fn what_a_document_is_silent_about_follows_from_the_rest() {
        let arn = "arn:aws-cn:sqs:cn-north-1:222222222222:jobs";
        let bare = said(json!({"uid": arn}), json!({})).facts;
        let of = (&*bare.r#type, &*bare.region, &*bare.resource_region);
        assert_eq!(of, ("Other", "cn-north-1", "cn-north-1"));
        assert_eq!(bare.partition.as_deref(), Some("aws-cn"));
        assert_eq!((&*bare.owner, &*bare.provider), ("111111111111", "AWS"));
        let cloud = json!({"region": "eu-west-1", "provider": "azure", "org": {"uid": "o"}});
        let host = json!({
            "uid": "vm", "type": "AwsEc2Instance", "region": "westus2", "provider": "Azure",
            "owner": {"account": {"uid": "sub"}}, "created_time_dt": "2026-01-01T00:00:00Z",
        });
        let host = said(host, cloud.clone()).facts;
        assert_eq!(
            (&*host.region, &*host.resource_region),
            ("eu-west-1", "westus2")
        );
        assert_eq!((&*host.provider, &*host.owner), ("Azure", "sub"));
        assert_eq!(host.r#type, "AWS::EC2::Instance");
        assert_eq!(host.organization.as_deref(), Some("o"));
        assert_eq!(host.created_ms, Some(1_767_225_600_000));
        assert_eq!(said(json!({"uid": "x"}), json!({})).facts.region, "global");
        for resource in [json!({"name": "x"}), json!({"uid": " "}), json!(1)] {
            assert_eq!(Said::of("111111111111", &resource, &cloud), None);
        }
    }

    #[test]
    fn tags_are_a_list_or_a_map_and_have_values() {
        let list =
            json!([{"name": "a", "value": "1"}, {"name": "b", "value": ""}, {"name": "c"}, 7]);
        let expected: BTreeMap<String, String> = [("a".to_owned(), "1".to_owned())].into();
        assert_eq!(tags(&list), Some(expected.clone()));
        assert_eq!(tags(&json!({"a": 1, "b": null, "": "x"})), Some(expected));
        assert_eq!(tags(&json!("a")), None);
    }

    #[test]
    fn a_description_is_an_object_of_some_length() {
        assert_eq!(
            config(&json!({"b": 1, "a": 2})).as_deref(),
            Some(r#"{"a":2,"b":1}"#)
        );
        assert_eq!(config(&json!({})), None);
        assert_eq!(config(&json!("text")), None);
        assert_eq!(config(&json!({"a": "x".repeat(CONFIG_BYTES_MAX)})), None);
    }

    #[test]
    fn a_newer_document_replaces_what_it_speaks_of() {
        let cloud = json!({"region": "eu-west-1"});
        let first = json!({
            "uid": "r", "type": "AWS::S3::Bucket", "name": "one",
            "tags": [{"name": "a", "value": "1"}], "data": {"a": 1},
        });
        let mut known = said(first, cloud);
        let before = known.clone();
        known.update(said(json!({"uid": "r"}), json!({})));
        assert_eq!(
            known, before,
            "a document that says nothing changes nothing"
        );
        known.update(said(
            json!({"uid": "r", "name": "two", "tags": []}),
            json!({}),
        ));
        assert_eq!(known.facts.name.as_deref(), Some("two"));
        assert_eq!(known.facts.tags, Some(BTreeMap::new()));
        assert_eq!(known.config, before.config);
        assert_eq!(known.facts.region, "eu-west-1");
    }
}
