//! Findings between OCSF and ASFF, the format of Security Hub's first version: whole documents are converted.
//!
//! What both formats have a place for moves there. All else of ASFF goes to `unmapped` in ASFF's form, and
//! comes back from there.

mod blank;
mod compliance;
pub mod place;
pub mod regular;
mod resource;
pub(in crate::securityhub) mod resource_type;
mod rest;
mod standing;
#[cfg(test)]
mod tests;
mod times;
mod vulnerability;

pub use blank::drop_blank_entries;
pub use compliance::status_of_id as compliance_status_of_id;
pub use resource_type::to_asff as resource_type_of_ocsf;
pub use standing::normalized_of_severity_id;
pub use standing::{LABELS, label_of_normalized, label_of_severity_id, normalized_of_label};
pub use standing::{severity_id_of_label, status_id_of_workflow, workflow_of_status_id};

use serde_json::{Map, Value, json};

use place::{Kind, Pair};

/// The only version of ASFF there is.
pub const SCHEMA_VERSION: &str = "2018-10-08";
const OCSF_VERSION: &str = "1.6.0";

/// Members that are the same in both formats but for their place.
const PAIRS: &[Pair] = &[
    ("SchemaVersion", "metadata.log_version", Kind::Text),
    ("ProductArn", "metadata.product.uid", Kind::Text),
    ("ProductName", "metadata.product.name", Kind::Text),
    ("CompanyName", "metadata.product.vendor_name", Kind::Text),
    ("GeneratorId", "metadata.product.feature.uid", Kind::Text),
    ("ProcessedAt", "metadata.processed_time_dt", Kind::Text),
    ("Id", "finding_info.uid", Kind::Text),
    ("Title", "finding_info.title", Kind::Text),
    ("Description", "finding_info.desc", Kind::Text),
    ("Types", "finding_info.types", Kind::Texts),
    ("SourceUrl", "finding_info.src_url", Kind::Text),
    ("AwsAccountId", "cloud.account.uid", Kind::Text),
    ("AwsAccountName", "cloud.account.name", Kind::Text),
    ("Region", "cloud.region", Kind::Text),
    ("Confidence", "confidence_score", Kind::Integer),
    ("Note.Text", "comment", Kind::Text),
    (
        "Remediation.Recommendation.Text",
        "remediation.desc",
        Kind::Text,
    ),
];

/// Without these a document is no finding.
const REQUIRED: [&str; 6] = [
    "Id",
    "ProductArn",
    "AwsAccountId",
    "Title",
    "CreatedAt",
    "UpdatedAt",
];

/// Whether a document looks like ASFF.
pub fn is_asff(document: &Value) -> bool {
    document.get("SchemaVersion").is_some() && document.get("ProductArn").is_some()
}

/// The OCSF document of an ASFF document; otherwise which members are missing.
pub fn to_ocsf(asff: &Value) -> Result<Value, String> {
    let missing: Vec<&str> = REQUIRED
        .into_iter()
        .filter(|name| place::text(asff, name).is_none())
        .collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Err(format!("the finding lacks {missing}"));
    }
    let mut left = asff.clone();
    let mut event = json!({
        "metadata": {"version": OCSF_VERSION},
        "cloud": {"provider": "AWS"},
        "category_uid": 2,
        "category_name": "Findings",
    });
    // What is derived from several members comes before those are taken.
    times::to_ocsf(&mut left, &mut event);
    standing::to_ocsf(&mut left, &mut event);
    resource::to_ocsf(asff, &mut left, &mut event);
    compliance::to_ocsf(&mut left, &mut event);
    vulnerability::to_ocsf(&mut left, &mut event);
    standing::class_and_activity(asff, &mut event);
    related_to_ocsf(&mut left, &mut event);
    if let Some(url) = place::take(&mut left, "Remediation.Recommendation.Url") {
        place::put(&mut event, "remediation.references", json!([url]));
    }
    place::forward(PAIRS, &mut left, &mut event);
    if let Some(unmapped) = rest::of(left) {
        place::put(&mut event, "unmapped", unmapped);
    }
    Ok(event)
}

/// The ASFF document of an OCSF document. What ASFF requires and the document lacks is filled in.
pub fn to_asff(ocsf: &Value) -> Value {
    let mut finding = Value::Object(Map::new());
    place::back(PAIRS, ocsf, &mut finding);
    times::to_asff(ocsf, &mut finding);
    standing::to_asff(ocsf, &mut finding);
    related_to_asff(ocsf, &mut finding);
    resource::to_asff(ocsf, &mut finding);
    compliance::to_asff(ocsf, &mut finding);
    vulnerability::to_asff(ocsf, &mut finding);
    let url = ocsf.pointer("/remediation/references/0");
    if let Some(url) = url
        .and_then(Value::as_str)
        .filter(|url| !url.trim().is_empty())
    {
        place::put(&mut finding, "Remediation.Recommendation.Url", url.into());
    }
    if came_as_asff(ocsf) {
        if let Some(Value::Object(unmapped)) = ocsf.get("unmapped") {
            give_way(&mut finding, ocsf);
            rest::merge(&mut finding, unmapped.clone().into());
        }
    } else {
        native(ocsf, &mut finding);
    }
    fill(&mut finding);
    finding
}

