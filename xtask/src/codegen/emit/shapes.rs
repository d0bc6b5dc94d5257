//! Writes shapes: one table for each constrained text, list or map, one macro call for each structure.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use serde_json::Number;

use super::forms;
use crate::codegen::model::{Model, Reference, Shape};
use crate::codegen::names;
use crate::codegen::patterns::{self, Translated};

/// Items by the file they go to.
#[derive(Default)]
pub struct Written {
    pub enumerations: Vec<String>,
    pub constraints: Vec<String>,
    pub structures: Vec<String>,
    /// Of documents, which have no types.
    pub forms: Vec<String>,
}

pub fn write(model: &Model, reached: &BTreeSet<String>) -> Result<Written> {
    let mut writer = Writer {
        model,
        tables: BTreeMap::new(),
        written: Written::default(),
    };
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    let forms = forms::of(model, reached)?;
    for name in reached.iter().chain(forms.difference(reached)) {
        if let Some(other) = taken.insert(names::table(name), name) {
            bail!("the shapes {other} and {name} would have the same table");
        }
    }
    for name in reached {
        let shape = model.shape(name)?;
        match (shape.kind.as_str(), &shape.values) {
            ("string", Some(values)) => writer.enumeration(name, values),
            ("structure", _) if shape.document => {}
            ("structure", _) if shape.union => writer.union(name, shape)?,
            ("structure", _) => writer.structure(name, shape)?,
            _ => {}
        }
    }
    for name in &forms {
        writer.form(name)?;
    }
    writer.written.constraints = writer.tables.into_values().collect();
    Ok(writer.written)
}

pub(super) struct Writer<'m> {
    pub(super) model: &'m Model,
    /// Tables by name, so that each is written once.
    tables: BTreeMap<String, String>,
    pub(super) written: Written,
}

