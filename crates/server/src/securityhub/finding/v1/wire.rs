//! Findings as the model's structure, made of plain JSON.

use balefire_api::generated::securityhub::{AWS_SECURITY_FINDING, AwsSecurityFinding};
use balefire_api::shape::{self, Shape};
use balefire_api::{Typed, json};
use serde_json::Value;

use super::completed::completed;
use crate::failure::Failure;
use crate::securityhub::asff::drop_blank_entries;

/// The finding to send of a document. What does not have its form, as old tools write it and an import of
/// files takes it, is left out, and that part alone.
pub fn finding_of(document: &Value) -> Result<AwsSecurityFinding, Failure> {
    let mut document = completed(document);
    // Old stores have them of files.
    drop_blank_entries(&mut document);
    if let Ok(finding) = read(&document) {
        return Ok(finding);
    }
    let sound = sound(&AWS_SECURITY_FINDING, document.clone());
    sound.map_or_else(|| read(&bare(&document)), |sound| read(&sound))
}

/// The part of a value that has a shape's form. Members that the shape does not know are nobody's concern.
fn sound(shape: &'static Shape, value: Value) -> Option<Value> {
    match (shape, value) {
        (_, Value::Null) => None,
        (Shape::Kept(shape), value) => sound(shape, value),
        (Shape::Structure(structure), Value::Object(members)) => {
            let members = members.into_iter().filter_map(|(name, value)| {
                let known = structure.members.iter().find(|known| known.wire == name);
                let value = match known {
                    Some(known) => sound(known.shape, value)?,
                    None => value,
                };
                Some((name, value))
            });
            let members: serde_json::Map<_, _> = members.collect();
            let mut required = structure.members.iter().filter(|known| known.required);
            let is_whole = required.all(|known| members.contains_key(known.wire));
            is_whole.then(|| members.into())
        }
        (Shape::Map(map), Value::Object(entries)) => {
            let entries = entries.into_iter();
            let entries = entries.filter_map(|(key, value)| Some((key, sound(map.value, value)?)));
            Some(entries.collect::<serde_json::Map<_, _>>().into())
        }
        (Shape::List(list), Value::Array(items)) => {
            let items = items.into_iter().filter_map(|item| sound(list.item, item));
            Some(items.collect::<Vec<Value>>().into())
        }
        (Shape::Text(text), Value::String(word))
            if text.values.is_some_and(|words| !words.contains(&&*word)) =>
        {
            None
        }
        (shape, value) => {
            let read = json::read_payload(shape, value.to_string().as_bytes());
            read.is_ok().then_some(value)
        }
    }
}

/// Only what every finding has, in its form.
fn bare(document: &Value) -> Value {
    let structure = shape::structure(&AWS_SECURITY_FINDING);
    let mut bare = serde_json::Map::new();
    for member in structure.members.iter().filter(|member| member.required) {
        let text = document[member.name].as_str().unwrap_or("-");
        bare.insert(member.name.into(), text.into());
    }
    let resources = document["Resources"].as_array().into_iter().flatten();
    let resources = resources.map(|resource| {
        let text = |name: &str| resource[name].as_str().unwrap_or("-").to_owned();
        serde_json::json!({"Type": text("Type"), "Id": text("Id")})
    });
    bare.insert("Resources".into(), resources.collect::<Vec<Value>>().into());
    bare.into()
}

fn read(document: &Value) -> Result<AwsSecurityFinding, Failure> {
    let structure = shape::structure(&AWS_SECURITY_FINDING);
    let node = json::read(structure, document.to_string().as_bytes()).map_err(|rejection| {
        let message = rejection.message();
        Failure::Internal(format!("a finding is no ASFF: {message}"))
    })?;
    Ok(AwsSecurityFinding::from_node(node)?)
}

#[cfg(test)]
mod tests {
    use balefire_api::generated::securityhub::RESOURCE_DETAILS_KEPT;
    use serde_json::json;

    use super::super::tests::finding_of as whole;
    use super::*;

    #[test]
    fn members_without_their_form_are_left_out() {
        let mut document = whole("111111111111", "f", json!({"Confidence": 3}));
        document["Compliance"] = json!({"Status": "INFOED"});
        document["Compliance"]["StatusReasons"] =
            json!([{"ReasonCode": "R"}, {"Description": 5}, 7]);
        document["Types"] = json!({"no": "list"});
        let finding = finding_of(&document).unwrap();
        let compliance = finding.compliance.unwrap();
        assert_eq!((finding.confidence, compliance.status), (Some(3), None));
        let reasons = compliance.status_reasons.unwrap();
        assert_eq!((reasons.len(), &*reasons[0].reason_code), (1, "R"));
        assert_eq!(finding.types, None);
        document["Resources"][0]["Details"] = json!({"AwsS3Bucket": {"OwnerId": "o"}, "Other": 7});
        let finding = finding_of(&document).unwrap();
        let details = finding.resources[0].details.as_ref().unwrap();
        assert_eq!(details.text(), r#"{"AwsS3Bucket":{"OwnerId":"o"}}"#);
        assert_eq!((finding.confidence, finding.types), (Some(3), None));
        document["Resources"] = json!([{"Type": "Other", "Id": "r", "Region": 7}, {"Id": []}]);
        let finding = finding_of(&document).unwrap();
        assert_eq!(
            (&*finding.title, finding.confidence),
            ("Finding f", Some(3))
        );
        assert_eq!(finding.resources.len(), 1);
        let resource = &finding.resources[0];
        assert_eq!((&*resource.id, &resource.region), ("r", &None));
        // Without its name a finding keeps what every finding has.
        document["Title"] = json!(5);
        let finding = finding_of(&document).unwrap();
        assert_eq!((&*finding.title, finding.confidence), ("-", None));
    }

    #[test]
    fn what_has_no_form_in_details_is_left_out_and_all_else_stays() {
        let cases = [
            (json!("text"), None),
            (json!([1]), None),
            (json!(5), None),
            (json!(null), None),
            (json!({}), Some(json!({}))),
            (
                json!({"AwsEc2Instance": "x", "Container": []}),
                Some(json!({})),
            ),
            (json!({"AwsS3Bucket": null}), Some(json!({}))),
            (
                json!({"AwsEc2Instance": {"LaunchedAt": 5, "Type": "t3", "IpV4Addresses": ["a", 1, null]}}),
                Some(json!({"AwsEc2Instance": {"Type": "t3", "IpV4Addresses": ["a"]}})),
            ),
            (
                json!({"AwsEc2Instance": {"NetworkInterfaces": {"a": 1}, "ImageId": "i"}}),
                Some(json!({"AwsEc2Instance": {"ImageId": "i"}})),
            ),
            (
                json!({"AwsEc2SecurityGroup": {"IpPermissions": [
                    {"FromPort": 1, "ToPort": "2", "IpRanges": ["x", {"CidrIp": "0.0.0.0/0"}]}, 3,
                ]}}),
                Some(json!({"AwsEc2SecurityGroup": {"IpPermissions": [
                    {"FromPort": 1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
                ]}})),
            ),
            (
                json!({"Other": {"a": 1, "b": "2"}}),
                Some(json!({"Other": {"b": "2"}})),
            ),
            (
                json!({"New": [1, {"a": 5}]}),
                Some(json!({"New": [1, {"a": 5}]})),
            ),
        ];
        for (sent, expected) in cases {
            assert_eq!(
                sound(&RESOURCE_DETAILS_KEPT, sent.clone()),
                expected,
                "{sent}"
            );
        }
    }
}
