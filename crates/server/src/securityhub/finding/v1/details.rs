//! What findings say of resources in detail, as far as clients can read it.

use balefire_api::generated::securityhub::RESOURCE_DETAILS;
use balefire_api::json;
use balefire_api::shape::Shape;
use serde_json::Value;

/// Leaves out what does not have the model's form, as files may have it; of lists and objects only that part.
pub fn prune(document: &mut Value) {
    let resources = document.get_mut("Resources").and_then(Value::as_array_mut);
    let resources = resources.into_iter().flatten();
    for resource in resources.filter_map(Value::as_object_mut) {
        if let Some(details) = resource.remove("Details")
            && let Some(sound) = sound(&RESOURCE_DETAILS, details)
        {
            resource.insert("Details".into(), sound);
        }
    }
}

/// The part of a value that has a shape's form. Members that the shape does not know are nobody's concern.
fn sound(shape: &'static Shape, value: Value) -> Option<Value> {
    match (shape, value) {
        (_, Value::Null) => None,
        (Shape::Structure(structure), Value::Object(members)) => {
            let members = members.into_iter().filter_map(|(name, value)| {
                let known = structure.members.iter().find(|known| known.wire == name);
                let value = match known {
                    Some(known) => sound(known.shape, value)?,
                    None => value,
                };
                Some((name, value))
            });
            Some(members.collect::<serde_json::Map<_, _>>().into())
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
        (shape, value) => {
            let read = json::read_payload(shape, value.to_string().as_bytes());
            read.is_ok().then_some(value)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_has_no_form_is_left_out_and_all_else_stays() {
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
            let mut document = json!({"Resources": [{"Id": "a", "Details": sent}, 7]});
            prune(&mut document);
            let shown = document["Resources"][0].get("Details");
            assert_eq!(shown, expected.as_ref(), "{document}");
        }
    }
}
