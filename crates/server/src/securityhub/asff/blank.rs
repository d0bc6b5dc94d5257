//! Entries of maps whose text is blank: clients send them for tags and fields without a value, and the model
//! forbids them.

use balefire_api::generated::securityhub::AWS_SECURITY_FINDING;
use balefire_api::shape::Shape;
use serde_json::Value;

/// Takes such entries out of a finding, its resources' details among them.
pub fn drop_blank_entries(finding: &mut Value) {
    drop_of(&AWS_SECURITY_FINDING, finding);
}

fn drop_of(shape: &Shape, value: &mut Value) {
    match (shape, value) {
        (Shape::Kept(form), value) => drop_of(form, value),
        (Shape::Map(map), Value::Object(entries)) => {
            entries.retain(|_, value| value.as_str().is_none_or(|text| !text.trim().is_empty()));
            for value in entries.values_mut() {
                drop_of(map.value, value);
            }
        }
        (Shape::List(list), Value::Array(items)) => {
            for item in items {
                drop_of(list.item, item);
            }
        }
        (Shape::Structure(structure), Value::Object(members)) => {
            for (name, value) in members {
                let known = structure.members.iter().find(|known| known.wire == *name);
                if let Some(known) = known {
                    drop_of(known.shape, value);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn blank_texts_of_maps_go_and_all_else_stays() {
        let cases = [
            (json!({"Title": " "}), json!({"Title": " "})),
            (
                json!({"ProductFields": {"a": "", "b": "x"}}),
                json!({"ProductFields": {"b": "x"}}),
            ),
            (
                json!({"ProductFields": {"a": " \t"}}),
                json!({"ProductFields": {}}),
            ),
            (
                json!({"UserDefinedFields": {"a": 0, "b": null}}),
                json!({"UserDefinedFields": {"a": 0, "b": null}}),
            ),
            (json!({"ProductFields": ""}), json!({"ProductFields": ""})),
            (
                json!({"Resources": [{"Tags": {"t": ""}}, {"Tags": {"t": "v", "u": ""}}, ""]}),
                json!({"Resources": [{"Tags": {}}, {"Tags": {"t": "v"}}, ""]}),
            ),
            (
                json!({"Resources": [{"Details": {"Other": {"a": "", "b": "c"}, "New": {"a": ""}}}]}),
                json!({"Resources": [{"Details": {"Other": {"b": "c"}, "New": {"a": ""}}}]}),
            ),
        ];
        for (mut sent, expected) in cases {
            drop_blank_entries(&mut sent);
            assert_eq!(sent, expected);
        }
    }
}
