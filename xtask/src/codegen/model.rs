//! A model as botocore writes it, with what the generator asks of it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
pub struct Model {
    pub metadata: Map<String, Value>,
    pub operations: BTreeMap<String, Operation>,
    pub shapes: BTreeMap<String, Shape>,
}

#[derive(Deserialize)]
pub struct Operation {
    #[serde(default)]
    pub http: Http,
    pub input: Option<Reference>,
    pub output: Option<Reference>,
    #[serde(default)]
    pub errors: Vec<Reference>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Http {
    #[serde(default)]
    pub method: String,
    #[serde(default)]
    pub request_uri: String,
    pub response_code: Option<u16>,
}

/// A use of a shape, with the traits that only hold there.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    pub shape: String,
    pub location: Option<String>,
    pub location_name: Option<String>,
    #[serde(default)]
    pub idempotency_token: bool,
    pub timestamp_format: Option<String>,
    /// An explicit null is a default of null, which is the same as none.
    pub default: Option<Value>,
    pub min: Option<serde_json::Number>,
    pub max: Option<serde_json::Number>,
    pub pattern: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shape {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub members: serde_json::Map<String, Value>,
    #[serde(default)]
    pub required: BTreeSet<String>,
    pub member: Option<Reference>,
    pub key: Option<Reference>,
    pub value: Option<Reference>,
    pub payload: Option<String>,
    #[serde(default)]
    pub union: bool,
    #[serde(default)]
    pub document: bool,
    #[serde(default)]
    pub fault: bool,
    #[serde(default)]
    pub sparse: bool,
    #[serde(default)]
    pub unique_items: bool,
    pub error: Option<ErrorTrait>,
    #[serde(rename = "enum")]
    pub values: Option<Vec<String>>,
    pub int_enum: Option<Vec<i64>>,
    pub min: Option<serde_json::Number>,
    pub max: Option<serde_json::Number>,
    pub pattern: Option<String>,
    pub timestamp_format: Option<String>,
    pub media_type: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorTrait {
    pub http_status_code: Option<u16>,
}

impl Model {
    pub fn read(text: &str) -> Result<Model> {
        serde_json::from_str(text).context("the model is not as expected")
    }

    pub fn signing_name(&self) -> &str {
        let known = |key| self.metadata.get(key).and_then(Value::as_str);
        known("signingName")
            .or_else(|| known("endpointPrefix"))
            .unwrap_or_default()
    }

    pub fn protocol(&self) -> Result<&'static str> {
        Ok(
            match self.metadata.get("protocol").and_then(Value::as_str) {
                Some("rest-json") => "RestJson",
                Some("json") => "AwsJson",
                Some("query") => "AwsQuery",
                other => bail!("the protocol {other:?} is not known"),
            },
        )
    }

    pub fn target_prefix(&self) -> &str {
        self.metadata
            .get("targetPrefix")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub fn shape(&self, name: &str) -> Result<&Shape> {
        self.shapes
            .get(name)
            .with_context(|| format!("the model has no shape {name}"))
    }

    /// A shape that a patch changes.
    fn patched(&mut self, name: &str) -> Result<&mut Shape> {
        let shape = self.shapes.get_mut(name);
        shape.with_context(|| format!("a patch names {name}"))
    }

    /// Overwrites traits of a shape.
    pub fn replace(&mut self, name: &str, with: &Value) -> Result<()> {
        let shape: Shape = serde_json::from_value(with.clone())
            .with_context(|| format!("the patch of {name} is not a shape"))?;
        *self.patched(name)? = shape;
        Ok(())
    }

    /// Adds values to an enumeration.
    pub fn add_values(&mut self, name: &str, values: &[String]) -> Result<()> {
        let shape = self.patched(name)?;
        if !values.is_empty() {
            let known = shape
                .values
                .as_mut()
                .with_context(|| format!("{name} has no values"))?;
            known.extend(values.iter().cloned());
        }
        Ok(())
    }

    /// Lets members of a structure be absent.
    pub fn make_optional(&mut self, name: &str, members: &[String]) -> Result<()> {
        let shape = self.patched(name)?;
        for member in members {
            if !shape.required.remove(member) {
                bail!("{name} requires no {member}");
            }
        }
        Ok(())
    }

    /// Makes a structure a document that has the structure's form.
    pub fn keep(&mut self, name: &str) -> Result<()> {
        self.patched(name)?.document = true;
        Ok(())
    }

    /// The structures that the form of a document needs: its own, and those that it holds.
    pub fn forms_of(&self, name: &str) -> Result<BTreeSet<String>> {
        let mut open = vec![name.to_owned()];
        let (mut seen, mut forms) = (BTreeSet::new(), BTreeSet::new());
        while let Some(name) = open.pop() {
            let shape = self.shape(&name)?;
            let held = shape.references()?;
            open.extend(held.into_iter().map(|(_, reference)| reference.shape));
            // One that holds itself would have no end.
            open.retain(|name| !seen.contains(name));
            if shape.kind == "structure" && !shape.members.is_empty() {
                forms.insert(name.clone());
            }
            seen.insert(name);
        }
        Ok(forms)
    }

    /// Every shape that these operations reach.
    pub fn reached(&self, operations: &[&str]) -> Result<BTreeSet<String>> {
        let mut open: Vec<String> = Vec::new();
        for name in operations {
            let operation = self
                .operations
                .get(*name)
                .with_context(|| format!("no operation {name}"))?;
            let all = operation
                .input
                .iter()
                .chain(&operation.output)
                .chain(&operation.errors);
            open.extend(all.map(|reference| reference.shape.clone()));
        }
        let mut seen = BTreeSet::new();
        while let Some(name) = open.pop() {
            if seen.insert(name.clone()) {
                let shape = self.shape(&name)?;
                if !shape.document {
                    open.extend(
                        shape
                            .references()?
                            .into_iter()
                            .map(|(_, reference)| reference.shape),
                    );
                }
            }
        }
        Ok(seen)
    }

    /// Whether a structure holds itself without a list or map between.
    pub fn holds_itself(&self, name: &str) -> Result<bool> {
        let mut open = vec![name.to_owned()];
        let mut seen = BTreeSet::new();
        while let Some(current) = open.pop() {
            let shape = self.shape(&current)?;
            if shape.kind != "structure" {
                continue;
            }
            for (_, reference) in shape.references()? {
                if reference.shape == name {
                    return Ok(true);
                }
                if seen.insert(reference.shape.clone()) {
                    open.push(reference.shape);
                }
            }
        }
        Ok(false)
    }
}

impl Reference {
    /// A use without traits.
    pub fn to(shape: &str) -> Reference {
        Reference {
            shape: shape.to_owned(),
            ..Reference::default()
        }
    }
}

impl Shape {
    /// The members, items, keys and values, each with its name, in the model's order.
    pub fn references(&self) -> Result<Vec<(String, Reference)>> {
        let mut all = Vec::new();
        for (name, member) in &self.members {
            let reference =
                serde_json::from_value(member.clone()).with_context(|| format!("member {name}"))?;
            all.push((name.clone(), reference));
        }
        for (name, reference) in [
            ("member", &self.member),
            ("key", &self.key),
            ("value", &self.value),
        ] {
            all.extend(reference.iter().map(|r| (name.to_owned(), r.clone())));
        }
        Ok(all)
    }
}
