//! Filters of trends: string filters over the few attributes that trends are kept by.

use balefire_api::generated::securityhub::{
    AllowedOperators, FindingsTrendsCompositeFilter, FindingsTrendsFilters,
    FindingsTrendsStringFilter, ResourcesTrendsCompositeFilter, ResourcesTrendsFilters,
    ResourcesTrendsStringFilter, StringFilter,
};

use balefire_api::Timestamp;

use super::{Asker, Compiler, Depth, Filters, Node, join};
use crate::failure::Failure;

/// A composite of trends, whatever they count.
trait Composite: Sized {
    type Text;

    fn operator(&self) -> Option<AllowedOperators>;

    fn texts(&self) -> Option<&[Self::Text]>;

    fn nested(&self) -> Option<&[Self]>;

    /// The attribute and what is asked of it.
    fn text(filter: &Self::Text) -> (Option<&'static str>, Option<&StringFilter>);
}

macro_rules! composite {
    ($composite:ty, $text:ty) => {
        impl Composite for $composite {
            type Text = $text;

            fn operator(&self) -> Option<AllowedOperators> {
                self.operator
            }

            fn texts(&self) -> Option<&[$text]> {
                self.string_filters.as_deref()
            }

            fn nested(&self) -> Option<&[Self]> {
                self.nested_composite_filters.as_deref()
            }

            fn text(filter: &$text) -> (Option<&'static str>, Option<&StringFilter>) {
                let field = filter.field_name.as_ref().map(|field| field.as_str());
                (field, filter.filter.as_ref())
            }
        }
    };
}

composite!(FindingsTrendsCompositeFilter, FindingsTrendsStringFilter);
composite!(ResourcesTrendsCompositeFilter, ResourcesTrendsStringFilter);

impl Filters {
    /// Compiles filters that are asked of an object with the attributes of a trend. They mean what
    /// filters of findings mean.
    pub fn of_trends(filters: &FindingsTrendsFilters) -> Result<Filters, Failure> {
        let composites = filters.composite_filters.as_deref();
        compile(composites, filters.composite_operator)
    }

    /// As `of_trends`, over resources.
    pub fn of_resource_trends(filters: &ResourcesTrendsFilters) -> Result<Filters, Failure> {
        let composites = filters.composite_filters.as_deref();
        compile(composites, filters.composite_operator)
    }
}

fn compile<C: Composite>(
    composites: Option<&[C]>,
    operator: Option<AllowedOperators>,
) -> Result<Filters, Failure> {
    // No date is asked for, so the time makes no difference.
    let mut compiler = Compiler::new(Asker::Query, Timestamp(0));
    let at = "/Filters/CompositeFilters";
    let nodes = compiler.trend_composites(composites.unwrap_or_default(), at, Depth::Outer);
    compiler.end(Filters(join(operator, nodes)))
}

impl Compiler {
    fn trend_composites<C: Composite>(
        &mut self,
        composites: &[C],
        at: &str,
        depth: Depth,
    ) -> Vec<Node> {
        self.at_most(composites.len(), super::COMPOSITES_MAX, at);
        let compile = |(place, composite): (usize, &C)| {
            self.trend_composite(composite, &format!("{at}/{place}"), depth)
        };
        composites.iter().enumerate().map(compile).collect()
    }

    fn trend_composite<C: Composite>(&mut self, composite: &C, at: &str, depth: Depth) -> Node {
        let filters = composite.texts().unwrap_or_default();
        let read = |compiler: &mut Compiler, filter: &C::Text, at: &str| {
            let (field, filter) = C::text(filter);
            compiler.text_at(field, filter, at)
        };
        let groups = self.groups(filters, &format!("{at}/StringFilters"), read);
        let mut nodes: Vec<Node> = groups.into_iter().map(Node::Text).collect();
        let nested = composite.nested().unwrap_or_default();
        nodes.extend(self.nested(nested, at, depth, Compiler::trend_composites));
        join(composite.operator(), nodes)
    }
}
