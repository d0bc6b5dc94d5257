//! Documents that are kept as they came, which must stay readable for ever.

use serde_json::Value;

/// How often objects and arrays may be inside each other. Whoever parses the document again has it inside of
/// something else, and 128 levels are read at all.
const DEPTH_MAX: usize = 100;

/// Reads a document whole. Parts that are only skipped would let pass what parsing refuses later: half
/// surrogates, numbers beyond all bounds, and nesting without end.
pub fn read(text: &str) -> Result<Value, String> {
    let value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if is_deeper_than(DEPTH_MAX, &value) {
        return Err(format!(
            "more than {DEPTH_MAX} objects and arrays inside each other"
        ));
    }
    Ok(value)
}

fn is_deeper_than(depth: usize, value: &Value) -> bool {
    let deeper = |value| depth == 0 || is_deeper_than(depth - 1, value);
    match value {
        Value::Array(items) => depth == 0 || items.iter().any(deeper),
        Value::Object(members) => depth == 0 || members.values().any(deeper),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_payload;
    use crate::generated::securityhub::RESOURCE;

    fn nested(count: usize) -> String {
        format!("{}{}", "[".repeat(count), "]".repeat(count))
    }

    #[test]
    fn a_document_is_held_against_its_form_and_kept_as_it_came() {
        let deep = format!(r#"{{"New": {}}}"#, nested(99));
        for sound in [
            r#"{"AwsEc2Instance" : {"Type": "t3", "NetworkInterfaces": [{}], "New": 1.0}, "New": []}"#,
            r#"{"Other": {"a": "1"}, "AwsS3Bucket": null}"#,
            r#"{"AwsIamAccessKey": {"Status": "Gone"}}"#,
            deep.as_str(),
        ] {
            let resource = format!(r#"{{"Type": "t", "Id": "i", "Details": {sound}}}"#);
            let node = read_payload(&RESOURCE, resource.as_bytes())
                .unwrap()
                .unwrap();
            let mut out = Vec::new();
            super::super::write(&RESOURCE, &node, &mut out);
            let text = String::from_utf8(out).unwrap();
            assert!(text.contains(sound), "{text}");
        }
    }

    #[test]
    fn a_document_without_its_form_is_refused_by_its_place() {
        let deep = [nested(100), nested(200)].map(|nested| format!(r#"{{"New": {nested}}}"#));
        for (broken, place, reason) in [
            (r#""x""#, "/Details", "expected an object"),
            ("[1]", "/Details", "expected an object"),
            ("5", "/Details", "expected an object"),
            (
                r#"{"AwsEc2Instance": "x"}"#,
                "/Details/AwsEc2Instance",
                "an object",
            ),
            (r#"{"Container": []}"#, "/Details/Container", "an object"),
            (
                r#"{"Other": {"a": 1}}"#,
                "/Details/Other/a",
                "expected a string",
            ),
            (
                r#"{"Other": {"a": null}}"#,
                "/Details/Other/a",
                "null in a map",
            ),
            (
                r#"{"AwsEc2Instance": {"LaunchedAt": 5}}"#,
                "/Details/AwsEc2Instance/LaunchedAt",
                "expected a string",
            ),
            (
                r#"{"AwsEc2Instance": {"IpV4Addresses": ["a", 1]}}"#,
                "/Details/AwsEc2Instance/IpV4Addresses/1",
                "expected a string",
            ),
            (r#"{"New": "\ud800"}"#, "/Details", "hex escape"),
            (r#"{"New": 1e400}"#, "/Details", "number out of range"),
            (&deep[0], "/Details", "more than 100"),
            (&deep[1], "/Details", "recursion limit"),
        ] {
            let resource = format!(r#"{{"Type": "t", "Id": "i", "Details": {broken}}}"#);
            let refused = read_payload(&RESOURCE, resource.as_bytes()).unwrap_err();
            let message = refused.message();
            assert!(message.contains(&format!("at '{place}': ")), "{message}");
            assert!(message.contains(reason), "{message}");
        }
    }
}
