//! Which format a text is, by what is in it.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::{Format, prowler};

/// The members by which formats are told apart; a value is looked at no further than it must be.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Marks<'a> {
    class_uid: Option<IgnoredAny>,
    category_uid: Option<IgnoredAny>,
    finding_info: Option<IgnoredAny>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    runs: Option<IgnoredAny>,
    #[serde(rename = "bomFormat", borrow)]
    bom_format: Option<Cow<'a, str>>,
    #[serde(rename = "SchemaVersion", borrow)]
    schema_version: Option<&'a RawValue>,
    #[serde(rename = "Results")]
    results: Option<IgnoredAny>,
    #[serde(rename = "ArtifactName")]
    artifact_name: Option<IgnoredAny>,
    #[serde(rename = "ClusterName")]
    cluster_name: Option<IgnoredAny>,
    #[serde(rename = "ProductArn")]
    product_arn: Option<IgnoredAny>,
    #[serde(rename = "AwsAccountId")]
    aws_account_id: Option<IgnoredAny>,
    #[serde(rename = "Findings", borrow)]
    findings: Option<&'a RawValue>,
    #[serde(rename = "findingArn")]
    finding_arn: Option<IgnoredAny>,
    #[serde(rename = "findings", borrow)]
    listed: Option<&'a RawValue>,
    #[serde(rename = "detail-type", borrow)]
    detail_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    matches: Option<&'a RawValue>,
    descriptor: Option<IgnoredAny>,
    source: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow, default)]
    product: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Product<'a> {
    #[serde(borrow, default)]
    name: Option<&'a RawValue>,
}

impl Product<'_> {
    fn name(&self) -> Option<String> {
        serde_json::from_str(self.name?.get()).ok()
    }
}

/// The format of a JSON text; of an array, that of its first element. `None` where it is no known one,
/// or no JSON.
pub fn recognise(text: &str) -> Option<Format> {
    let text = text.trim_start();
    if !text.starts_with('[') {
        return of_object(text);
    }
    // Nothing is as good an array of findings as any.
    of_list(text, Format::Ocsf)
}

/// The format of an array's elements, or that of an empty one. `None` where it is no array.
fn of_list(text: &str, empty: Format) -> Option<Format> {
    match serde_json::from_str::<First>(text).ok()? {
        First(Some(first)) => of_object(first.get()),
        First(None) => Some(empty),
    }
}

fn of_object(text: &str) -> Option<Format> {
    let marks: Marks = serde_json::from_str(text).ok()?;
    let schema_is_number = marks
        .schema_version
        .is_some_and(|version| !version.get().starts_with('"'));
    if marks.product_arn.is_some()
        && (marks.schema_version.is_some() || marks.aws_account_id.is_some())
    {
        return Some(Format::Asff);
    }
    // The answers of Security Hub's two APIs, of which each has its form, and of Inspector's.
    if let Some(findings) = marks.findings {
        let of_one = of_list(findings.get(), Format::Asff);
        let answers = [Format::Asff, Format::Ocsf, Format::Prowler];
        return of_one.filter(|format| answers.contains(format));
    }
    if let Some(findings) = marks.listed
        && of_list(findings.get(), Format::Inspector) == Some(Format::Inspector)
    {
        return Some(Format::Inspector);
    }
    if marks.finding_arn.is_some() || marks.detail_type.as_deref() == Some("Inspector2 Finding") {
        return Some(Format::Inspector);
    }
    if marks.bom_format.as_deref() == Some("CycloneDX") {
        return Some(Format::CycloneDx);
    }
    if marks.runs.is_some() {
        return Some(Format::Sarif);
    }
    let is_trivy = marks.results.is_some() || marks.artifact_name.is_some();
    if schema_is_number && is_trivy || marks.cluster_name.is_some() {
        return Some(Format::Trivy);
    }
    let is_grype = |matches: &RawValue| {
        let says = marks.descriptor.is_some() || marks.source.is_some();
        says || matches.get().contains("\"vulnerability\"")
    };
    if marks.matches.is_some_and(is_grype) {
        return Some(Format::Grype);
    }
    let product = marks
        .metadata
        .and_then(|metadata| serde_json::from_str::<Metadata>(metadata.get()).ok())
        .and_then(|metadata| metadata.product)
        .and_then(|product| serde_json::from_str::<Product>(product.get()).ok());
    let by_prowler = product
        .as_ref()
        .is_some_and(|product| prowler::wrote(product.name().as_deref()));
    let is_event = marks.class_uid.is_some() || marks.category_uid.is_some();
    match is_event || marks.finding_info.is_some() || product.is_some() {
        true if by_prowler => Some(Format::Prowler),
        true => Some(Format::Ocsf),
        false => None,
    }
}

/// The first element of an array, of which the rest is only skipped.
struct First<'a>(Option<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for First<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> serde::de::Visitor<'de> for Reader {
            type Value = First<'de>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("a JSON array")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut elements: A,
            ) -> Result<Self::Value, A::Error> {
                let first = elements.next_element()?;
                while elements.next_element::<IgnoredAny>()?.is_some() {}
                Ok(First(first))
            }
        }

        deserializer.deserialize_seq(Reader)
    }
}
