//! What a request of BatchUpdateFindings sets.

use balefire_api::generated::securityhub::{
    BatchUpdateFindingsRequest, NoteUpdate, SeverityUpdate,
};
use balefire_api::{Timestamp, Violation, rejection};
use serde_json::{Map, Value, json};

use super::super::super::edit::Edit;
use super::super::super::fields::Fields;
use super::super::customer;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::asff;

const NOTE_CHARS_MAX: usize = 512;
const ENTRIES_MAX: usize = 50;
/// Those that stand beside an edit and are in no document.
const BESIDE: [&str; 2] = ["Severity", "Note"];

pub struct Settings {
    pub severity_id: Option<i64>,
    pub status_id: Option<i64>,
    pub comment: Option<String>,
    /// The rest, by ASFF's names.
    fields: Map<String, Value>,
}

impl Settings {
    pub fn of(input: &BatchUpdateFindingsRequest, now: Timestamp) -> Result<Settings, Failure> {
        let violations = violations(input);
        if !violations.is_empty() {
            return Err(Failure::Invalid(violations.into()));
        }
        let mut fields = Map::new();
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                fields.insert(name.to_owned(), value);
            }
        };
        let (label, severity) = severity(input.severity.as_ref(), now);
        set("Severity", severity);
        set("Note", input.note.as_ref().map(|note| noted(note, now)));
        set("Confidence", input.confidence.map(Value::from));
        set("Criticality", input.criticality.map(Value::from));
        set("Types", input.types.clone().map(Value::from));
        let related = input.related_findings.as_ref().map(|related| {
            let pairs = related.iter();
            let pairs = pairs.map(|one| json!({"Id": one.id, "ProductArn": one.product_arn}));
            pairs.collect::<Vec<Value>>().into()
        });
        set("RelatedFindings", related);
        let own = input.user_defined_fields.as_ref();
        set("UserDefinedFields", own.map(|own| json!(own)));
        let verification = input.verification_state.as_ref();
        set(
            "VerificationState",
            verification.map(|state| state.as_str().into()),
        );
        let status = input
            .workflow
            .as_ref()
            .and_then(|workflow| workflow.status.as_ref());
        let settings = Settings {
            severity_id: label.and_then(asff::severity_id_of_label),
            status_id: status.and_then(|status| asff::status_id_of_workflow(status.as_str())),
            comment: input.note.as_ref().map(|note| note.text.clone()),
            fields,
        };
        let sets_nothing = settings.fields.is_empty() && settings.status_id.is_none();
        match sets_nothing {
            true => Err(Failure::invalid("/", "Member must have a field to update")),
            false => Ok(settings),
        }
    }

    /// Whether it sets what is in the document itself.
    pub fn sets_document(&self) -> bool {
        self.fields
            .keys()
            .any(|name| !BESIDE.contains(&name.as_str()))
    }

    /// What the second version has a place for.
    pub fn shared(&self) -> Fields {
        Fields {
            severity_id: self.severity_id,
            status_id: self.status_id,
            comment: self.comment.clone(),
        }
    }

    /// The edit after this, where this changes it.
    pub fn edit(&self, ctx: &Ctx<'_, '_>, uid: &str, edit: Option<&Edit>) -> Option<Edit> {
        let before = edit.cloned().unwrap_or_else(|| Edit::new(uid));
        let after = before.by_customer(&self.shared(), &ctx.caller.arn, ctx.now);
        (after != before).then_some(after)
    }

    /// The fields after this, with the edit before it. Of the severity, what this does not set stays, unless
    /// another was set over it since.
    pub fn fields_over(
        &self,
        fields: Option<&Map<String, Value>>,
        edit: Option<&Edit>,
    ) -> Map<String, Value> {
        let kept = customer::newest_severity(fields, edit).and_then(Value::as_object);
        let mut after = fields.cloned().unwrap_or_default();
        after.extend(self.fields.clone());
        if let Some(Value::Object(set)) = self.fields.get("Severity") {
            let mut severity = kept.cloned().unwrap_or_default();
            severity.extend(set.clone());
            after.insert("Severity".into(), severity.into());
        }
        after
    }
}

/// The label, which follows from the number, and the severity to keep. Label and number are set together.
fn severity(
    update: Option<&SeverityUpdate>,
    now: Timestamp,
) -> (Option<&'static str>, Option<Value>) {
    let Some(SeverityUpdate {
        label,
        normalized,
        product,
    }) = update
    else {
        return (None, None);
    };
    let normalized = normalized.map(i64::from);
    let named = label.as_ref().and_then(|label| {
        let known = asff::LABELS.iter().map(|(known, _)| *known);
        known.into_iter().find(|known| *known == label.as_str())
    });
    let label = named.or_else(|| normalized.map(asff::label_of_normalized));
    let own = normalized.filter(|normalized| label == Some(asff::label_of_normalized(*normalized)));
    let mut severity = Map::new();
    if let Some(label) = label {
        let normalized = own.or_else(|| asff::normalized_of_label(label));
        severity.insert("Label".into(), label.into());
        severity.insert("Normalized".into(), normalized.into());
    }
    if let Some(product) = product {
        severity.insert("Product".into(), (*product).into());
    }
    if severity.is_empty() {
        return (None, None);
    }
    severity.insert(customer::SET_AT.into(), now.0.into());
    (label, Some(severity.into()))
}

fn noted(note: &NoteUpdate, now: Timestamp) -> Value {
    json!({"Text": note.text, "UpdatedBy": note.updated_by, "UpdatedAt": now.date_time()})
}

fn violations(input: &BatchUpdateFindingsRequest) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut refuse = |at: &str, rule: String| violations.push(rejection::violation(at, rule));
    if let Some(note) = &input.note {
        for (at, text) in [
            ("/Note/Text", &note.text),
            ("/Note/UpdatedBy", &note.updated_by),
        ] {
            if text.chars().count() > NOTE_CHARS_MAX {
                refuse(
                    at,
                    format!("Member must have at most {NOTE_CHARS_MAX} characters"),
                );
            }
            if text.contains('\0') {
                refuse(at, "Member must not have the character NUL".into());
            }
        }
    }
    let counts = [
        ("/Types", input.types.as_ref().map(Vec::len)),
        (
            "/UserDefinedFields",
            input.user_defined_fields.as_ref().map(|own| own.len()),
        ),
        (
            "/RelatedFindings",
            input.related_findings.as_ref().map(Vec::len),
        ),
    ];
    for (at, count) in counts {
        if count.is_some_and(|count| count > ENTRIES_MAX) {
            refuse(
                at,
                format!("Member must have at most {ENTRIES_MAX} entries"),
            );
        }
    }
    violations
}
