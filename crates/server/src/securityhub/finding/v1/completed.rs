//! What Security Hub says of every finding, for those that came as OCSF or as files and do not say it.

use serde_json::{Value, json};

use crate::securityhub::asff::place;
use crate::securityhub::product;

/// Where neither the finding nor its product says a region, as in the ARNs of products that OCSF names.
const REGION: &str = "us-east-1";

/// The finding as it is answered. Filters and orders look at what it says itself, and at the severity.
pub fn completed(document: &Value) -> Value {
    let mut finding = document.clone();
    let arn = place::text(&finding, "ProductArn")
        .unwrap_or("-")
        .to_owned();
    let id = place::text(&finding, "Id").unwrap_or("-").to_owned();
    let names = product::names_of(&arn);
    let region = arn.split(':').nth(3).filter(|region| !region.is_empty());
    for (name, value) in [
        ("CompanyName", names.company.as_str()),
        ("ProductName", &names.product),
        ("Region", region.unwrap_or(REGION)),
        ("RecordState", "ACTIVE"),
        ("Workflow.Status", "NEW"),
        ("WorkflowState", "NEW"),
    ] {
        place::put_default(&mut finding, name, || value.into());
    }
    // Clients expect a list of types, though providers need not send one.
    place::put_default(&mut finding, "Types", || json!([]));
    let told = |name: &str| place::get(&finding, name).cloned();
    let told = [
        ("FindingId", Some(format!("{arn}/{id}").into())),
        ("ProductName", told("ProductName")),
        ("CompanyName", told("CompanyName")),
        ("SeverityLabel", told("Severity.Label")),
    ];
    for (name, value) in told {
        if let Some(value) = value {
            let path = format!("ProductFields.aws/securityhub/{name}");
            place::put_default(&mut finding, &path, || value);
        }
    }
    finding
}

/// Says how bad the provider has it, for filters too. What customers and rules say is put over it later.
pub fn suggest_severity(document: &mut Value) {
    if let Some(label) = place::get(document, "Severity.Label").cloned() {
        let own = "ProductFields.aws/securityhub/SeverityLabel";
        place::put_default(document, own, || label.clone());
        let suggested = "FindingProviderFields.Severity.Label";
        place::put_default(document, suggested, || label);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_stays_and_what_is_not_is_filled_in() {
        let arn = "arn:aws:securityhub:eu-west-1::product/prowler/prowler";
        let bare = json!({"ProductArn": arn, "Id": "f", "Severity": {"Label": "LOW"}});
        let fields = json!({
            "aws/securityhub/FindingId": format!("{arn}/f"), "aws/securityhub/ProductName": "Prowler",
            "aws/securityhub/CompanyName": "Prowler", "aws/securityhub/SeverityLabel": "LOW",
        });
        let expected = json!({
            "ProductArn": arn, "Id": "f", "Severity": {"Label": "LOW"}, "ProductName": "Prowler",
            "CompanyName": "Prowler", "Region": "eu-west-1", "RecordState": "ACTIVE",
            "Workflow": {"Status": "NEW"}, "WorkflowState": "NEW", "Types": [],
            "FindingProviderFields": {"Severity": {"Label": "LOW"}}, "ProductFields": fields,
        });
        let mut sent = bare.clone();
        suggest_severity(&mut sent);
        assert_eq!(completed(&sent), expected);
        assert_eq!(completed(&expected), expected);
        let mut own = expected.clone();
        own["Region"] = "us-west-2".into();
        own["Workflow"]["Status"] = "SUPPRESSED".into();
        own["Types"] = json!(["Effects"]);
        own["FindingProviderFields"]["Severity"]["Label"] = "HIGH".into();
        assert_eq!(completed(&own), own);
    }
}
