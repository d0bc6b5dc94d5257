//! Why a finding of an import is not taken.

use balefire_api::Timestamp;
use serde_json::Value;

use crate::access::Account;
use crate::securityhub::{asff, product};

/// A code and a reason, for one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: &'static str,
    pub message: String,
}

impl Refusal {
    pub fn input(message: impl Into<String>) -> Refusal {
        Refusal {
            code: "InvalidInput",
            message: message.into(),
        }
    }

    pub fn limit(message: impl Into<String>) -> Refusal {
        Refusal {
            code: "LimitExceeded",
            message: message.into(),
        }
    }

    pub fn access(message: impl Into<String>) -> Refusal {
        Refusal {
            code: "InvalidAccess",
            message: message.into(),
        }
    }
}

/// The most characters of texts.
const TEXTS: [(&str, usize); 5] = [
    ("Id", 512),
    ("GeneratorId", 512),
    ("Title", 256),
    ("Description", 1024),
    ("SourceUrl", 2048),
];
/// The most entries of lists and maps.
const ENTRIES: [(&str, usize); 5] = [
    ("Resources", 32),
    ("Types", 50),
    ("ProductFields", 50),
    ("UserDefinedFields", 50),
    ("RelatedFindings", 10),
];
const TIMES: [&str; 4] = [
    "CreatedAt",
    "UpdatedAt",
    "FirstObservedAt",
    "LastObservedAt",
];
/// Numbers from 0 to 100.
const RATIOS: [&str; 5] = [
    "/Confidence",
    "/Criticality",
    "/Severity/Normalized",
    "/FindingProviderFields/Confidence",
    "/FindingProviderFields/Criticality",
];

/// Checks what the model does not say of a finding as it was sent by an account.
pub fn check(finding: &Value, caller: &str) -> Result<(), Refusal> {
    let account = finding["AwsAccountId"].as_str().unwrap_or_default();
    if !Account::is_id(account) {
        return Err(Refusal::input(
            "AwsAccountId must be an account id of twelve digits",
        ));
    }
    if account != caller {
        return Err(Refusal::access(format!(
            "AwsAccountId must be {caller}, the account that imports, not {account}"
        )));
    }
    let arn = finding["ProductArn"].as_str().unwrap_or_default();
    let Some(product) = product::Product::of_arn(arn) else {
        return Err(Refusal::input(
            "ProductArn must be the ARN of a product of Security Hub",
        ));
    };
    if product.owner().is_some_and(|owner| owner != caller) {
        return Err(Refusal::access(format!(
            "ProductArn must not be another account's, {arn}"
        )));
    }
    match faults(finding) {
        faults if faults.is_empty() => Ok(()),
        faults => Err(Refusal::input(faults.join("; "))),
    }
}

fn faults(finding: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    if finding["SchemaVersion"] != asff::SCHEMA_VERSION {
        faults.push(format!("SchemaVersion must be {}", asff::SCHEMA_VERSION));
    }
    for (name, most) in TEXTS {
        let text = finding[name].as_str().unwrap_or_default();
        if text.chars().count() > most {
            faults.push(format!("{name} must have at most {most} characters"));
        }
    }
    for (name, most) in ENTRIES {
        let count = match &finding[name] {
            Value::Array(elements) => elements.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        };
        if count > most {
            faults.push(format!("{name} must have at most {most} entries"));
        }
    }
    if finding["Resources"].as_array().is_none_or(Vec::is_empty) {
        faults.push("Resources must have at least one entry".into());
    }
    for name in TIMES {
        if finding[name]
            .as_str()
            .is_some_and(|text| Timestamp::parse_rfc_3339(text).is_none())
        {
            faults.push(format!(
                "{name} must be an RFC 3339 date and time, such as 2026-01-31T23:59:59Z"
            ));
        }
    }
    for path in RATIOS {
        let number = finding.pointer(path).and_then(Value::as_i64);
        if number.is_some_and(|number| !(0..=100).contains(&number)) {
            let name = path[1..].replace('/', ".");
            faults.push(format!("{name} must be from 0 to 100"));
        }
    }
    let severities = [
        "/Severity/Label",
        "/Severity/Normalized",
        "/FindingProviderFields/Severity/Label",
    ];
    if severities
        .iter()
        .all(|path| finding.pointer(path).is_none())
    {
        faults.push("FindingProviderFields.Severity.Label must be there, or Severity".into());
    }
    faults
}
