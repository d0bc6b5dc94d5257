//! What a provider sends, put into what it sent before.

use serde_json::{Map, Value, json};

use crate::securityhub::asff::{self, place};
use crate::securityhub::product;

/// The place of values that providers suggest and customers may replace.
const PROVIDER: &str = "FindingProviderFields";
/// They are in both places.
const SUGGESTED: [&str; 5] = [
    "Confidence",
    "Criticality",
    "RelatedFindings",
    "Severity",
    "Types",
];
/// On a finding that is there these are the customers'.
const CUSTOMERS: [&str; 4] = ["Note", "UserDefinedFields", "VerificationState", "Workflow"];

/// The provider's document after an update. Attributes that it does not send stay as they were.
pub fn merge(known: Option<&Value>, sent: Value, region: &str, now: &str) -> Value {
    let (Value::Object(mut sent), mut merged) = (sent, known.cloned().unwrap_or_else(|| json!({})))
    else {
        return known.cloned().unwrap_or_default();
    };
    if known.is_some() {
        CUSTOMERS.iter().for_each(|name| drop(sent.remove(*name)));
    }
    let provider = match sent.remove(PROVIDER) {
        Some(Value::Object(provider)) => provider,
        _ => Map::new(),
    };
    for name in SUGGESTED {
        suggest(
            &mut merged,
            name,
            provider.get(name),
            sent.remove(name),
            known.is_none(),
        );
    }
    for (name, value) in sent {
        place::put(&mut merged, &name, value);
    }
    fill(&mut merged, region, now);
    merged
}

/// Puts a suggested value into its two places.
fn suggest(
    merged: &mut Value,
    name: &str,
    provider: Option<&Value>,
    top: Option<Value>,
    is_new: bool,
) {
    let (to_provider, to_top) = match (provider, &top) {
        (None, None) => return,
        (Some(provider), Some(top)) if !is_new => (provider.clone(), top.clone()),
        (Some(provider), _) => (provider.clone(), provider.clone()),
        (None, Some(top)) => (top.clone(), top.clone()),
    };
    if name != "Severity" {
        place::put(merged, &format!("{PROVIDER}.{name}"), to_provider);
        place::put(merged, name, to_top);
        return;
    }
    let sent = [top.as_ref(), provider].into_iter().flatten();
    let label = sent.map(severity).find_map(|mut sent| sent.remove("Label"));
    // One of the two must say how bad it is, and then both do.
    let labelled = |sent: &Value| {
        let mut sent = severity(sent);
        if let (None, Some(label)) = (sent.get("Label"), &label) {
            sent.insert("Label".into(), label.clone());
        }
        severity(&sent.into())
    };
    let top = labelled(&to_top);
    let mut own = labelled(&to_provider);
    // Providers' own place has the label and their own word for it only.
    own.remove("Normalized");
    own.remove("Product");
    place::put(merged, &format!("{PROVIDER}.{name}"), own.into());
    place::put(merged, name, top.into());
}

/// Label and number: each follows from the other, and the label counts.
fn severity(sent: &Value) -> Map<String, Value> {
    let mut severity = sent.as_object().cloned().unwrap_or_default();
    let normalized = severity.get("Normalized").and_then(Value::as_i64);
    let label = severity.get("Label").and_then(Value::as_str);
    match (label, normalized) {
        (Some(label), Some(normalized)) if asff::label_of_normalized(normalized) == label => {}
        (Some(label), _) => {
            let normalized = asff::normalized_of_label(label).unwrap_or_default();
            severity.insert("Normalized".into(), normalized.into());
        }
        (None, Some(normalized)) => {
            let label = asff::label_of_normalized(normalized);
            severity.insert("Label".into(), label.into());
        }
        (None, None) => {}
    }
    severity
}

/// What the service fills in itself.
fn fill(merged: &mut Value, region: &str, now: &str) {
    let text = |merged: &Value, name: &str| merged[name].as_str().unwrap_or_default().to_owned();
    let (arn, id) = (text(merged, "ProductArn"), text(merged, "Id"));
    let names = product::names_of(&arn);
    for (name, known) in [
        ("CompanyName", &names.company),
        ("ProductName", &names.product),
    ] {
        let is_set = merged.get(name).is_some();
        if !(names.is_own && is_set) {
            place::put(merged, name, known.as_str().into());
        }
    }
    for (name, value) in [
        ("Region", region),
        ("RecordState", "ACTIVE"),
        ("Workflow.Status", "NEW"),
        ("WorkflowState", "NEW"),
    ] {
        place::put_default(merged, name, || value.into());
    }
    place::put(merged, "ProcessedAt", now.into());
    let label = merged["Severity"]["Label"].clone();
    let finding_id = Value::from(format!("{arn}/{id}"));
    for (name, value) in [
        ("FindingId", finding_id),
        ("ProductName", merged["ProductName"].clone()),
        ("CompanyName", merged["CompanyName"].clone()),
        ("SeverityLabel", label),
    ] {
        if !value.is_null() {
            place::put(
                merged,
                &format!("ProductFields.aws/securityhub/{name}"),
                value,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_that_was_sent_in_one_place_is_in_both() {
        let merged = |known: Option<&Value>, severity: Value, provider: Value| {
            let sent =
                json!({"Severity": severity, "FindingProviderFields": {"Severity": provider}});
            let merged = merge(known, sent, "eu-central-1", "2026-01-01T00:00:00Z");
            [
                &merged["Severity"],
                &merged["FindingProviderFields"]["Severity"],
            ]
            .map(Value::clone)
        };
        let first = merged(
            None,
            json!({"Label": "CRITICAL"}),
            json!({"Original": "9.8"}),
        );
        let own = json!({"Label": "CRITICAL", "Original": "9.8"});
        let top = json!({"Label": "CRITICAL", "Normalized": 90, "Original": "9.8"});
        assert_eq!(first, [top, own.clone()]);
        let number = merged(None, json!({"Normalized": 75}), json!({"Original": "7"}));
        assert_eq!(
            number[0],
            json!({"Label": "HIGH", "Normalized": 70, "Original": "7"})
        );
        let known = json!({"Severity": {"Label": "LOW", "Normalized": 1}});
        let (high, low) = (json!({"Label": "HIGH"}), json!({"Label": "LOW"}));
        let cases = [
            (
                json!({"Product": 9.8}),
                high.clone(),
                json!({"Label": "HIGH", "Normalized": 70, "Product": 9.8}),
                high.clone(),
            ),
            (
                json!({"Label": "CRITICAL"}),
                json!({"Original": "9.8"}),
                json!({"Label": "CRITICAL", "Normalized": 90}),
                own,
            ),
            (
                high.clone(),
                low.clone(),
                json!({"Label": "HIGH", "Normalized": 70}),
                low,
            ),
        ];
        for (severity, provider, top, own) in cases {
            assert_eq!(merged(Some(&known), severity, provider), [top, own]);
        }
    }
}
