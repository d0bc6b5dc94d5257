//! Criteria over resources: checked by the same rules as filters over findings.

use balefire_api::generated::securityhub::ResourcesCompositeFilter;

use super::{Compiler, Depth};

impl Compiler {
    pub(super) fn resource_composites(
        &mut self,
        composites: &[ResourcesCompositeFilter],
        at: &str,
        depth: Depth,
    ) {
        self.at_most(composites.len(), super::COMPOSITES_MAX, at);
        for (place, composite) in composites.iter().enumerate() {
            self.resource_composite(composite, &format!("{at}/{place}"), depth);
        }
    }

    fn resource_composite(&mut self, composite: &ResourcesCompositeFilter, at: &str, depth: Depth) {
        if let Some(filters) = &composite.string_filters {
            self.groups(
                filters,
                &format!("{at}/StringFilters"),
                |compiler, f, at| {
                    let field = f.field_name.map(|field| field.as_str());
                    compiler.text_at(field, f.filter.as_ref(), at)
                },
            );
        }
        if let Some(filters) = &composite.map_filters {
            self.groups(filters, &format!("{at}/MapFilters"), |compiler, f, at| {
                let field = f.field_name.map(|field| field.as_str());
                compiler.map_at(field, f.filter.as_ref(), at)
            });
        }
        if let Some(filters) = &composite.number_filters {
            self.each(
                filters,
                &format!("{at}/NumberFilters"),
                |compiler, f, at| {
                    let field = f.field_name.map(|field| field.as_str());
                    compiler.number_at(field, f.filter.as_ref(), at)
                },
            );
        }
        if let Some(filters) = &composite.date_filters {
            self.each(filters, &format!("{at}/DateFilters"), |compiler, f, at| {
                let field = f.field_name.map(|field| field.as_str());
                compiler.date_at(field, f.filter.as_ref(), at)
            });
        }
        let nested = composite.nested_composite_filters.as_deref();
        let nested = nested.unwrap_or_default();
        let at = format!("{at}/NestedCompositeFilters");
        match depth {
            Depth::Nested => self.at_most(nested.len(), 0, &at),
            Depth::Outer => self.resource_composites(nested, &at, Depth::Nested),
        }
    }
}
