//! Filters as questions to the columns.

use balefire_columns::Plan;
use serde_json::Value;

use super::super::index::Fields;
use super::group::Group;
use super::{Filters, Node, map, text};

impl Filters {
    /// The same question, asked of columns.
    pub fn plan(&self, fields: &Fields) -> Plan<'_> {
        plan(&self.0, fields)
    }
}

fn plan<'f>(node: &'f Node, fields: &Fields) -> Plan<'f> {
    let all = |nodes: &'f [Node]| nodes.iter().map(|node| plan(node, fields)).collect();
    let planned = match node {
        Node::All(nodes) => Some(Plan::All(all(nodes))),
        Node::Any(nodes) => Some(Plan::Any(all(nodes))),
        Node::Text(group) => fields
            .text(&group.path().name())
            .map(|field| texts(group, field)),
        Node::Map(group) => fields
            .text(&group.path().name())
            .map(|field| maps(group, field)),
        Node::Number(bounds) => fields
            .number(&bounds.path().name())
            .map(|field| Plan::Number {
                field,
                passes: Box::new(|number| bounds.holds(number)),
            }),
        Node::Date(span) => fields.date(&span.path.name()).map(|field| Plan::Between {
            field,
            from_ms: span.from_ms,
            to_ms: span.to_ms,
        }),
        Node::Boolean(path, wanted) => fields.number(&path.name()).map(|field| Plan::Number {
            field,
            passes: Box::new(|number| (number == 1.0) == *wanted),
        }),
        Node::Address(path, block) => fields.text(&path.name()).map(|field| Plan::Text {
            field,
            passes: Box::new(|text| block.has(text)),
        }),
        // It is of the first version's filters, which are asked of ASFF documents and not of columns.
        Node::Keyword(_) => None,
    };
    // Every attribute that has a filter has a column; without one, nothing would have a value there.
    planned.unwrap_or(Plan::Any(Vec::new()))
}

fn texts(group: &Group<text::Test>, field: usize) -> Plan<'_> {
    group.plan(|tests| {
        let exact: Option<Vec<&str>> = tests.iter().map(text::Test::exact).collect();
        let prefixes: Option<Vec<&str>> = tests.iter().map(text::Test::prefix).collect();
        match (exact, prefixes) {
            (Some(texts), _) => Plan::OneOf { field, texts },
            (_, Some(texts)) => Plan::Prefix { field, texts },
            (None, None) => Plan::Text {
                field,
                passes: Box::new(|text| tests.iter().any(|test| test.passes(text))),
            },
        }
    })
}

/// The column has each entry as a JSON text.
fn maps(group: &Group<map::Test>, field: usize) -> Plan<'_> {
    group.plan(|tests| Plan::Text {
        field,
        passes: Box::new(|text| {
            let entry: Result<Value, _> = serde_json::from_str(text);
            entry.is_ok_and(|entry| tests.iter().any(|test| test.passes(&entry)))
        }),
    })
}
