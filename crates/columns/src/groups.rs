//! How many rows have each value of a field.

use std::cmp::Ordering;

use crate::columns::Columns;
use crate::dictionary::{Code, Dictionary, Spare, number_of, text_of};
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
        let mut largest = Largest {
            dictionary,
            smallest_first,
            limit,
            groups: Vec::new(),
            is_cut: false,
        };
        let mut spare = Spare::default();
        for code in (1..counts.len()).rev() {
            let count = counts[code];
            match dictionary.members(code as Code) {
                _ if count == 0 => {}
                None => largest.offer(code as Code, count, &mut spare),
                // Its members have lower codes and come later.
                Some(members) => members.iter().for_each(|m| counts[m as usize] += count),
            }
        }
        let kind = self.schema().fields()[field].kind;
        let group = |(count, bytes): (u32, Box<[u8]>)| Group {
            value: match kind {
                Kind::Number => Scalar::Number(number_of(&bytes)),
                _ => Scalar::Text(text_of(&bytes).to_owned()),
            },
            count: count.into(),
        };
        largest.into_groups().into_iter().map(group).collect()
    }
}

/// The groups that are wanted of all that are offered.
struct Largest<'d> {
    dictionary: &'d Dictionary,
    smallest_first: bool,
    limit: usize,
    /// Counts and values; up to twice as many as are wanted: they are sorted and cut when it is full.
    groups: Vec<(u32, Box<[u8]>)>,
    /// Whether those before `limit` are the first of all so far, in order.
    is_cut: bool,
}

impl Largest<'_> {
    fn offer(&mut self, code: Code, count: u32, spare: &mut Spare) {
        let last = self.limit.checked_sub(1);
        let worst = last.and_then(|last| self.groups.get(last).filter(|_| self.is_cut));
        let by_count = worst.map(|worst| by_count(count, worst.0, self.smallest_first));
        if by_count == Some(Ordering::Greater) {
            return;
        }
        let bytes = self.dictionary.value_in(code, spare);
        if by_count == Some(Ordering::Equal) && worst.is_some_and(|worst| *worst.1 < *bytes) {
            return;
        }
        self.groups.push((count, bytes.into()));
        if self.groups.len() >= self.limit.max(32).saturating_mul(2) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        let smallest_first = self.smallest_first;
        self.groups.sort_unstable_by(|(one, a), (other, b)| {
            by_count(*one, *other, smallest_first).then_with(|| a.cmp(b))
        });
        self.groups.truncate(self.limit);
        self.is_cut = self.groups.len() == self.limit;
    }

    fn into_groups(mut self) -> Vec<(u32, Box<[u8]>)> {
        self.cut();
        self.groups
    }
}

fn by_count(one: u32, other: u32, smallest_first: bool) -> Ordering {
    match smallest_first {
        true => one.cmp(&other),
        false => other.cmp(&one),
    }
}
