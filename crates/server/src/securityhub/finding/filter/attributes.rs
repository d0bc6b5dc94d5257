//! Filters of GetFindings: lists by attributes of ASFF, whose names are flattened.

mod table;

use balefire_api::generated::securityhub::{
    AWS_SECURITY_FINDING_FILTERS, AllowedOperators, AwsSecurityFindingFilters, BooleanFilter,
    DateFilter, IpFilter, KeywordFilter, MapFilter, MapFilterComparison, NumberFilter,
    StringFilter, StringFilterComparison,
};
use balefire_api::{Mismatch, Node as Wire, Timestamp, Typed, shape};

use super::super::path::Path;
use super::group::Filter;
use super::keyword::Word;
use super::{Compiler, Filters, Node, join, map, text};
use crate::failure::Failure;
use table::ATTRIBUTES;

const ATTRIBUTES_MAX: usize = 10;
/// One of a list is enough.
const ANY: Option<AllowedOperators> = Some(AllowedOperators::Or);

/// An attribute that findings can be filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its flattened name.
    pub name: &'static str,
    /// Its place in a finding.
    pub path: &'static str,
    pub kind: Kind,
}

/// What the values of an attribute are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Date,
    Map,
    Address,
    Boolean,
    Keyword,
}

/// The attribute of a flattened name.
pub fn attribute(name: &str) -> Option<&'static Attribute> {
    ATTRIBUTES.iter().find(|attribute| attribute.name == name)
}

impl Filters {
    /// Compiles the filters of GetFindings, or says everything that is wrong with them.
    ///
    /// Attributes are joined by AND. Of one attribute, positive texts are joined by OR and negative ones by
    /// AND, and all other filters by OR.
    pub fn compile_attributes(
        filters: &AwsSecurityFindingFilters,
        now: Timestamp,
    ) -> Result<Filters, Failure> {
        let mut compiler = Compiler::new(super::Asker::Query, now);
        let members = shape::structure(&AWS_SECURITY_FINDING_FILTERS).members;
        let Wire::Structure(slots) = filters.clone().into_node() else {
            return Err(Mismatch("filters are no structure").into());
        };
        let mut nodes = Vec::new();
        let mut count = 0;
        for (member, slot) in members.iter().zip(slots) {
            let (Some(list), Some(attribute)) = (slot, attribute(member.name)) else {
                continue;
            };
            count += 1;
            let at = format!("/Filters/{}", attribute.name);
            nodes.push(compiler.attribute(attribute, list, &at)?);
        }
        compiler.at_most(count, ATTRIBUTES_MAX, "/Filters");
        match compiler.violations.is_empty() {
            true => Ok(Filters(Node::All(nodes))),
            false => Err(Failure::Invalid(compiler.violations)),
        }
    }
}

impl Compiler {
    fn attribute(&mut self, attribute: &Attribute, list: Wire, at: &str) -> Result<Node, Failure> {
        let path = || Path::of(attribute.path);
        Ok(match attribute.kind {
            Kind::Text => {
                let filters = Vec::<StringFilter>::from_node(list)?;
                let groups = self.groups(&filters, at, |compiler, filter, at| {
                    compiler.plain_text(attribute, filter, at)
                });
                Node::All(groups.into_iter().map(Node::Text).collect())
            }
            Kind::Map => {
                let filters = Vec::<MapFilter>::from_node(list)?;
                let groups = self.groups(&filters, at, |compiler, filter, at| {
                    compiler.plain_map(attribute, filter, at)
                });
                Node::All(groups.into_iter().map(Node::Map).collect())
            }
            Kind::Number => {
                let filters = Vec::<NumberFilter>::from_node(list)?;
                let nodes = self.each(&filters, at, |compiler, filter, at| {
                    compiler.bounds(path(), filter, at)
                });
                join(ANY, nodes)
            }
            Kind::Date => {
                let filters = Vec::<DateFilter>::from_node(list)?;
                let nodes = self.each(&filters, at, |compiler, filter, at| {
                    compiler.span(path(), filter, at)
                });
                join(ANY, nodes)
            }
            Kind::Address => {
                let filters = Vec::<IpFilter>::from_node(list)?;
                let nodes = self.each(&filters, at, |compiler, filter, at| {
                    compiler.block(path(), filter, at)
                });
                join(ANY, nodes)
            }
            Kind::Boolean => {
                let filters = Vec::<BooleanFilter>::from_node(list)?;
                let nodes = self.each(&filters, at, |compiler, filter, at| {
                    let wanted = compiler.required(filter.value.as_ref(), at, "Value")?;
                    Some(Node::Boolean(path(), *wanted))
                });
                join(ANY, nodes)
            }
            Kind::Keyword => {
                let filters = Vec::<KeywordFilter>::from_node(list)?;
                let nodes = self.each(&filters, at, |compiler, filter, at| {
                    let value = compiler.required(filter.value.as_ref(), at, "Value")?;
                    Some(Node::Keyword(Word::of(value)))
                });
                join(ANY, nodes)
            }
        })
    }

    fn plain_text(
        &mut self,
        attribute: &Attribute,
        filter: &StringFilter,
        at: &str,
    ) -> Option<Filter<StringFilterComparison, text::Test>> {
        use StringFilterComparison::{Equals, NotEquals, Prefix, PrefixNotEquals};
        let comparison = self.required(filter.comparison.as_ref(), at, "Comparison");
        let value = self.required(filter.value.as_ref(), at, "Value");
        let (comparison, value) = (*comparison?, value?);
        if !matches!(comparison, Equals | NotEquals | Prefix | PrefixNotEquals) {
            let rule = "Member must be EQUALS, PREFIX, NOT_EQUALS or PREFIX_NOT_EQUALS";
            self.refuse(&format!("{at}/Comparison"), rule);
            return None;
        }
        Some(Filter {
            field: attribute.path,
            comparison,
            test: text::Test::of(comparison, value),
            comparison_at: "Comparison",
        })
    }

    fn plain_map(
        &mut self,
        attribute: &Attribute,
        filter: &MapFilter,
        at: &str,
    ) -> Option<Filter<MapFilterComparison, map::Test>> {
        use MapFilterComparison::{Equals, NotEquals};
        let comparison = self.required(filter.comparison.as_ref(), at, "Comparison");
        let key = self.required(filter.key.as_ref(), at, "Key");
        let value = self.required(filter.value.as_ref(), at, "Value");
        let (comparison, key, value) = (*comparison?, key?, value?);
        if !matches!(comparison, Equals | NotEquals) {
            self.refuse(
                &format!("{at}/Comparison"),
                "Member must be EQUALS or NOT_EQUALS",
            );
            return None;
        }
        Some(Filter {
            field: attribute.path,
            comparison,
            test: map::Test::of_plain_map(comparison, key, value),
            comparison_at: "Comparison",
        })
    }
}
