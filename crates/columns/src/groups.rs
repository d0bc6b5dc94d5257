//! How many rows have each value of a field.

use crate::columns::Columns;
use crate::dictionary::{Code, Entry, MISSING, number_of, text_of};
use crate::order::Scalar;
use crate::plan::Plan;
use crate::schema::Kind;
use crate::step::Guards;

/// A value and how many rows have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub value: Scalar,
    pub count: u64,
}

impl Columns {
    /// The largest groups of the rows that meet a plan, or the smallest; of equal ones, by value. A row
    /// counts once for each value that it has, and not where it has none. Fields of dates have no groups.
    pub fn groups(
        &self,
        plan: &Plan<'_>,
        field: usize,
        smallest_first: bool,
        limit: usize,
    ) -> Vec<Group> {
        let mut fields = vec![field];
        plan.coded_fields(&mut fields);
        let guards = Guards::of(self, &fields);
        let Some(dictionary) = guards.get(field) else {
            return Vec::new();
        };
        let mut counts = vec![0_u32; dictionary.len() + 1];
        self.each_match(plan, &guards, |chunk, mask| {
            if let Some(codes) = chunk.codes(field) {
                codes.count(mask, &mut counts);
            }
        });
        let mut of_values: Vec<(Code, u32)> = Vec::new();
        for code in (1..counts.len()).rev() {
            let count = counts[code];
            match dictionary.entry(code as Code) {
                _ if count == 0 => {}
                Entry::Value(_) => of_values.push((code as Code, count)),
                // Its members have lower codes and come later.
                Entry::Set(members) => members.iter().for_each(|m| counts[m as usize] += count),
            }
        }
        let bytes = |code: Code| match dictionary.entry(code) {
            Entry::Value(bytes) => bytes,
            Entry::Set(_) => &[],
        };
        of_values.sort_unstable_by(|(a, fewer), (b, more)| {
            let by_count = if smallest_first {
                fewer.cmp(more)
            } else {
                more.cmp(fewer)
            };
            by_count.then_with(|| bytes(*a).cmp(bytes(*b)))
        });
        of_values.truncate(limit);
        let kind = self.schema().fields()[field].kind;
        let group = |(code, count): (Code, u32)| Group {
            value: match kind {
                _ if code == MISSING => Scalar::Missing,
                Kind::Number => Scalar::Number(number_of(bytes(code))),
                _ => Scalar::Text(text_of(bytes(code)).to_owned()),
            },
            count: count.into(),
        };
        of_values.into_iter().map(group).collect()
    }
}
