//! Reports of which any one value is something else: read, refused in part or refused, and never a panic.

use serde_json::json;

use super::*;

/// The paths of all values inside.
fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{at}/{index}"), into);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                pointers(member, &format!("{at}/{name}"), into);
            }
        }
        _ => {}
    }
}

#[test]
fn any_value_may_be_another() {
    let others = [
        json!(null),
        json!(-1),
        json!(1e300),
        json!("é|@\\"),
        json!(""),
        json!([null]),
        json!({"": {}}),
    ];
    for text in [TRIVY, GRYPE, SARIF, VEX] {
        let report: Value = serde_json::from_str(text).unwrap();
        let mut all = Vec::new();
        pointers(&report, "", &mut all);
        for (pointer, other) in all
            .iter()
            .flat_map(|one| others.iter().map(move |other| (one, other)))
        {
            let mut odd = report.clone();
            *odd.pointer_mut(pointer).unwrap() = other.clone();
            let Ok(read) = read_text(&odd.to_string(), None, Given::default()) else {
                continue;
            };
            assert!(
                ![Format::Ocsf, Format::Prowler].contains(&read.format),
                "{pointer} = {other}"
            );
            for document in documents(&read) {
                let says = |name: &str| {
                    document["finding_info"][name]
                        .as_str()
                        .is_some_and(|text| !text.is_empty())
                };
                assert!(
                    says("uid") && says("title"),
                    "{pointer} = {other}: {document}"
                );
                assert!(
                    document["severity_id"]
                        .as_i64()
                        .is_some_and(|id| (0..=5).contains(&id))
                );
            }
        }
    }
}
