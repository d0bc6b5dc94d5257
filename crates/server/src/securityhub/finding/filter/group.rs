//! Filters of one field that count together: the positive ones any, the negative ones all.

use balefire_columns::Plan;
use serde_json::Value;

use super::super::path::Path;
use super::{Asker, Compiler, FILTERS_MAX};

/// How filters of one type compare.
pub trait Comparison: Copy + PartialEq + 'static {
    /// Comparisons that do not go together on one field.
    const CONFLICTS: &'static [(Self, &'static [Self])];

    fn wire_name(self) -> &'static str;

    /// Whether it may be asked there.
    fn is_for(self, asker: Asker) -> bool;

    /// Whether its filter refuses what its test passes.
    fn is_negative(self) -> bool;
}

/// What filters of one type ask of a value.
pub trait Test: Sized {
    /// Whether any value there passes one of the tests.
    fn any(tests: &[Self], path: &Path, document: &Value) -> bool;
}

/// One filter that has all its members.
pub struct Filter<C, T> {
    pub field: &'static str,
    pub comparison: C,
    pub test: T,
    /// Where the comparison is in the filter.
    pub comparison_at: &'static str,
}

/// The filters of one type and one field in one composite.
#[derive(Debug)]
pub struct Group<T> {
    path: Path,
    positive: Vec<T>,
    negative: Vec<T>,
}

impl<T: Test> Group<T> {
    /// With an array at the field, a positive test needs one element, a negative one refuses any. A
    /// field that is absent passes negative tests alone.
    pub fn matches(&self, document: &Value) -> bool {
        let any = |tests: &[T]| T::any(tests, &self.path, document);
        (self.positive.is_empty() || any(&self.positive)) && !any(&self.negative)
    }
}

impl<T> Group<T> {
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same question of columns; `any` gives that of some tests, and hears whether they refuse.
    pub fn plan<'g>(&'g self, any: impl Fn(&'g [T], bool) -> Plan<'g>) -> Plan<'g> {
        let negative = (!self.negative.is_empty()).then(|| any(&self.negative, true));
        let negative = negative.map(|plan| Plan::Not(Box::new(plan)));
        let positive = (!self.positive.is_empty()).then(|| any(&self.positive, false));
        Plan::All(positive.into_iter().chain(negative).collect())
    }
}

impl Compiler {
    /// Groups filters by their field, and refuses those that do not go together.
    pub(super) fn groups<F, C: Comparison, T>(
        &mut self,
        filters: &[F],
        at: &str,
        read: impl Fn(&mut Compiler, &F, &str) -> Option<Filter<C, T>>,
    ) -> Vec<Group<T>> {
        self.at_most(filters.len(), FILTERS_MAX, at);
        let mut groups: Vec<(&str, Vec<C>, Group<T>)> = Vec::new();
        for (place, filter) in filters.iter().enumerate() {
            let at = format!("{at}/{place}");
            let Some(filter) = read(self, filter, &at) else {
                continue;
            };
            let known = groups.iter().position(|(field, ..)| *field == filter.field);
            let known = known.unwrap_or_else(|| {
                let group = Group {
                    path: Path::of(filter.field),
                    positive: Vec::new(),
                    negative: Vec::new(),
                };
                groups.push((filter.field, Vec::new(), group));
                groups.len() - 1
            });
            let (_, comparisons, group) = &mut groups[known];
            self.check_asker(filter.comparison, &at);
            self.check_together(comparisons, &filter, &at);
            comparisons.push(filter.comparison);
            match filter.comparison.is_negative() {
                true => group.negative.push(filter.test),
                false => group.positive.push(filter.test),
            }
        }
        groups.into_iter().map(|(.., group)| group).collect()
    }

    fn check_asker<C: Comparison>(&mut self, comparison: C, at: &str) {
        if !comparison.is_for(self.asker) {
            let place = match self.asker {
                Asker::Rule => "an automation rule",
                _ => "a query",
            };
            let rule = format!("Member must not be {} in {place}", comparison.wire_name());
            self.refuse(&format!("{at}/Filter/Comparison"), rule);
        }
    }

    fn check_together<C: Comparison, T>(
        &mut self,
        comparisons: &[C],
        filter: &Filter<C, T>,
        at: &str,
    ) {
        let mut comparisons = comparisons.iter();
        if let Some(known) = comparisons.find(|known| conflict(**known, filter.comparison)) {
            let rule = format!(
                "Member must not be {} where another filter of {} is {}",
                filter.comparison.wire_name(),
                filter.field,
                known.wire_name()
            );
            self.refuse(&format!("{at}/{}", filter.comparison_at), rule);
        }
    }
}

fn conflict<C: Comparison>(a: C, b: C) -> bool {
    C::CONFLICTS
        .iter()
        .any(|(one, others)| *one == a && others.contains(&b) || *one == b && others.contains(&a))
}
