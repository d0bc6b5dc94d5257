//! Filters over ASFF as questions to the columns, which hold OCSF.
//!
//! A document that matches is read and asked all the same, unless the columns are certain.

mod count;
mod standing;
mod texts;

use balefire_columns::{Order, Plan};
use serde_json::Value;

use super::super::index::{Fields, IRREGULAR};
use super::super::path::Path;
use super::group::Group;
use super::{Filters, Node, map};

pub use count::{By, counted};
pub use texts::Names;

/// How much of an answer is asked for. Of findings that are regular, see `asff::regular`:
///
/// Invariant: what matches is always possible, and what is certain always matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    Possible,
    Certain,
}

impl Extent {
    /// What must be asked of something that is refused.
    fn refused(self, is_refused: bool) -> Extent {
        match (self, is_refused) {
            (Extent::Possible, true) => Extent::Certain,
            (Extent::Certain, true) => Extent::Possible,
            (extent, false) => extent,
        }
    }
}

/// The times of ASFF: of several columns, the first that has one.
const TIMES: [(&str, &[&str]); 4] = [
    (
        "CreatedAt",
        &[
            "finding_info.created_time",
            "finding_info.modified_time",
            "time",
        ],
    ),
    ("FirstObservedAt", &["finding_info.first_seen_time"]),
    ("LastObservedAt", &["finding_info.last_seen_time"]),
    ("UpdatedAt", &["finding_info.modified_time", "time"]),
];

impl Filters {
    /// What may match: all that does, and perhaps more.
    pub fn possible(&self, fields: &Fields) -> Plan<'_> {
        Plan::Any(vec![irregular(fields), self.possible_of_regular(fields)])
    }

    /// As `possible`, without findings that are not regular.
    pub fn possible_of_regular(&self, fields: &Fields) -> Plan<'_> {
        let regular = Plan::Not(Box::new(irregular(fields)));
        Plan::All(vec![regular, plan(&self.0, fields, Extent::Possible)])
    }

    /// What matches without a look at the document, though perhaps not all of it.
    pub fn certain(&self, fields: &Fields) -> Plan<'_> {
        let regular = Plan::Not(Box::new(irregular(fields)));
        Plan::All(vec![regular, plan(&self.0, fields, Extent::Certain)])
    }
}

/// Findings whose ASFF may be another than the columns say.
pub fn irregular(fields: &Fields) -> Plan<'static> {
    Plan::OneOf {
        field: fields.asff,
        texts: vec![IRREGULAR],
    }
}

/// The order of regular findings by an attribute of ASFF; nothing, where the columns do not have it.
pub fn order(path: &str, descending: bool, fields: &Fields) -> Option<Order> {
    let times = TIMES.iter().find(|(name, _)| *name == path);
    let fields: Option<Vec<usize>> = match times {
        Some((_, columns)) => columns.iter().map(|name| fields.date(name)).collect(),
        // Others may be blank, and ASFF shows no blank text.
        None if matches!(path, "AwsAccountId" | "Id" | "Title") => {
            let column = texts::column(path)?;
            fields.text(column).map(|field| vec![field])
        }
        None => None,
    };
    Some(Order {
        fields: fields?,
        descending,
    })
}

fn everything<'p>() -> Plan<'p> {
    Plan::All(Vec::new())
}

fn nothing<'p>() -> Plan<'p> {
    Plan::Any(Vec::new())
}

/// Where the columns know nothing.
fn unknown<'p>(extent: Extent) -> Plan<'p> {
    match extent {
        Extent::Possible => everything(),
        Extent::Certain => nothing(),
    }
}

fn plan<'f>(node: &'f Node, fields: &Fields, extent: Extent) -> Plan<'f> {
    let all = |nodes: &'f [Node]| {
        let plans = nodes.iter().map(|node| plan(node, fields, extent));
        plans.collect()
    };
    let planned = match node {
        Node::All(nodes) => Some(Plan::All(all(nodes))),
        Node::Any(nodes) => Some(Plan::Any(all(nodes))),
        Node::Text(group) => {
            let path = group.path().name();
            let any = |tests, is_refused| {
                let extent = extent.refused(is_refused);
                texts::plan(&path, tests, fields, extent).unwrap_or_else(|| unknown(extent))
            };
            Some(group.plan(any))
        }
        Node::Map(group) => Some(tags(group, fields, extent)),
        Node::Number(bounds) if bounds.path().name() == "Severity.Normalized" => {
            standing::normalized(bounds, fields, extent)
        }
        Node::Date(span) => times(
            span.path.name().as_str(),
            (span.from_ms, span.to_ms),
            fields,
        ),
        Node::Number(_) | Node::Boolean(..) | Node::Address(..) | Node::Keyword(_) => None,
    };
    planned.unwrap_or_else(|| unknown(extent))
}

/// Whether the first column that has a time has it between two.
fn times<'p>(path: &str, span: (i64, i64), fields: &Fields) -> Option<Plan<'p>> {
    let (_, columns) = TIMES.iter().find(|(name, _)| *name == path)?;
    first_between(columns, span, fields)
}

fn first_between<'p>(columns: &[&str], span: (i64, i64), fields: &Fields) -> Option<Plan<'p>> {
    let (first, rest) = columns.split_first()?;
    let field = fields.date(first)?;
    let here = Plan::Between {
        field,
        from_ms: span.0,
        to_ms: span.1,
    };
    Some(match first_between(rest, span, fields) {
        None => here,
        Some(later) => {
            let later = Plan::All(vec![Plan::Missing { field }, later]);
            Plan::Any(vec![here, later])
        }
    })
}

/// Tags of resources. Of two with one name ASFF shows the last, so none is certain.
fn tags<'f>(group: &'f Group<map::Test>, fields: &Fields, extent: Extent) -> Plan<'f> {
    let is_tags = *group.path() == Path::of("Resources.Tags");
    let field = fields.text("resources.tags").filter(|_| is_tags);
    group.plan(|tests, is_refused| {
        let extent = extent.refused(is_refused);
        match field.filter(|_| extent == Extent::Possible) {
            None => unknown(extent),
            Some(field) => Plan::Text {
                field,
                passes: Box::new(|entry| is_tag(tests, entry)),
            },
        }
    })
}

fn is_tag(tests: &[map::Test], entry: &str) -> bool {
    let entry: Value = serde_json::from_str(entry).unwrap_or_default();
    let name = entry.get("name").and_then(Value::as_str);
    name.zip(entry.get("value"))
        .is_some_and(|(name, value)| tests.iter().any(|test| test.passes_in_map(name, value)))
}
