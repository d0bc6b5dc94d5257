//! Filters over resources, which mean what filters over findings mean.

use balefire_api::Timestamp;
use balefire_api::generated::securityhub::{
    ResourcesCompositeFilter, ResourcesDateFilter, ResourcesFilters, ResourcesMapFilter,
    ResourcesNumberFilter, ResourcesStringFilter,
};

use super::{Asker, Compiler, Depth, Filters, Node, join};
use crate::failure::Failure;

impl Filters {
    /// Compiles filters that are asked of an object whose members are called as the model's fields.
    pub fn of_resources(
        filters: &ResourcesFilters,
        now: Timestamp,
        at: &str,
    ) -> Result<Filters, Failure> {
        Filters::compile_resources(Asker::Query, filters, now, at)
    }

    /// Compiles the criteria of an automation rule over resources.
    pub fn of_resource_rule(
        filters: &ResourcesFilters,
        now: Timestamp,
    ) -> Result<Filters, Failure> {
        let at = "/Criteria/ResourceCriteria";
        Filters::compile_resources(Asker::Rule, filters, now, at)
    }

    fn compile_resources(
        asker: Asker,
        filters: &ResourcesFilters,
        now: Timestamp,
        at: &str,
    ) -> Result<Filters, Failure> {
        let mut compiler = Compiler::new(asker, now);
        let composites = filters.composite_filters.as_deref().unwrap_or_default();
        let at = format!("{at}/CompositeFilters");
        let nodes = compiler.resource_composites(composites, &at, Depth::Outer);
        compiler.end(Filters(join(filters.composite_operator, nodes)))
    }
}

impl Compiler {
    fn resource_composites(
        &mut self,
        composites: &[ResourcesCompositeFilter],
        at: &str,
        depth: Depth,
    ) -> Vec<Node> {
        self.at_most(composites.len(), super::COMPOSITES_MAX, at);
        let compile = |(place, composite): (usize, &ResourcesCompositeFilter)| {
            self.resource_composite(composite, &format!("{at}/{place}"), depth)
        };
        composites.iter().enumerate().map(compile).collect()
    }

    fn resource_composite(
        &mut self,
        composite: &ResourcesCompositeFilter,
        at: &str,
        depth: Depth,
    ) -> Node {
        let mut nodes = Vec::new();
        if let Some(filters) = &composite.string_filters {
            let read = |compiler: &mut Compiler, filter: &ResourcesStringFilter, at: &str| {
                let field = filter.field_name.map(|field| field.as_str());
                compiler.text_at(field, filter.filter.as_ref(), at)
            };
            let groups = self.groups(filters, &format!("{at}/StringFilters"), read);
            nodes.extend(groups.into_iter().map(Node::Text));
        }
        if let Some(filters) = &composite.map_filters {
            let read = |compiler: &mut Compiler, filter: &ResourcesMapFilter, at: &str| {
                let field = filter.field_name.map(|field| field.as_str());
                compiler.map_at(field, filter.filter.as_ref(), at)
            };
            let groups = self.groups(filters, &format!("{at}/MapFilters"), read);
            nodes.extend(groups.into_iter().map(Node::Map));
        }
        if let Some(filters) = &composite.number_filters {
            let read = |compiler: &mut Compiler, filter: &ResourcesNumberFilter, at: &str| {
                let field = filter.field_name.map(|field| field.as_str());
                compiler.number_at(field, filter.filter.as_ref(), at)
            };
            nodes.extend(self.each(filters, &format!("{at}/NumberFilters"), read));
        }
        if let Some(filters) = &composite.date_filters {
            let read = |compiler: &mut Compiler, filter: &ResourcesDateFilter, at: &str| {
                let field = filter.field_name.map(|field| field.as_str());
                compiler.date_at(field, filter.filter.as_ref(), at)
            };
            nodes.extend(self.each(filters, &format!("{at}/DateFilters"), read));
        }
        let nested = composite.nested_composite_filters.as_deref();
        let compile = Compiler::resource_composites;
        nodes.extend(self.nested(nested.unwrap_or_default(), at, depth, compile));
        join(composite.operator, nodes)
    }
}
