//! Filters as questions to columns.

use balefire_columns::Plan;
use serde_json::Value;

use super::super::index::Fields;
use super::super::path::{Kind, Path};
use super::group::Group;
use super::{Filters, Node, map, text};

/// Where the columns of attributes are.
pub trait Places: Sync {
    /// The column of a text, of an address or of a map.
    fn text(&self, name: &str) -> Option<usize>;

    /// The column of a number or of a truth value.
    fn number(&self, name: &str) -> Option<usize>;

    fn date(&self, name: &str) -> Option<usize>;

    /// For an attribute that has no column of its own: that of the keys by which `joined_by` finds it. Each
    /// row has one.
    fn key_of_joined(&self, _name: &str) -> Option<usize> {
        None
    }

    /// What else is known of a row with this key.
    fn joined_by(&self, _key: &str) -> Value {
        Value::Null
    }

    /// The column of an attribute that is sorted by.
    fn of_kind(&self, name: &str, kind: Kind) -> Option<usize> {
        match kind {
            Kind::Text => self.text(name),
            Kind::Number | Kind::Boolean => self.number(name),
            Kind::Date => self.date(name),
        }
    }
}

impl Places for Fields {
    fn text(&self, name: &str) -> Option<usize> {
        Fields::text(self, name)
    }

    fn number(&self, name: &str) -> Option<usize> {
        Fields::number(self, name)
    }

    fn date(&self, name: &str) -> Option<usize> {
        Fields::date(self, name)
    }
}

/// The columns of what providers sent, whatever was set over it. Nobody sets dates.
pub struct Provided<'f>(pub &'f Fields);

impl Places for Provided<'_> {
    fn text(&self, name: &str) -> Option<usize> {
        self.0.text(name).map(|place| self.0.provided(place))
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.0.number(name).map(|place| self.0.provided(place))
    }

    fn date(&self, name: &str) -> Option<usize> {
        self.0.date(name)
    }
}

impl Filters {
    /// The same question, asked of columns.
    pub fn plan<'f>(&'f self, places: &'f impl Places) -> Plan<'f> {
        plan(&self.0, places)
    }

    /// Whether every finding matches.
    pub fn ask_nothing(&self) -> bool {
        fn asks_nothing(node: &Node) -> bool {
            matches!(node, Node::All(nodes) if nodes.iter().all(asks_nothing))
        }
        asks_nothing(&self.0)
    }

    /// Whether an attribute is asked for whose name is as asked.
    pub fn names(&self, is: impl Fn(&str) -> bool) -> bool {
        self.0.names(&is)
    }
}

impl Node {
    fn names(&self, is: &impl Fn(&str) -> bool) -> bool {
        match self {
            Node::All(nodes) | Node::Any(nodes) => nodes.iter().any(|node| node.names(is)),
            leaf => leaf.path().is_some_and(|path| is(&path.name())),
        }
    }

    /// The attribute that a filter asks for.
    fn path(&self) -> Option<&Path> {
        match self {
            Node::Text(group) => Some(group.path()),
            Node::Map(group) => Some(group.path()),
            Node::Number(bounds) => Some(bounds.path()),
            Node::Date(span) => Some(&span.path),
            Node::Boolean(path, _) | Node::Address(path, _) => Some(path),
            Node::All(_) | Node::Any(_) | Node::Keyword(_) => None,
        }
    }
}

fn plan<'f>(node: &'f Node, places: &'f impl Places) -> Plan<'f> {
    let all = |nodes: &'f [Node]| nodes.iter().map(|node| plan(node, places)).collect();
    let joined = node.path().map(Path::name);
    if let Some(field) = joined.and_then(|name| places.key_of_joined(&name)) {
        let passes = |key: &str| node.matches(&places.joined_by(key));
        return Plan::Text {
            field,
            passes: Box::new(passes),
        };
    }
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
        Node::Date(span) => places.date(&span.path.name()).map(|field| Plan::Between {
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
    // Every attribute that may have a value has a column; without one, nothing would have a value there.
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
