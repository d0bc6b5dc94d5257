//! Filters over findings: checked and compiled once, then asked of each document.
//!
//! The plain evaluation is what filters mean; the columns, which answer them faster, are tested against it.

mod address;
mod asff;
mod attributes;
mod date;
mod group;
mod keyword;
mod map;
mod number;
mod plan;
#[cfg(test)]
mod properties;
mod resource;
mod software;
#[cfg(test)]
pub(super) mod tests;
mod text;
mod trend;

use balefire_api::generated::securityhub::{
    AllowedOperators, BooleanFilter, CompositeFilter, OcsfBooleanFilter, OcsfFindingFilters,
};
use balefire_api::{Document, Timestamp, Violations, rejection};
use serde_json::Value;

use super::path::Path;
use crate::failure::Failure;
use group::Group;

pub use asff::{By, Names, counted, irregular, order};
pub use attributes::{Attribute, Kind as AttributeKind, attribute};
pub use plan::{Places, Provided};

const COMPOSITES_MAX: usize = 10;
/// Of each type, in one composite.
const FILTERS_MAX: usize = 20;

/// What asks. Some comparisons are for queries alone, others for automation rules alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    Query,
    Software,
    Rule,
    /// Takes every comparison, to show what each means.
    #[cfg(test)]
    Test,
}

/// Filters that keep all rules, ready to be asked.
#[derive(Debug)]
pub struct Filters(Node);

#[derive(Debug)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Text(Group<text::Test>),
    Map(Group<map::Test>),
    Number(number::Bounds),
    Date(date::Span),
    Boolean(Path, bool),
    Address(Path, address::Block),
    Keyword(keyword::Word),
}

impl Filters {
    /// Compiles filters, or says everything that is wrong with them. Without filters all matches.
    ///
    /// Inside a composite, string filters of one field are one group, and so are map filters; groups
    /// and all other filters are joined by the composite's operator. Operators default to AND.
    pub fn compile(filters: &OcsfFindingFilters, now: Timestamp) -> Result<Filters, Failure> {
        Filters::compile_at(filters, now, "/Filters")
    }

    /// As `compile`, for filters at another place of the input.
    pub fn compile_at(
        filters: &OcsfFindingFilters,
        now: Timestamp,
        at: &str,
    ) -> Result<Filters, Failure> {
        Filters::compile_for(Asker::Query, filters, at, now)
    }

    /// Compiles the criteria of an automation rule over findings.
    pub fn of_rule(filters: &OcsfFindingFilters, now: Timestamp) -> Result<Filters, Failure> {
        let at = "/Criteria/OcsfFindingCriteria";
        Filters::compile_for(Asker::Rule, filters, at, now)
    }

    fn compile_for(
        asker: Asker,
        filters: &OcsfFindingFilters,
        at: &str,
        now: Timestamp,
    ) -> Result<Filters, Failure> {
        let mut compiler = Compiler::new(asker, now);
        let composites = filters.composite_filters.as_deref().unwrap_or_default();
        let at = format!("{at}/CompositeFilters");
        let nodes = compiler.composites(composites, &at, Depth::Outer);
        compiler.end(Filters(join(filters.composite_operator, nodes)))
    }

    /// Whether a document, with what customers set in it, is one that is asked for.
    pub fn matches(&self, document: &Value) -> bool {
        self.0.matches(document)
    }

    /// As `matches`, of a document that is still a text.
    pub fn matches_text(&self, document: &Document) -> bool {
        document
            .value()
            .is_ok_and(|document| self.matches(&document))
    }
}

impl Node {
    fn matches(&self, document: &Value) -> bool {
        match self {
            Node::All(nodes) => nodes.iter().all(|node| node.matches(document)),
            Node::Any(nodes) => nodes.iter().any(|node| node.matches(document)),
            Node::Text(group) => group.matches(document),
            Node::Map(group) => group.matches(document),
            Node::Number(bounds) => bounds.matches(document),
            Node::Date(span) => span.matches(document),
            Node::Boolean(path, wanted) => {
                path.any(document, |value| value.as_bool() == Some(*wanted))
            }
            Node::Address(path, block) => path.any(document, |value| {
                value.as_str().is_some_and(|text| block.has(text))
            }),
            Node::Keyword(word) => word.is_in(document),
        }
    }
}

