//! Findings as comma-separated values: RFC 4180, and nothing in them that a spreadsheet would run.

use balefire_api::Timestamp;
use balefire_api::generated::securityhub::FindingsSelectableField;
use serde_json::Value;

use crate::securityhub::finding::Path;

/// The columns of a table.
pub struct Table(Vec<Column>);

struct Column {
    name: &'static str,
    path: Path,
}

impl Table {
    pub fn of(fields: &[FindingsSelectableField]) -> Table {
        let column = |field: &FindingsSelectableField| Column {
            name: field.as_str(),
            path: Path::of(field.as_str()),
        };
        Table(fields.iter().map(column).collect())
    }

    /// The names of the columns, as the request has them.
    pub fn push_head(&self, out: &mut Vec<u8>) {
        push_line(self.0.iter().map(|column| column.name.to_owned()), out);
    }

    pub fn push_row(&self, document: &Value, out: &mut Vec<u8>) {
        push_line(self.0.iter().map(|column| column.cell(document)), out);
    }
}

impl Column {
    /// A single value is its text. Several, and those that have parts, are JSON. What is absent is empty.
    fn cell(&self, document: &Value) -> String {
        let mut values = Vec::new();
        self.path.any(document, |value| {
            values.push(value);
            false
        });
        match values.as_slice() {
            [] => self.time(document),
            [Value::String(text)] => harmless(text),
            [one] => one.to_string(),
            several => Value::from_iter(several.iter().map(|value| (*value).clone())).to_string(),
        }
    }

    /// Times come in pairs, and where the text is missing it is made of the number.
    fn time(&self, document: &Value) -> String {
        let mut time = None;
        if self.name.ends_with("_dt") {
            self.path.any_time_ms(document, |ms| {
                time = Some(ms);
                true
            });
        }
        time.map_or_else(String::new, |ms| Timestamp(ms).date_time())
    }
}

/// Spreadsheets take a text that begins like this for a formula, and a provider's text is anybody's.
fn harmless(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

fn push_line(cells: impl Iterator<Item = String>, out: &mut Vec<u8>) {
    let start = out.len();
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            out.push(b',');
        }
        if cell.contains([',', '"', '\r', '\n']) {
            out.push(b'"');
            out.extend(cell.replace('"', "\"\"").bytes());
            out.push(b'"');
        } else {
            out.extend(cell.bytes());
        }
    }
    // Readers pass over lines that are blank.
    if out.len() == start {
        out.extend(b"\"\"");
    }
    out.extend(b"\r\n");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(fields: &[&str], document: &Value) -> String {
        let field = |name: &&str| FindingsSelectableField::parse(name).unwrap();
        let table = Table::of(&fields.iter().map(field).collect::<Vec<_>>());
        let mut out = Vec::new();
        table.push_row(document, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cells_are_quoted_and_harmless() {
        for (title, cell) in [
            (json!("plain"), "plain"),
            (json!("a,b"), "\"a,b\""),
            (json!("say \"no\""), "\"say \"\"no\"\"\""),
            (json!("two\r\nlines"), "\"two\r\nlines\""),
            (json!("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0"),
            (json!("+1"), "'+1"),
            (json!("-1"), "'-1"),
            (json!("@a,b"), "\"'@a,b\""),
            (json!("\t=1"), "'\t=1"),
            (json!(-1), "-1"),
            (json!(""), "\"\""),
            (json!(null), "\"\""),
        ] {
            let document = json!({"finding_info": {"title": title}});
            let expected = format!("{cell}\r\n");
            assert_eq!(line(&["finding_info.title"], &document), expected);
        }
    }

    #[test]
    fn columns_are_of_one_value_or_json() {
        let document = json!({
            "severity_id": 4,
            "resources": [
                {"uid": "a", "tags": [{"name": "team", "value": "x"}]},
                {"uid": "=b"},
            ],
            "finding_info": {"created_time": 0},
        });
        for (field, cell) in [
            ("severity_id", "4"),
            ("resources.uid", r#""[""a"",""=b""]""#),
            ("resources.tags", r#""{""name"":""team"",""value"":""x""}""#),
            ("finding_info.created_time_dt", "1970-01-01T00:00:00Z"),
            ("comment", "\"\""),
        ] {
            assert_eq!(line(&[field], &document), format!("{cell}\r\n"), "{field}");
        }
        let both = line(&["severity_id", "comment"], &document);
        assert_eq!(both, "4,\r\n");
        let none = line(&["comment", "finding_info.title"], &document);
        assert_eq!(none, ",\r\n");
    }
}
