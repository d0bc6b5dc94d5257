//! Filters of trends: string filters over the few attributes that trends are kept by.

use balefire_api::generated::securityhub::{
    FindingsTrendsCompositeFilter, FindingsTrendsFilters, FindingsTrendsStringFilter,
};

use balefire_api::Timestamp;

use super::{Asker, Compiler, Depth, Filters, Node, join};
use crate::failure::Failure;

impl Filters {
    /// Compiles filters that are asked of an object with the attributes of a trend. They mean what
    /// filters of findings mean.
    pub fn of_trends(filters: &FindingsTrendsFilters) -> Result<Filters, Failure> {
        // No date is asked for, so the time makes no difference.
        let mut compiler = Compiler::new(Asker::Query, Timestamp(0));
        let composites = filters.composite_filters.as_deref().unwrap_or_default();
        let at = "/Filters/CompositeFilters";
        let nodes = compiler.trend_composites(composites, at, Depth::Outer);
        match compiler.violations.is_empty() {
            true => Ok(Filters(join(filters.composite_operator, nodes))),
            false => Err(Failure::Invalid(compiler.violations)),
        }
    }
}

impl Compiler {
    fn trend_composites(
        &mut self,
        composites: &[FindingsTrendsCompositeFilter],
        at: &str,
        depth: Depth,
    ) -> Vec<Node> {
        self.at_most(composites.len(), super::COMPOSITES_MAX, at);
        let compile = |(place, composite): (usize, &FindingsTrendsCompositeFilter)| {
            self.trend_composite(composite, &format!("{at}/{place}"), depth)
        };
        composites.iter().enumerate().map(compile).collect()
    }

    fn trend_composite(
        &mut self,
        composite: &FindingsTrendsCompositeFilter,
        at: &str,
        depth: Depth,
    ) -> Node {
        let filters = composite.string_filters.as_deref().unwrap_or_default();
        let read = |compiler: &mut Compiler, filter: &FindingsTrendsStringFilter, at: &str| {
            let field = filter.field_name.as_ref().map(|field| field.as_str());
            compiler.text_at(field, filter.filter.as_ref(), at)
        };
        let groups = self.groups(filters, &format!("{at}/StringFilters"), read);
        let mut nodes: Vec<Node> = groups.into_iter().map(Node::Text).collect();
        let nested = composite.nested_composite_filters.as_deref();
        nodes.extend(self.nested(
            nested.unwrap_or_default(),
            at,
            depth,
            Compiler::trend_composites,
        ));
        join(composite.operator, nodes)
    }
}
