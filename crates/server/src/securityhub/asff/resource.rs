//! Resources that a finding is about.

use std::collections::BTreeMap;

use balefire_api::generated::securityhub::Partition;
use serde_json::{Map, Value, json};

use super::place::{self, Kind, Pair};
use super::{came_as_asff, resource_type};

const PAIRS: &[Pair] = &[
    ("Id", "uid", Kind::Text),
    ("Partition", "cloud_partition", Kind::Text),
    ("Region", "region", Kind::Text),
];

pub fn to_ocsf(asff: &Value, left: &mut Value, event: &mut Value) {
    let account = place::text(asff, "AwsAccountId");
    // It is the resources' in OCSF; without any it stays what it is.
    let criticality = match place::elements(asff, "Resources").next() {
        Some(_) => place::take(left, "Criticality").map(|value| value.to_string()),
        None => None,
    };
    let resources: Vec<Value> = place::elements_mut(left, "Resources")
        .map(|resource| one_to_ocsf(resource, account, criticality.as_deref()))
        .collect();
    if !resources.is_empty() {
        place::put(event, "resources", resources.into());
    }
}

fn one_to_ocsf(resource: &mut Value, account: Option<&str>, criticality: Option<&str>) -> Value {
    let mut out = Value::Object(Map::new());
    if let Some(Value::String(kind)) = place::take(resource, "Type") {
        let ocsf = resource_type::to_ocsf(&kind);
        if resource_type::to_asff(&ocsf) != kind {
            place::put(resource, "Type", kind.into());
        }
        place::put(&mut out, "type", ocsf.into());
    }
    place::forward(PAIRS, resource, &mut out);
    if let Some(Value::Object(tags)) = place::take(resource, "Tags") {
        let tags = tags.into_iter();
        let tags: Vec<Value> = tags
            .map(|(name, value)| json!({"name": name, "value": value}))
            .collect();
        place::put(&mut out, "tags", tags.into());
    }
    if let Some(details) = place::take(resource, "Details") {
        place::put(&mut out, "data", details);
    }
    if let Some(account) = account {
        place::put(&mut out, "owner.account.uid", account.into());
    }
    if let Some(criticality) = criticality {
        place::put(&mut out, "criticality", criticality.into());
    }
    out
}

pub fn to_asff(ocsf: &Value, finding: &mut Value) {
    let first = place::elements(ocsf, "resources").next();
    let criticality = first.and_then(|resource| place::text(resource, "criticality"));
    let criticality = criticality.and_then(|text| text.parse::<i32>().ok());
    if let Some(criticality) = criticality.filter(|number| (0..=100).contains(number)) {
        place::put(finding, "Criticality", criticality.into());
    }
    let keeps_data = came_as_asff(ocsf);
    let resources: Vec<Value> = place::elements(ocsf, "resources")
        .filter_map(|resource| one_to_asff(resource, keeps_data))
        .collect();
    if !resources.is_empty() {
        place::put(finding, "Resources", resources.into());
    }
}

fn one_to_asff(resource: &Value, keeps_data: bool) -> Option<Value> {
    let ids = ["uid", "uid_alt", "name"];
    let id = ids.iter().find_map(|name| place::text(resource, name))?;
    let kind = place::text(resource, "type").unwrap_or("Other");
    let mut out = json!({"Type": resource_type::to_asff(kind)});
    place::back(PAIRS, resource, &mut out);
    place::put(&mut out, "Id", id.into());
    let partition = place::text(&out, "Partition");
    if partition.is_some_and(|partition| !Partition::VALUES.contains(&partition)) {
        place::take(&mut out, "Partition");
    }
    let tags: BTreeMap<&str, &str> = place::elements(resource, "tags")
        .filter_map(|tag| Some((place::text(tag, "name")?, place::text(tag, "value")?)))
        .collect();
    if !tags.is_empty() {
        place::put(&mut out, "Tags", json!(tags));
    }
    // What others keep here has a form of their own.
    if keeps_data && let Some(data) = place::get(resource, "data").filter(|data| data.is_object()) {
        place::put(&mut out, "Details", data.clone());
    }
    Some(out)
}
