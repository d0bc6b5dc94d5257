//! Filters as questions to the columns.

use balefire_columns::Plan;
use serde_json::Value;

use super::super::index::Fields;
use super::group::Group;
use super::{Filters, Node, map, text};

impl Filters {
    /// The same question, asked of columns.
    pub fn plan(&self, fields: &Fields) -> Plan<'_> {
        let places = Places {
            fields,
            of_provider: false,
        };
        plan(&self.0, places)
    }

    /// The same question, asked of what providers sent, whatever was set over it.
    pub fn plan_of_provided(&self, fields: &Fields) -> Plan<'_> {
        let places = Places {
            fields,
            of_provider: true,
        };
        plan(&self.0, places)
    }

    /// Whether every finding matches.
    pub fn ask_nothing(&self) -> bool {
        fn asks_nothing(node: &Node) -> bool {
            matches!(node, Node::All(nodes) if nodes.iter().all(asks_nothing))
        }
        asks_nothing(&self.0)
    }
}

/// Where the columns have what is asked for.
#[derive(Clone, Copy)]
struct Places<'f> {
    fields: &'f Fields,
    of_provider: bool,
}

impl Places<'_> {
    fn text(self, name: &str) -> Option<usize> {
        self.fields.text(name).map(|place| self.of(place))
    }

    fn number(self, name: &str) -> Option<usize> {
        self.fields.number(name).map(|place| self.of(place))
    }

    fn of(self, place: usize) -> usize {
        match self.of_provider {
            true => self.fields.provided(place),
            false => place,
        }
    }
}

fn plan<'f>(node: &'f Node, places: Places<'_>) -> Plan<'f> {
    let all = |nodes: &'f [Node]| nodes.iter().map(|node| plan(node, places)).collect();
    let planned = match node {
        Node::All(nodes) => Some(Plan::All(all(nodes))),
        Node::Any(nodes) => Some(Plan::Any(all(nodes))),
        Node::Text(group) => places
            .text(&group.path().name())
            .map(|field| group.plan(|tests, _| texts(tests, field))),
        Node::Map(group) => places
            .text(&group.path().name())
            .map(|field| maps(group, field)),
        Node::Number(bounds) => places
            .number(&bounds.path().name())
            .map(|field| Plan::Number {
                field,
                passes: Box::new(|number| bounds.holds(number)),
            }),
        // Nobody sets dates over a provider's.
        Node::Date(span) => places
            .fields
            .date(&span.path.name())
            .map(|field| Plan::Between {
                field,
                from_ms: span.from_ms,
                to_ms: span.to_ms,
            }),
        Node::Boolean(path, wanted) => places.number(&path.name()).map(|field| Plan::Number {
            field,
            passes: Box::new(|number| (number == 1.0) == *wanted),
        }),
        Node::Address(path, block) => places.text(&path.name()).map(|field| Plan::Text {
            field,
            passes: Box::new(|text| block.has(text)),
        }),
        // It is of the first version's filters, see `asff`.
        Node::Keyword(_) => None,
    };
    // Every attribute that has a filter has a column; without one, nothing would have a value there.
    planned.unwrap_or(Plan::Any(Vec::new()))
}

/// Whether a column has a text that passes one of the tests.
pub(super) fn texts(tests: &[text::Test], field: usize) -> Plan<'_> {
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
}

/// The column has each entry as a JSON text.
fn maps(group: &Group<map::Test>, field: usize) -> Plan<'_> {
    group.plan(|tests, _| Plan::Text {
        field,
        passes: Box::new(|text| {
            let entry: Result<Value, _> = serde_json::from_str(text);
            entry.is_ok_and(|entry| tests.iter().any(|test| test.passes(&entry)))
        }),
    })
}