/// What follows from less than what was left: it is taken from there.
fn give_way(finding: &mut Value, ocsf: &Value) {
    for path in [
        "Severity.Normalized",
        "Workflow.Status",
        "Compliance.StatusReasons",
    ] {
        if place::get(ocsf, &format!("unmapped.{path}")).is_some() {
            place::take(finding, path);
        }
    }
}

/// Whether `to_ocsf` made the document.
fn came_as_asff(ocsf: &Value) -> bool {
    place::text(ocsf, "metadata.log_version") == Some(SCHEMA_VERSION)
}

/// What ASFF calls differently in documents that never were ASFF.
fn native(ocsf: &Value, finding: &mut Value) {
    let region = place::text(ocsf, "cloud.region").unwrap_or("us-east-1");
    let product = place::text(ocsf, "metadata.product.uid").unwrap_or("unknown");
    place::put(finding, "ProductArn", product_arn(product, region).into());
    place::put(finding, "SchemaVersion", SCHEMA_VERSION.into());
    let generators = [
        "metadata.product.feature.uid",
        "finding_info.analytic.uid",
        "metadata.event_code",
        "metadata.product.uid",
    ];
    let generator = generators.iter().find_map(|path| place::text(ocsf, path));
    place::put(finding, "GeneratorId", generator.unwrap_or(product).into());
    if place::text(finding, "Description").is_none() {
        let texts = ["message", "finding_info.title"];
        let description = texts.iter().find_map(|path| place::text(ocsf, path));
        place::put(finding, "Description", description.unwrap_or("-").into());
    }
    let label = place::text(finding, "FindingProviderFields.Severity.Label");
    if label.is_none()
        && let Some(label) = place::take_copy(finding, "Severity.Label")
    {
        place::put(finding, "FindingProviderFields.Severity.Label", label);
    }
    if let Some(types) = place::take_copy(finding, "Types") {
        place::put(finding, "FindingProviderFields.Types", types);
    }
}

/// The ARN that stands for a product whose uid in OCSF is a plain name, or an ARN of Security Hub V2.
pub fn product_arn(uid: &str, region: &str) -> String {
    if uid.starts_with("arn:") {
        return uid.replacen(":productv2/", ":product/", 1);
    }
    let name = uid.replace(['/', ':', ' '], "-").to_lowercase();
    format!("arn:aws:securityhub:{region}::product/{name}/{name}")
}

fn related_to_ocsf(left: &mut Value, event: &mut Value) {
    let Some(Value::Array(related)) = place::take(left, "RelatedFindings") else {
        return;
    };
    let events: Vec<Value> = related
        .iter()
        .map(|one| json!({"uid": one.get("Id"), "product": {"uid": one.get("ProductArn")}}))
        .collect();
    place::put(event, "finding_info.related_events", events.into());
}

fn related_to_asff(ocsf: &Value, finding: &mut Value) {
    let events = place::elements(ocsf, "finding_info.related_events");
    let related = events.filter_map(|event| {
        let id = place::text(event, "uid")?;
        let product = place::text(event, "product.uid")?;
        Some(json!({"Id": id, "ProductArn": product}))
    });
    let related: Vec<Value> = related.collect();
    if !related.is_empty() {
        place::put(finding, "RelatedFindings", related.into());
    }
}

/// The id of the account that is the resource of a finding without any.
pub const ACCOUNT_ID: &str = "AWS::::Account:";
/// And what its type is.
pub const ACCOUNT_TYPE: &str = "AwsAccount";

/// What every finding of ASFF has.
fn fill(finding: &mut Value) {
    let product = place::text(finding, "ProductArn").unwrap_or("-").to_owned();
    let updated = place::text(finding, "UpdatedAt").unwrap_or("-").to_owned();
    let account = place::text(finding, "AwsAccountId")
        .unwrap_or("-")
        .to_owned();
    if place::text(finding, "Note.Text").is_some() {
        place::put_default(finding, "Note.UpdatedBy", || product.clone().into());
        place::put_default(finding, "Note.UpdatedAt", || updated.into());
    }
    for (name, default) in [
        ("SchemaVersion", SCHEMA_VERSION),
        ("GeneratorId", &product),
        ("Title", "-"),
        ("Description", "-"),
    ] {
        if place::text(finding, name).is_none() {
            place::put(finding, name, default.into());
        }
    }
    if place::elements(finding, "Resources").next().is_none() {
        let id = format!("{ACCOUNT_ID}{account}");
        place::put(
            finding,
            "Resources",
            json!([{"Type": ACCOUNT_TYPE, "Id": id}]),
        );
    }
}
