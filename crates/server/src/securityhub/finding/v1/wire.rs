//! Findings as the model's structure, made of plain JSON.

use balefire_api::generated::securityhub::{AWS_SECURITY_FINDING, AwsSecurityFinding};
use balefire_api::{Typed, json, shape};
use serde_json::Value;

use super::completed::completed;
use super::details;
use crate::failure::Failure;

/// The finding to send of a document.
pub fn finding_of(document: &Value) -> Result<AwsSecurityFinding, Failure> {
    sound(&completed(document))
}

/// Members that do not have their form, as old tools write them and an import of files takes them, are left
/// out.
fn sound(document: &Value) -> Result<AwsSecurityFinding, Failure> {
    if let Ok(finding) = read(document) {
        return Ok(finding);
    }
    let mut document = document.clone();
    details::prune(&mut document);
    let document = &document;
    if let Ok(finding) = read(document) {
        return Ok(finding);
    }
    let Some(members) = document.as_object() else {
        return read(document);
    };
    let structure = shape::structure(&AWS_SECURITY_FINDING);
    let is_required = |name: &str| {
        let known = structure.members.iter().find(|member| member.name == name);
        known.is_some_and(|member| member.required)
    };
    let (mut kept, optional): (serde_json::Map<_, _>, serde_json::Map<_, _>) = members
        .clone()
        .into_iter()
        .partition(|(name, _)| is_required(name));
    for (name, value) in optional {
        let mut tried = kept.clone();
        tried.insert(name, value);
        if read(&Value::Object(tried.clone())).is_ok() {
            kept = tried;
        }
    }
    read(&Value::Object(kept)).or_else(|_| read(&bare(document)))
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
    use serde_json::json;

    use super::super::tests::finding_of as whole;
    use super::*;

    #[test]
    fn members_without_their_form_are_left_out() {
        let mut document = whole("111111111111", "f", json!({"Confidence": 3}));
        document["Compliance"] = json!({"Status": "INFOED"});
        document["Types"] = json!({"no": "list"});
        let finding = finding_of(&document).unwrap();
        assert_eq!((finding.confidence, finding.compliance), (Some(3), None));
        assert_eq!(finding.types, None);
        document["Resources"][0]["Details"] = json!({"AwsS3Bucket": {"OwnerId": "o"}, "Other": 7});
        let finding = finding_of(&document).unwrap();
        let details = finding.resources[0].details.as_ref().unwrap();
        assert_eq!(details.text(), r#"{"AwsS3Bucket":{"OwnerId":"o"}}"#);
        assert_eq!((finding.confidence, finding.types), (Some(3), None));
        document["Resources"] = json!([{"Type": "Other", "Id": "r", "Region": 7}, {"Id": []}]);
        let finding = finding_of(&document).unwrap();
        assert_eq!(finding.title, "Finding f");
        assert_eq!(finding.resources.len(), 2);
        assert_eq!(
            (&*finding.resources[0].id, &*finding.resources[1].id),
            ("r", "-")
        );
    }
}
