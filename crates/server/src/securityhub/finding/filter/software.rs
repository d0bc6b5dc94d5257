//! Filters of the software inventory: string filters over packages and the resources that have them.

use balefire_api::Timestamp;
use balefire_api::generated::securityhub::{
    SoftwareCompositeFilter, SoftwareFilters, SoftwareStringFilter,
};

use super::{Asker, Compiler, Depth, Filters, Node, join};
use crate::failure::Failure;

impl Filters {
    /// Compiles filters at a place of the input, to be asked of an object with the inventory's fields.
    /// They mean what filters of findings mean.
    pub fn of_software(filters: &SoftwareFilters, at: &str) -> Result<Filters, Failure> {
        // No date is asked for, so the time makes no difference.
        let mut compiler = Compiler::new(Asker::Software, Timestamp(0));
        let composites = filters.composite_filters.as_deref().unwrap_or_default();
        let at = format!("{at}/CompositeFilters");
        let nodes = compiler.software_composites(composites, &at, Depth::Outer);
        compiler.end(Filters(join(filters.composite_operator, nodes)))
    }
}

impl Compiler {
    fn software_composites(
        &mut self,
        composites: &[SoftwareCompositeFilter],
        at: &str,
        depth: Depth,
    ) -> Vec<Node> {
        self.at_most(composites.len(), super::COMPOSITES_MAX, at);
        let compile = |(place, composite): (usize, &SoftwareCompositeFilter)| {
            self.software_composite(composite, &format!("{at}/{place}"), depth)
        };
        composites.iter().enumerate().map(compile).collect()
    }

    fn software_composite(
        &mut self,
        composite: &SoftwareCompositeFilter,
        at: &str,
        depth: Depth,
    ) -> Node {
        let filters = composite.string_filters.as_deref().unwrap_or_default();
        let read = |compiler: &mut Compiler, filter: &SoftwareStringFilter, at: &str| {
            let field = filter.field_name.map(|field| field.as_str());
            compiler.text_at(field, filter.filter.as_ref(), at)
        };
        let groups = self.groups(filters, &format!("{at}/StringFilters"), read);
        let mut nodes: Vec<Node> = groups.into_iter().map(Node::Text).collect();
        let nested = composite.nested_composite_filters.as_deref();
        let nested = nested.unwrap_or_default();
        nodes.extend(self.nested(nested, at, depth, Compiler::software_composites));
        join(composite.operator, nodes)
    }
}
