//! Pages of rows that mostly tie at the first place, over full chunks, whose keys are followed in order.

use proptest::prelude::*;

use super::{FEW, schema};
use crate::{After, Columns, Hit, Key, Order, Plan, Row, Scalar};

const FULL_CHUNKS: u32 = 3;
const ROWS: u32 = FULL_CHUNKS * crate::mask::CHUNK_ROWS as u32 + 40;

/// Keys come in no order, as hashes do.
fn key(number: u32) -> Key {
    let mut key = [0; 24];
    key[8..12].copy_from_slice(&number.wrapping_mul(0x9e37_79b1).to_be_bytes());
    key
}

fn put(columns: &Columns, number: u32, few: &str) {
    let mut row = Row::default();
    row.add_text(FEW, few);
    columns.put(&key(number), &mut row);
}

/// All pages, one after the other.
fn pages(columns: &Columns, plan: &Plan<'_>, orders: &[Order], limit: usize) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    loop {
        let after = hits
            .last()
            .map(|Hit { key, scalars }| After { key, scalars });
        let page = columns.search(plan, orders, after, limit);
        let is_last = page.len() < limit;
        hits.extend(page);
        if is_last {
            return hits;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn pages_are_in_the_order_of_keys(
        values in prop::collection::vec("[aaab]", ROWS as usize),
        descending: bool,
        limit in 1..30_usize,
        moved in prop::option::of(0..ROWS),
    ) {
        let columns = Columns::new(schema());
        let mut rows: Vec<(Key, &str)> = Vec::new();
        for (number, few) in (0..).zip(&values) {
            put(&columns, number, few);
            rows.push((key(number), few));
        }
        // In one place another row comes, and its chunk has no order of keys any more.
        if let Some(number) = moved {
            columns.remove(&key(number));
            put(&columns, ROWS, "a");
            rows[number as usize] = (key(ROWS), "a");
        }
        rows.sort_by(|(a_key, a), (b_key, b)| {
            let order = if descending { b.cmp(a) } else { a.cmp(b) };
            order.then(a_key.cmp(b_key))
        });
        let orders = [Order { fields: vec![FEW], descending }];
        for texts in [vec!["a", "b"], vec!["a"]] {
            let of = |few: &str| Scalar::Text(few.to_owned());
            let expected = rows.iter().filter(|(_, few)| texts.contains(few));
            let expected: Vec<Hit> = expected
                .map(|(key, few)| Hit { key: *key, scalars: vec![of(few)] })
                .collect();
            let plan = Plan::OneOf { field: FEW, texts };
            prop_assert_eq!(pages(&columns, &plan, &orders, limit), expected);
        }
    }
}
