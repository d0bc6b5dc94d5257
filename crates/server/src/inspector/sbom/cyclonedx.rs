//! Reading CycloneDX bills in JSON, versions 1.2 to 1.7.

use serde::Deserialize;
use serde_json::Value;

use super::{Component, Property, Sbom};

/// The versions of the format that are read.
pub const VERSIONS: [&str; 6] = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// Why a document is not taken as a bill of materials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SbomError {
    /// It is not JSON.
    #[error("not JSON at line {line}, column {column}: {reason}")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// It is something else.
    #[error(
        "this is {found}; expected a CycloneDX document in JSON (\"bomFormat\": \"CycloneDX\")"
    )]
    NotCycloneDx {
        /// What it is.
        found: String,
    },
    /// Its version is not one of [`VERSIONS`].
    #[error("CycloneDX {found} is not supported; supported are 1.2 to 1.7")]
    UnsupportedVersion {
        /// The version as written.
        found: String,
    },
    /// A member does not have the type the format gives it.
    #[error("not a valid CycloneDX document at line {line}, column {column}: {reason}")]
    Shape {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A component lacks something.
    #[error("the component at {pointer} {reason}")]
    Component {
        /// Where it stands, as a JSON pointer.
        pointer: String,
        /// What it lacks.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BomRecord {
    serial_number: Option<String>,
    metadata: Option<MetadataRecord>,
    components: Option<Vec<ComponentRecord>>,
}

#[derive(Deserialize)]
struct MetadataRecord {
    component: Option<ComponentRecord>,
}

#[derive(Deserialize)]
struct ComponentRecord {
    #[serde(rename = "bom-ref")]
    bom_ref: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    group: Option<String>,
    name: Option<String>,
    version: Option<String>,
    purl: Option<String>,
    properties: Option<Vec<PropertyRecord>>,
    evidence: Option<EvidenceRecord>,
    components: Option<Vec<ComponentRecord>>,
}

#[derive(Deserialize)]
struct PropertyRecord {
    name: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize)]
struct EvidenceRecord {
    occurrences: Option<Vec<OccurrenceRecord>>,
}

#[derive(Deserialize)]
struct OccurrenceRecord {
    location: Option<String>,
}

/// Reads a bill. Unknown members are left aside; what is read has to be right.
pub fn read(bytes: &[u8]) -> Result<Sbom, SbomError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let document: Value = serde_json::from_slice(bytes).map_err(|error| not_json(bytes, &error))?;
    let spec_version = check_format(&document)?;
    // Reading the text again, and not the value, keeps lines and columns for the message.
    let record: BomRecord = serde_json::from_slice(bytes).map_err(|error| SbomError::Shape {
        line: error.line(),
        column: error.column(),
        reason: error.to_string(),
    })?;
    let mut components = Vec::new();
    flatten(record.components, "/components", 0, &mut components)?;
    let subject = record.metadata.and_then(|metadata| metadata.component);
    let subject = subject.map(|subject| one(subject, "/metadata/component".to_owned(), 0));
    Ok(Sbom {
        spec_version,
        serial_number: record.serial_number,
        subject: subject.transpose()?.map(|(subject, _)| subject),
        components,
    })
}

fn not_json(bytes: &[u8], error: &serde_json::Error) -> SbomError {
    let text = bytes.trim_ascii_start();
    let found = if text.starts_with(b"<") {
        "XML"
    } else if text.starts_with(b"SPDXVersion:") {
        "SPDX in tag-value form"
    } else {
        let (line, column) = (error.line(), error.column());
        return SbomError::NotJson {
            line,
            column,
            reason: error.to_string(),
        };
    };
    SbomError::NotCycloneDx {
        found: found.to_owned(),
    }
}

/// Tells the version of a CycloneDX document, or what the document is instead.
fn check_format(document: &Value) -> Result<String, SbomError> {
    let other = |found: String| Err(SbomError::NotCycloneDx { found });
    let object = match document {
        Value::Object(object) => object,
        Value::Array(_) => return other("a JSON array".to_owned()),
        _ => return other("a single JSON value".to_owned()),
    };
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    match object.get("bomFormat") {
        Some(Value::String(format)) if format == "CycloneDX" => {}
        Some(format) => return other(format!("a document with the bomFormat {format}")),
        None => {
            let context = object
                .get("@context")
                .map(Value::to_string)
                .unwrap_or_default();
            return other(match text("spdxVersion").or(text("SPDXID")) {
                Some(version) => format!("SPDX ({version})"),
                None if context.contains("spdx") => "SPDX 3 in JSON-LD".to_owned(),
                None if object.contains_key("artifacts") && object.contains_key("descriptor") => {
                    "a bill in Syft's own format".to_owned()
                }
                None if context.contains("openvex") => "an OpenVEX document".to_owned(),
                None => "a JSON object without bomFormat".to_owned(),
            });
        }
    }
    match object.get("specVersion") {
        Some(Value::String(version)) if VERSIONS.contains(&version.as_str()) => Ok(version.clone()),
        Some(Value::String(version)) => Err(SbomError::UnsupportedVersion {
            found: version.clone(),
        }),
        Some(version) => Err(SbomError::UnsupportedVersion {
            found: format!("with the specVersion {version}, which is not a string,"),
        }),
        None => Err(SbomError::UnsupportedVersion {
            found: "without a specVersion".to_owned(),
        }),
    }
}

fn flatten(
    records: Option<Vec<ComponentRecord>>,
    pointer: &str,
    depth: usize,
    components: &mut Vec<Component>,
) -> Result<(), SbomError> {
    for (position, record) in records.into_iter().flatten().enumerate() {
        let pointer = format!("{pointer}/{position}");
        let nested_pointer = format!("{pointer}/components");
        let (component, nested) = one(record, pointer, depth)?;
        components.push(component);
        flatten(nested, &nested_pointer, depth + 1, components)?;
    }
    Ok(())
}

/// Checks one component and parts it from those nested in it.
fn one(
    record: ComponentRecord,
    pointer: String,
    depth: usize,
) -> Result<(Component, Option<Vec<ComponentRecord>>), SbomError> {
    let lacks = |reason: &str| SbomError::Component {
        pointer: pointer.clone(),
        reason: reason.to_owned(),
    };
    let name = record.name.ok_or_else(|| lacks("has no \"name\""))?;
    let kind = record
        .kind
        .ok_or_else(|| lacks("has no \"type\", such as \"library\""))?;
    if record.bom_ref.as_deref() == Some("") {
        return Err(lacks(
            "has an empty \"bom-ref\"; leave it out or give it a value",
        ));
    }
    let properties = record
        .properties
        .into_iter()
        .flatten()
        .map(|property| Property {
            name: property.name.unwrap_or_default(),
            value: property.value.unwrap_or_default(),
        });
    let occurrences = record.evidence.and_then(|evidence| evidence.occurrences);
    let occurrences = occurrences
        .into_iter()
        .flatten()
        .filter_map(|found| found.location);
    let component = Component {
        depth,
        bom_ref: record.bom_ref,
        kind,
        group: record.group.filter(|group| !group.is_empty()),
        name,
        version: record.version,
        purl: record.purl,
        properties: properties.collect(),
        occurrences: occurrences.collect(),
        pointer,
    };
    Ok((component, record.components))
}
