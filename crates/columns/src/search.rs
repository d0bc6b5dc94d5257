//! The first rows of an order that meet a plan, and how many there are.

use crate::Key;
use crate::chunk::Chunk;
use crate::columns::Columns;
use crate::first::First;
use crate::mask::Mask;
use crate::order::{Order, Rank, Scalar};
use crate::plan::Plan;
use crate::schema::Kind;
use crate::step::{Guards, Step};

/// A row that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub key: Key,
    /// What it has for each criterion of the order.
    pub scalars: Vec<Scalar>,
}

/// The last row of the page before.
#[derive(Clone, Copy, Debug)]
pub struct After<'a> {
    pub key: &'a Key,
    pub scalars: &'a [Scalar],
}

impl Columns {
    /// The first `limit` rows behind `after`. Ties of the order are broken by key.
    pub fn search(
        &self,
        plan: &Plan<'_>,
        orders: &[Order],
        after: Option<After<'_>>,
        limit: usize,
    ) -> Vec<Hit> {
        let mut fields: Vec<usize> = orders
            .iter()
            .flat_map(|order| order.fields.clone())
            .collect();
        plan.coded_fields(&mut fields);
        let guards = Guards::of(self, &fields);
        let kind_of = |order: &Order| match order.fields.first() {
            Some(field) => self.schema().fields()[*field].kind,
            None => Kind::Date,
        };
        let ranks: Vec<Rank<'_>> = orders
            .iter()
            .map(|order| Rank::of(order, kind_of(order), &guards))
            .collect();
        let mut first = First::new(&ranks, after, limit);
        let step = Step::of(plan, &guards);
        let mut chunks = self.chunks();
        // Later rows mostly have later dates: where the first ones are found first, most others are late.
        if orders.first().is_some_and(|order| order.descending) {
            chunks.reverse();
        }
        for chunk in chunks {
            let chunk = chunk.read();
            let mut mask = chunk.alive.clone();
            if first.prunes_much() {
                first.prune(&chunk, &mut mask);
                if mask.is_empty() {
                    continue;
                }
                step.keep(&chunk, &mut mask);
            } else {
                step.keep_pruned(&chunk, &mut mask, |mask| first.prune(&chunk, mask));
            }
            first.take(&chunk, &mut mask);
        }
        first.into_hits()
    }

    /// How many rows meet a plan.
    pub fn count(&self, plan: &Plan<'_>) -> u64 {
        let mut fields = Vec::new();
        plan.coded_fields(&mut fields);
        let guards = Guards::of(self, &fields);
        let mut count = 0;
        self.each_match(plan, &guards, |_, mask| count += mask.len());
        count
    }

    /// The keys of all rows that meet a plan, in order.
    pub fn keys(&self, plan: &Plan<'_>) -> Vec<Key> {
        let mut fields = Vec::new();
        plan.coded_fields(&mut fields);
        let guards = Guards::of(self, &fields);
        let mut keys = Vec::new();
        self.each_match(plan, &guards, |chunk, mask| {
            mask.each(|row| keys.push(chunk.keys[row]));
        });
        keys.sort_unstable();
        keys
    }

    /// Shows the rows that meet a plan, chunk after chunk.
    pub(crate) fn each_match(
        &self,
        plan: &Plan<'_>,
        guards: &Guards<'_>,
        mut show: impl FnMut(&Chunk, &Mask),
    ) {
        let step = Step::of(plan, guards);
        for chunk in self.chunks() {
            let chunk = chunk.read();
            let mut mask = chunk.alive.clone();
            step.keep(&chunk, &mut mask);
            show(&chunk, &mask);
        }
    }
}
