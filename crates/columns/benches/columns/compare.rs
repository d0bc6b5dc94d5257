//! Writes the rows and the answers to a folder, so that other engines can be asked the same of the same.

use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::Path;

use balefire_columns::{Columns, Group, Key, Scalar, Schema};
use serde_json::{Map, Value, json};

use crate::rows::{self, Draw, Values};

/// The first page of a question.
pub struct Found {
    pub name: &'static str,
    pub fastest_ms: f64,
    /// How many rows there are on all pages.
    pub count: u64,
    pub page: Vec<Key>,
}

/// The largest groups by each of several fields, and the time of all together.
pub struct Grouped {
    pub fastest_ms: f64,
    pub fields: Vec<(usize, Vec<Group>)>,
}

/// A row as JSON: a list for each field that has texts.
struct Line<'s> {
    schema: &'s Schema,
    members: Map<String, Value>,
}

impl Line<'_> {
    fn name(&self, field: usize) -> String {
        self.schema.fields()[field].name.replace(' ', "_")
    }
}

impl Values for Line<'_> {
    fn text(&mut self, field: usize, text: &str) {
        let name = self.name(field);
        let texts = self.members.entry(name).or_insert_with(|| json!([]));
        if let Value::Array(texts) = texts {
            texts.push(text.into());
        }
    }

    fn number(&mut self, field: usize, number: f64) {
        self.members.insert(self.name(field), number.into());
    }

    fn date(&mut self, field: usize, ms: i64) {
        self.members.insert(self.name(field), ms.into());
    }
}

pub fn write(
    folder: &Path,
    count: u64,
    columns: &Columns,
    found: &[Found],
    grouped: &Grouped,
) -> Result<()> {
    write_rows(&folder.join("rows.ndjson"), count)?;
    let pages = found.iter().map(|found| {
        let page: Vec<String> = found.page.iter().map(hex).collect();
        json!({"name": found.name, "ms": found.fastest_ms, "count": found.count, "page": page})
    });
    let groups = grouped.fields.iter().map(|(field, groups)| {
        let field = &columns.schema().fields()[*field].name;
        let groups: Vec<Value> = groups.iter().map(group).collect();
        json!({"field": field, "groups": groups})
    });
    let answers = json!({
        "pages": pages.collect::<Vec<_>>(),
        "groupings": {"ms": grouped.fastest_ms, "fields": groups.collect::<Vec<_>>()},
    });
    std::fs::write(folder.join("answers.json"), answers.to_string())
}

/// Draws the rows once more: the same numbers come again.
fn write_rows(path: &Path, count: u64) -> Result<()> {
    let (schema, fields) = rows::schema();
    let mut draw = Draw(1);
    let mut out = BufWriter::new(File::create(path)?);
    for place in 0..count {
        let key = json!(hex(&rows::key(place)));
        let mut line = Line {
            schema: &schema,
            members: Map::from_iter([("key".to_owned(), key)]),
        };
        rows::fill(&mut line, &fields, &mut draw, place);
        writeln!(out, "{}", Value::Object(line.members))?;
    }
    out.flush()
}

fn hex(key: &Key) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn group(group: &Group) -> Value {
    let value = match &group.value {
        Scalar::Text(text) => json!(text),
        Scalar::Number(number) => json!(number),
        Scalar::Date(ms) => json!(ms),
        Scalar::Missing => Value::Null,
    };
    json!([value, group.count])
}
