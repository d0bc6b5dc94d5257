//! What of an ASFF document has no place in OCSF, in ASFF's own form.

use serde_json::Value;

/// What is left when all else was taken; `None` where nothing is.
pub fn of(mut left: Value) -> Option<Value> {
    prune(&mut left);
    (!is_void(&left)).then_some(left)
}

/// Removes members that hold nothing any more. Elements of lists stay, so that the others keep their place.
fn prune(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(prune);
            members.retain(|_, member| !is_void(member));
        }
        Value::Array(elements) => elements.iter_mut().for_each(prune),
        _ => {}
    }
}

fn is_void(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.is_empty(),
        Value::Array(elements) => elements.iter().all(is_void),
        _ => false,
    }
}

/// Puts what was left back: objects and lists of one length part by part. What is there stays.
pub fn merge(document: &mut Value, left: Value) {
    match (document, left) {
        (Value::Object(members), Value::Object(left)) => {
            for (name, value) in left {
                merge(members.entry(name).or_insert(Value::Null), value);
            }
        }
        (Value::Array(elements), Value::Array(left))
            if elements.len() == left.len() && left.iter().all(Value::is_object) =>
        {
            for (element, left) in elements.iter_mut().zip(left) {
                merge(element, left);
            }
        }
        (document, left) if document.is_null() => *document = left,
        _ => {}
    }
}