impl Writer<'_> {
    fn enumeration(&mut self, name: &str, values: &[String]) {
        let mut used = BTreeSet::new();
        let mut lines = String::new();
        for value in values {
            let plain = names::variant(value);
            let mut variant = plain.clone();
            let mut number = 2;
            while !used.insert(variant.clone()) {
                variant = format!("{plain}{number}");
                number += 1;
            }
            lines.push_str(&format!("    {variant} = {value:?},\n"));
        }
        let (table, name) = (names::table(name), names::type_name(name));
        self.written
            .enumerations
            .push(format!("enumeration! {{ {table} {name} {{\n{lines}}} }}\n"));
    }

    fn union(&mut self, name: &str, shape: &Shape) -> Result<()> {
        let mut lines = String::new();
        for (member, reference) in shape.references()? {
            let ty = self.member_type(&reference)?;
            let wire = reference.location_name.as_deref().unwrap_or(&member);
            let path = self.table(
                &reference,
                &format!("{name}{}", names::type_name(&member)),
                "body",
            )?;
            lines.push_str(&format!(
                "    {}({ty}) = {member:?} {wire:?} {path};\n",
                names::type_name(&member)
            ));
        }
        let (table, name) = (names::table(name), names::type_name(name));
        self.written
            .structures
            .push(format!("union! {{ {table} {name} {{\n{lines}}} }}\n"));
        Ok(())
    }

    fn structure(&mut self, name: &str, shape: &Shape) -> Result<()> {
        let mut lines = String::new();
        for (member, reference) in shape.references()? {
            let ty = self.member_type(&reference)?;
            let wire = reference.location_name.as_deref().unwrap_or(&member);
            let location = location(shape, &member, &reference);
            let place = match location {
                "Header" | "PrefixHeaders" => "header",
                "Query" | "QueryMap" | "Label" => "query",
                _ => "body",
            };
            let path = self.table(
                &reference,
                &format!("{name}{}", names::type_name(&member)),
                place,
            )?;
            let need = if shape.required.contains(&member) {
                "req"
            } else {
                "opt"
            };
            let default = match reference.default.as_ref().filter(|value| !value.is_null()) {
                Some(value) => format!(", default {:?}", value.to_string()),
                None => String::new(),
            };
            let field = names::field(&member);
            lines.push_str(&format!(
                "    {need} {location} {field}: {ty} = {member:?} {wire:?} {path}{default};\n"
            ));
        }
        let default = if self.has_default(name, &mut BTreeSet::new())? {
            "Default"
        } else {
            ""
        };
        let (table, name) = (names::table(name), names::type_name(name));
        self.written.structures.push(format!(
            "structure! {{ {table} {name} ({default}) {{\n{lines}}} }}\n"
        ));
        Ok(())
    }

    /// The type of a member: a structure that holds itself sits in a box.
    fn member_type(&self, reference: &Reference) -> Result<String> {
        let ty = self.type_of(reference)?;
        let shape = self.model.shape(&reference.shape)?;
        let boxed = shape.kind == "structure"
            && !shape.document
            && self.model.holds_itself(&reference.shape)?;
        Ok(if boxed { format!("Box<{ty}>") } else { ty })
    }

    fn type_of(&self, reference: &Reference) -> Result<String> {
        let shape = self.model.shape(&reference.shape)?;
        let inner = |reference: &Option<Reference>| match reference {
            Some(reference) if shape.sparse => Ok(format!("Option<{}>", self.type_of(reference)?)),
            Some(reference) => self.type_of(reference),
            None => bail!("{} holds nothing", shape.kind),
        };
        Ok(match shape.kind.as_str() {
            "boolean" => "bool".into(),
            "byte" | "short" | "integer" => "i32".into(),
            "long" => "i64".into(),
            "float" | "double" => "f64".into(),
            "string" if shape.values.is_some() => names::type_name(&reference.shape),
            "string" => "String".into(),
            "blob" => "Vec<u8>".into(),
            "timestamp" => "Timestamp".into(),
            "list" => format!("Vec<{}>", inner(&shape.member)?),
            "map" => format!("BTreeMap<String, {}>", inner(&shape.value)?),
            "structure" if shape.document => "Document".into(),
            "structure" => names::type_name(&reference.shape),
            other => bail!("a shape of type {other}"),
        })
    }

    /// The path of the table for a use of a shape, writing the table where it is first met.
    /// `own` names a table for a use that has constraints of its own.
    pub(super) fn table(
        &mut self,
        reference: &Reference,
        own: &str,
        place: &str,
    ) -> Result<String> {
        let mut shape = self.model.shape(&reference.shape)?.clone();
        let overrides =
            reference.min.is_some() || reference.max.is_some() || reference.pattern.is_some();
        if overrides {
            shape.min = reference.min.clone().or(shape.min);
            shape.max = reference.max.clone().or(shape.max);
            shape.pattern = reference.pattern.clone().or(shape.pattern);
        }
        let mut name = names::table(if overrides { own } else { &reference.shape });
        let value = match shape.kind.as_str() {
            "boolean" => return Ok("shape::BOOLEAN".into()),
            "structure" if shape.document && shape.members.is_empty() => {
                return Ok("shape::DOCUMENT".into());
            }
            "structure" if shape.document => {
                let form = names::table(&reference.shape);
                name = format!("{form}_KEPT");
                format!("Shape::Kept(&{form})")
            }
            "structure" => return Ok(names::table(&reference.shape)),
            "string" if shape.values.is_some() => return Ok(names::table(&reference.shape)),
            "timestamp" => return Ok(timestamp_table(&shape, reference, place)?.into()),
            "byte" | "short" | "integer" | "long" => integer(&shape),
            "float" | "double" => float(&shape),
            "blob" => blob(&shape),
            "string" => text(&shape, &name)?,
            "list" | "map" => {
                let timed = self.times_by_place(&shape)?;
                if timed && place != "body" {
                    name = format!("{name}_IN_{}", place.to_uppercase());
                }
                self.collection(&shape, &reference.shape, if timed { place } else { "body" })?
            }
            other => bail!("a shape of type {other}"),
        };
        if let Some(path) = value.strip_prefix('=') {
            return Ok(path.to_owned());
        }
        self.tables
            .entry(name.clone())
            .or_insert_with(|| format!("pub static {name}: Shape = {value};\n"));
        Ok(name)
    }

    fn collection(&mut self, shape: &Shape, name: &str, place: &str) -> Result<String> {
        let length = bounds(&shape.min, &shape.max, "shape::ANY");
        match (&shape.member, &shape.key, &shape.value) {
            (Some(item), ..) => {
                let item = self.table(item, &format!("{name}Item"), place)?;
                let (unique, sparse) = (shape.unique_items, shape.sparse);
                Ok(if unique || sparse {
                    format!("shape::list_with(&{item}, {length}, {unique}, {sparse})")
                } else {
                    format!("shape::list(&{item}, {length})")
                })
            }
            (_, Some(key), Some(value)) => {
                let key = self.table(key, &format!("{name}Key"), place)?;
                let value = self.table(value, &format!("{name}Value"), place)?;
                let function = if shape.sparse { "sparse_map" } else { "map" };
                Ok(format!("shape::{function}(&{key}, &{value}, {length})"))
            }
            _ => bail!("{name} holds nothing"),
        }
    }

    /// Whether a list holds timestamps whose format depends on where the list travels.
    fn times_by_place(&self, shape: &Shape) -> Result<bool> {
        let Some(item) = &shape.member else {
            return Ok(false);
        };
        let inner = self.model.shape(&item.shape)?;
        Ok(inner.kind == "timestamp"
            && inner.timestamp_format.is_none()
            && item.timestamp_format.is_none())
    }

    /// Whether every required member has a default in Rust.
    fn has_default(&self, name: &str, open: &mut BTreeSet<String>) -> Result<bool> {
        let shape = self.model.shape(name)?;
        if !open.insert(name.to_owned()) {
            return Ok(false);
        }
        for (member, reference) in shape.references()? {
            if !shape.required.contains(&member) {
                continue;
            }
            let target = self.model.shape(&reference.shape)?;
            let defaults = match target.kind.as_str() {
                "structure" if target.union || target.document => false,
                "structure" => self.has_default(&reference.shape, open)?,
                "string" => target.values.is_none(),
                _ => true,
            };
            if !defaults {
                return Ok(false);
            }
        }
        open.remove(name);
        Ok(true)
    }
}

