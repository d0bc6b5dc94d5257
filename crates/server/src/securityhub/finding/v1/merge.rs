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
    let (to_provider, to_top) = match (provider, top) {
        (None, None) => return,
        (Some(provider), Some(top)) if !is_new => (provider.clone(), top),
        (Some(provider), _) => (provider.clone(), provider.clone()),
        (None, Some(top)) => (top.clone(), top),
    };
    if name != "Severity" {
        place::put(merged, &format!("{PROVIDER}.{name}"), to_provider);
        place::put(merged, name, to_top);
        return;
    }
    let top = severity(&to_top);
    let mut own = severity(&to_provider);
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
