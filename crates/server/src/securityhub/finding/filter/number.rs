//! Number filters: bounds that one value must keep together.

use balefire_api::generated::securityhub::{NumberFilter, OcsfNumberFilter};
use serde_json::Value;

use super::super::path::Path;
use super::{Compiler, Node};

#[derive(Debug)]
pub struct Bounds {
    path: Path,
    filter: NumberFilter,
}

impl Bounds {
    /// Of several values at the field, one must keep all bounds by itself.
    pub fn matches(&self, document: &Value) -> bool {
        let NumberFilter {
            eq,
            gt,
            gte,
            lt,
            lte,
        } = self.filter;
        self.path.any_number(document, |number| {
            eq.is_none_or(|bound| number == bound)
                && gt.is_none_or(|bound| number > bound)
                && gte.is_none_or(|bound| number >= bound)
                && lt.is_none_or(|bound| number < bound)
                && lte.is_none_or(|bound| number <= bound)
        })
    }
}

impl Compiler {
    pub(super) fn number(&mut self, filter: &OcsfNumberFilter, at: &str) -> Option<Node> {
        let field = self.required(filter.field_name.as_ref(), at, "FieldName");
        let inner = self.required(filter.filter.as_ref(), at, "Filter")?;
        let at = format!("{at}/Filter");
        self.bounds(Path::of(field?.as_str()), inner, &at)
    }

    pub(super) fn bounds(&mut self, path: Path, inner: &NumberFilter, at: &str) -> Option<Node> {
        let bounds = [inner.eq, inner.gt, inner.gte, inner.lt, inner.lte];
        if bounds.iter().all(Option::is_none) {
            self.refuse(at, "Member must have one of Eq, Gt, Gte, Lt and Lte");
        }
        if bounds.iter().flatten().any(|bound| bound.is_nan()) {
            self.refuse(at, "Member must have numbers, not NaN");
        }
        Some(Node::Number(Bounds {
            path,
            filter: inner.clone(),
        }))
    }
}
