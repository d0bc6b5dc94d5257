//! Date filters: between two instants, or by age in days.

use balefire_api::generated::securityhub::{
    DateFilter, DateRange, DateRangeComparison, OcsfDateFilter,
};
use serde_json::Value;

use super::super::path::{self, Path};
use super::{Compiler, Node};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Inclusive bounds in milliseconds.
#[derive(Debug)]
pub struct Span {
    pub path: Path,
    pub from_ms: i64,
    pub to_ms: i64,
}

impl Span {
    pub fn matches(&self, document: &Value) -> bool {
        let span = self.from_ms..=self.to_ms;
        self.path.any_time_ms(document, |ms| span.contains(&ms))
    }
}

impl Compiler {
    pub(super) fn date(&mut self, filter: &OcsfDateFilter, at: &str) -> Option<Node> {
        let field = filter.field_name.map(|field| field.as_str());
        self.date_at(field, filter.filter.as_ref(), at)
    }

    pub(super) fn date_at(
        &mut self,
        field: Option<&'static str>,
        filter: Option<&DateFilter>,
        at: &str,
    ) -> Option<Node> {
        let field = self.required(field.as_ref(), at, "FieldName");
        let inner = self.required(filter, at, "Filter")?;
        let at = format!("{at}/Filter");
        self.span(Path::of(field?), inner, &at)
    }

    pub(super) fn span(&mut self, path: Path, inner: &DateFilter, at: &str) -> Option<Node> {
        let bounds = match inner {
            DateFilter {
                date_range: Some(range),
                start: None,
                end: None,
            } => self.range(range, at),
            DateFilter {
                date_range: None,
                start,
                end,
            } if start.is_some() || end.is_some() => {
                self.between(start.as_deref(), end.as_deref(), at)
            }
            _ => {
                self.refuse(
                    at,
                    "Member must have either DateRange, or Start, End or both",
                );
                None
            }
        };
        let (from_ms, to_ms) = bounds?;
        Some(Node::Date(Span {
            path,
            from_ms,
            to_ms,
        }))
    }

    /// `WITHIN` has no upper bound: a provider's clock may be ahead of ours.
    fn range(&mut self, range: &DateRange, at: &str) -> Option<(i64, i64)> {
        let days = *self.required(range.value.as_ref(), at, "DateRange/Value")?;
        if days < 0 {
            let at = format!("{at}/DateRange/Value");
            self.refuse(&at, "Member must be a number of days, 0 or more");
            return None;
        }
        let edge_ms = self.now_ms.saturating_sub(i64::from(days) * DAY_MS);
        match range.comparison {
            Some(DateRangeComparison::OlderThan) => Some((i64::MIN, edge_ms - 1)),
            Some(DateRangeComparison::Within) | None => Some((edge_ms, i64::MAX)),
        }
    }

    fn between(&mut self, start: Option<&str>, end: Option<&str>, at: &str) -> Option<(i64, i64)> {
        let mut bound = |text: Option<&str>, name: &str, open: i64| match text {
            None => Some(open),
            Some(text) => {
                let ms = path::instant_ms(text);
                if ms.is_none() {
                    let rule =
                        "Member must be an RFC 3339 date and time, such as 2026-01-31T09:00:00Z";
                    self.refuse(&format!("{at}/{name}"), rule);
                }
                ms
            }
        };
        let from_ms = bound(start, "Start", i64::MIN);
        let to_ms = bound(end, "End", i64::MAX);
        let (from_ms, to_ms) = (from_ms?, to_ms?);
        if from_ms > to_ms {
            self.refuse(&format!("{at}/Start"), "Member must not be after End");
        }
        Some((from_ms, to_ms))
    }
}
