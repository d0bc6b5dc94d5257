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
        self.path.any_number(document, |number| self.holds(number))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn holds(&self, number: f64) -> bool {
        let NumberFilter {
            eq,
            gt,
            gte,
            lt,
            lte,
        } = self.filter;
        eq.is_none_or(|bound| number == bound)
            && gt.is_none_or(|bound| number > bound)
            && gte.is_none_or(|bound| number >= bound)
            && lt.is_none_or(|bound| number < bound)
            && lte.is_none_or(|bound| number <= bound)
    }
}

impl Compiler {
    pub(super) fn number(&mut self, filter: &OcsfNumberFilter, at: &str) -> Option<Node> {
        let field = filter.field_name.map(|field| field.as_str());
        self.number_at(field, filter.filter.as_ref(), at)
    }

    pub(super) fn number_at(
        &mut self,
        field: Option<&'static str>,
        filter: Option<&NumberFilter>,
        at: &str,
    ) -> Option<Node> {
        let field = self.required(field.as_ref(), at, "FieldName");
        let inner = self.required(filter, at, "Filter")?;
        self.bounds(Path::of(field?), inner, &format!("{at}/Filter"))
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