/// Nothing to join restricts nothing, whatever the operator.
fn join(operator: Option<AllowedOperators>, nodes: Vec<Node>) -> Node {
    match operator {
        Some(AllowedOperators::Or) if !nodes.is_empty() => Node::Any(nodes),
        _ => Node::All(nodes),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Depth {
    Outer,
    Nested,
}

/// Compiles and collects what is wrong on the way.
struct Compiler {
    asker: Asker,
    now_ms: i64,
    violations: Violations,
}

impl Compiler {
    fn new(asker: Asker, now: Timestamp) -> Compiler {
        Compiler {
            asker,
            now_ms: now.0,
            violations: Violations::default(),
        }
    }

    /// What was compiled, unless something was wrong.
    fn end<T>(self, compiled: T) -> Result<T, Failure> {
        match self.violations.is_empty() {
            true => Ok(compiled),
            false => Err(Failure::Invalid(self.violations)),
        }
    }

    fn refuse(&mut self, at: &str, rule: impl std::fmt::Display) {
        self.violations.push(rejection::violation(at, rule));
    }

    /// A member that every filter must have, though the model does not say so.
    fn required<'f, T>(&mut self, member: Option<&'f T>, at: &str, name: &str) -> Option<&'f T> {
        if member.is_none() {
            self.refuse(&format!("{at}/{name}"), "Member must not be null");
        }
        member
    }

    fn at_most(&mut self, count: usize, most: usize, at: &str) {
        if count > most {
            let rule = format!("Member must have at most {most} elements, and has {count}");
            self.refuse(at, rule);
        }
    }

    fn composites(&mut self, composites: &[CompositeFilter], at: &str, depth: Depth) -> Vec<Node> {
        self.at_most(composites.len(), COMPOSITES_MAX, at);
        let compile = |(place, composite): (usize, &CompositeFilter)| {
            self.composite(composite, &format!("{at}/{place}"), depth)
        };
        composites.iter().enumerate().map(compile).collect()
    }

    fn composite(&mut self, composite: &CompositeFilter, at: &str, depth: Depth) -> Node {
        let mut nodes = Vec::new();
        if let Some(filters) = &composite.string_filters {
            let groups = self.groups(filters, &format!("{at}/StringFilters"), Compiler::text);
            nodes.extend(groups.into_iter().map(Node::Text));
        }
        if let Some(filters) = &composite.map_filters {
            let groups = self.groups(filters, &format!("{at}/MapFilters"), Compiler::map);
            nodes.extend(groups.into_iter().map(Node::Map));
        }
        if let Some(filters) = &composite.number_filters {
            nodes.extend(self.each(filters, &format!("{at}/NumberFilters"), Compiler::number));
        }
        if let Some(filters) = &composite.date_filters {
            nodes.extend(self.each(filters, &format!("{at}/DateFilters"), Compiler::date));
        }
        if let Some(filters) = &composite.boolean_filters {
            nodes.extend(self.each(filters, &format!("{at}/BooleanFilters"), Compiler::boolean));
        }
        if let Some(filters) = &composite.ip_filters {
            nodes.extend(self.each(filters, &format!("{at}/IpFilters"), Compiler::address));
        }
        let nested = composite.nested_composite_filters.as_deref();
        nodes.extend(self.nested(nested.unwrap_or_default(), at, depth, Compiler::composites));
        join(composite.operator, nodes)
    }

    /// What a composite nests, which is allowed once.
    fn nested<C>(
        &mut self,
        composites: &[C],
        at: &str,
        depth: Depth,
        compile: impl Fn(&mut Compiler, &[C], &str, Depth) -> Vec<Node>,
    ) -> Vec<Node> {
        let at = format!("{at}/NestedCompositeFilters");
        if depth == Depth::Nested && !composites.is_empty() {
            let rule = "Member must be absent: nested composites nest no further";
            self.refuse(&at, rule);
            return Vec::new();
        }
        compile(self, composites, &at, Depth::Nested)
    }

    fn each<F>(
        &mut self,
        filters: &[F],
        at: &str,
        compile: impl Fn(&mut Compiler, &F, &str) -> Option<Node>,
    ) -> Vec<Node> {
        self.at_most(filters.len(), FILTERS_MAX, at);
        let places = filters.iter().enumerate();
        places
            .filter_map(|(place, filter)| compile(self, filter, &format!("{at}/{place}")))
            .collect()
    }

    fn boolean(&mut self, filter: &OcsfBooleanFilter, at: &str) -> Option<Node> {
        let field = self.required(filter.field_name.as_ref(), at, "FieldName");
        let inner: Option<&BooleanFilter> = self.required(filter.filter.as_ref(), at, "Filter");
        let wanted = self.required(inner?.value.as_ref(), at, "Filter/Value");
        Some(Node::Boolean(Path::of(field?.as_str()), *wanted?))
    }
}
