//! What follows from the class of a document, and the form of what filters look into.

use super::faults::Faults;
use crate::securityhub::finding::caption::{self, ACTIVITIES, CLASSES};
use crate::securityhub::finding::members::Members;

const SECURITY_FINDING: i64 = 2001;
/// Attributes of all finding classes that are lists of objects.
const LISTS: [&str; 6] = [
    "affected_code",
    "enrichments",
    "evidences",
    "observables",
    "resources",
    "vulnerabilities",
];
/// Attributes of finding classes that are objects.
const OBJECTS: [&str; 4] = ["compliance", "remediation", "resource", "vendor_attributes"];
/// What makes a document one of its class.
const OF_CLASS: [(i64, &str); 2] = [(2002, "vulnerabilities"), (2003, "compliance")];

fn number(event: &Members<'_>, name: &str) -> Option<i64> {
    event
        .get(name)
        .and_then(|raw| serde_json::from_str(raw).ok())
}

/// The type follows from class and activity, and a document that says another contradicts itself.
pub fn type_uid(event: &Members<'_>, faults: &mut Faults) -> Option<(&'static str, String)> {
    let class = number(event, "class_uid").filter(|id| caption::caption(CLASSES, *id).is_some())?;
    let activity = number(event, "activity_id");
    let activity = activity.filter(|id| caption::caption(ACTIVITIES, *id).is_some())?;
    let follows = class * 100 + activity;
    match event.get("type_uid") {
        None => Some(("type_uid", follows.to_string())),
        Some(raw) => {
            if number(event, "type_uid") != Some(follows) {
                let rule = format!("must be {follows}, class_uid * 100 + activity_id, not {raw}");
                faults.add("type_uid", &rule);
            }
            None
        }
    }
}

/// The status by the word for it that the deprecated class has.
pub fn state(event: &Members<'_>) -> Option<i64> {
    let is_deprecated = number(event, "class_uid") == Some(SECURITY_FINDING);
    let state = number(event, "state_id").filter(|_| is_deprecated);
    state.filter(|state| (1..=4).contains(state))
}

/// Refuses what no filter could look into. Attributes that are not known here are anybody's.
pub fn check(event: &Members<'_>, faults: &mut Faults) {
    for (class, name) in OF_CLASS {
        if number(event, "class_uid") == Some(class) && event.get(name).is_none() {
            let rule = format!("is missing; findings of class {class} have it");
            faults.add(name, &rule);
        }
    }
    for name in OBJECTS {
        let raw = event.get(name);
        if raw.is_some_and(|raw| !raw.starts_with('{')) {
            faults.add(name, "must be an object");
        }
    }
    for name in LISTS {
        let Some(raw) = event.get(name) else {
            continue;
        };
        match serde_json::from_str::<Vec<&serde_json::value::RawValue>>(raw) {
            Err(_) => faults.add(name, "must be a list of objects"),
            Ok(items) => {
                let odd = items.iter().position(|item| !item.get().starts_with('{'));
                if let Some(place) = odd {
                    faults.add(&format!("{name}[{place}]"), "must be an object");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::securityhub::finding::provider::accept;
    use crate::securityhub::finding::tests::document;

    fn accepted(document: &Value) -> Value {
        let accepted = accept(&document.to_string(), "999999999999", None).unwrap();
        serde_json::from_str(&accepted.text).unwrap()
    }

    fn refusal(set: Value) -> String {
        let document = document("f", set).to_string();
        accept(&document, "999999999999", None).unwrap_err()
    }

    #[test]
    fn the_type_follows_from_class_and_activity() {
        let mut bare = document("f", json!({"activity_id": 99, "activity_name": "Seen"}));
        bare.as_object_mut().unwrap().remove("type_uid");
        assert_eq!(accepted(&bare)["type_uid"], 200_499);
        for wrong in [json!(200_402), json!("200401"), json!(1)] {
            let refused = refusal(json!({"type_uid": wrong}));
            assert!(refused.starts_with("type_uid must be 200401"), "{refused}");
        }
    }

    #[test]
    fn what_filters_look_into_has_its_form() {
        for (set, named) in [
            (json!({"class_uid": 2002}), "vulnerabilities is missing"),
            (json!({"class_uid": 2003}), "compliance is missing"),
            (
                json!({"resources": {}}),
                "resources must be a list of objects",
            ),
            (
                json!({"resources": [{}, "a"]}),
                "resources[1] must be an object",
            ),
            (
                json!({"vulnerabilities": [[]]}),
                "vulnerabilities[0] must be an object",
            ),
            (json!({"compliance": "yes"}), "compliance must be an object"),
        ] {
            let refused = refusal(set);
            assert!(
                refused.starts_with(named) && refused.matches(';').count() < 2,
                "{refused}"
            );
        }
        let anybodys = document("f", json!({"of_ours": [1, "x"], "resources": []}));
        assert_eq!(accepted(&anybodys)["of_ours"], anybodys["of_ours"]);
    }

    #[test]
    fn a_finding_of_the_deprecated_class_is_taken() {
        let finding = json!({"uid": "old", "title": "Old", "created_time": 1_700_000_000});
        let mut old = document(
            "f",
            json!({"class_uid": 2001, "state_id": 4, "finding": finding}),
        );
        let members = old.as_object_mut().unwrap();
        for name in ["finding_info", "status_id", "status", "class_name"] {
            members.remove(name);
        }
        let made = accepted(&old);
        assert_eq!(made["finding"], finding, "as it was sent");
        assert_eq!(made["finding_info"]["uid"], "old");
        assert_eq!(made["finding_info"]["created_time"], 1_700_000_000_000_i64);
        assert_eq!(
            (&made["status_id"], &made["status"]),
            (&json!(4), &json!("Resolved"))
        );
        assert_eq!(made["class_name"], "Security Finding");
        old["finding"] = json!({"uid": "old"});
        let refused = accept(&old.to_string(), "999999999999", None).unwrap_err();
        assert!(refused.starts_with("finding.title is missing"), "{refused}");
    }
}