fn location(shape: &Shape, member: &str, reference: &Reference) -> &'static str {
    if shape.payload.as_deref() == Some(member) {
        return "Payload";
    }
    match reference.location.as_deref() {
        Some("uri") => "Label",
        Some("querystring") if reference.location_name.is_some() => "Query",
        Some("querystring") => "QueryMap",
        Some("header") => "Header",
        Some("headers") => "PrefixHeaders",
        Some("statusCode") => "StatusCode",
        _ => "Body",
    }
}

fn timestamp_table(shape: &Shape, reference: &Reference, place: &str) -> Result<&'static str> {
    let format = reference
        .timestamp_format
        .as_deref()
        .or(shape.timestamp_format.as_deref());
    Ok(match (format, place) {
        (Some("unixTimestamp"), _) | (None, "body") => "shape::EPOCH_SECONDS",
        (Some("iso8601"), _) | (None, "query") => "shape::DATE_TIME",
        (Some("rfc822"), _) | (None, "header") => "shape::HTTP_DATE",
        other => bail!("the timestamp format {other:?}"),
    })
}

/// `=` marks the path of a table that the engine already has.
fn integer(shape: &Shape) -> String {
    let (bits, plain) = match shape.kind.as_str() {
        "byte" => (8, "BYTE"),
        "short" => (16, "SHORT"),
        "long" => (64, "LONG"),
        _ => (32, "INTEGER"),
    };
    match (&shape.int_enum, &shape.min, &shape.max) {
        (Some(values), ..) => format!("shape::integer_of(&{values:?})"),
        (None, None, None) => format!("=shape::{plain}"),
        (None, min, max) => format!("shape::integer({bits}, {})", bounds(min, max, "")),
    }
}

fn float(shape: &Shape) -> String {
    let decimal = |number: &Option<Number>| {
        number
            .as_ref()
            .and_then(Number::as_f64)
            .map(|n| format!("{n:?}"))
    };
    match (decimal(&shape.min), decimal(&shape.max)) {
        (None, None) => "=shape::FLOAT".into(),
        (Some(min), Some(max)) => format!("shape::float(shape::within({min}, {max}))"),
        (Some(min), None) => format!("shape::float(shape::at_least({min}))"),
        (None, Some(max)) => format!("shape::float(shape::at_most({max}))"),
    }
}

fn blob(shape: &Shape) -> String {
    if shape.min.is_none() && shape.max.is_none() && shape.media_type.is_none() {
        return "=shape::BLOB".into();
    }
    format!(
        "shape::blob({}, {:?})",
        bounds(&shape.min, &shape.max, "shape::ANY"),
        shape.media_type
    )
}

fn text(shape: &Shape, name: &str) -> Result<String> {
    if shape
        .media_type
        .as_deref()
        .is_some_and(|media| media.contains("json"))
    {
        return Ok("=shape::JSON_STRING".into());
    }
    let Some(pattern) = &shape.pattern else {
        return Ok(match (&shape.min, &shape.max) {
            (None, None) => "=shape::STRING".into(),
            (min, max) => format!("shape::text({}, None)", bounds(min, max, "")),
        });
    };
    let Translated {
        expression,
        forbidden_start,
    } = patterns::translate(pattern)?;
    let length = bounds(&shape.min, &shape.max, "shape::ANY");
    Ok(format!(
        "shape::text({length}, Some(&{name}_PATTERN));\nstatic {name}_PATTERN: Pattern = \
         Pattern::new({pattern:?}, {expression:?}, {forbidden_start:?})"
    ))
}

fn bounds(min: &Option<Number>, max: &Option<Number>, none: &str) -> String {
    match (min, max) {
        (None, None) => none.to_owned(),
        (Some(min), Some(max)) => format!("shape::within({min}, {max})"),
        (Some(min), None) => format!("shape::at_least({min})"),
        (None, Some(max)) => format!("shape::at_most({max})"),
    }
}
