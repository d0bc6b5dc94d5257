//! Pages over full chunks, which know the order of their keys and between which dates theirs lie.

use proptest::prelude::*;

use super::snapshot::{loaded, saved};
use super::{DATE, FEW, OTHER_DATE, schema};
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

fn put_dated(columns: &Columns, number: u32, date: Option<i64>) {
    let mut row = Row::default();
    date.into_iter().for_each(|ms| row.add_date(DATE, ms));
    columns.put(&key(number), &mut row);
}

/// The hits of all pages, one after the other.
pub fn pages(columns: &Columns, plan: &Plan<'_>, orders: &[Order], limit: usize) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    loop {
        let after = hits
            .last()
            .map(|Hit { key, scalars }| After { key, scalars });
        let page = columns.search(plan, orders, after, limit);
        assert!(page.len() <= limit);
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
        is_reloaded: bool,
    ) {
        let mut columns = Columns::new(schema());
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
        if is_reloaded {
            columns = loaded(&saved(&columns)).unwrap();
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

    #[test]
    fn dates_that_follow_the_chunks_are_found_in_their_order(
        gaps in prop::collection::btree_set(0..ROWS, 0..4),
        moved in prop::collection::btree_map(0..ROWS, 0..ROWS, 0..4),
        descending: bool,
        limit in 1..30_usize,
        from in 0..ROWS,
        span in 0..ROWS,
        is_reloaded: bool,
    ) {
        let mut columns = Columns::new(schema());
        let date_of = |number: u32| {
            let date = moved.get(&number).copied().unwrap_or(number);
            (!gaps.contains(&number)).then_some(i64::from(date))
        };
        // First each row has the date of its place, so that rows that get another one change.
        for number in 0..ROWS {
            put_dated(&columns, number, Some(i64::from(number)));
        }
        for number in gaps.iter().chain(moved.keys()) {
            put_dated(&columns, *number, date_of(*number));
        }
        if is_reloaded {
            columns = loaded(&saved(&columns)).unwrap();
        }
        let mut dated: Vec<(i64, Key)> = (0..ROWS)
            .filter_map(|number| Some((date_of(number)?, key(number))))
            .collect();
        dated.sort_by(|(a, a_key), (b, b_key)| {
            let order = if descending { b.cmp(a) } else { a.cmp(b) };
            order.then(a_key.cmp(b_key))
        });
        let mut undated: Vec<Key> = gaps.iter().copied().map(key).collect();
        undated.sort_unstable();
        prop_assert_eq!(columns.keys(&Plan::Missing { field: DATE }), undated.clone());
        let (from_ms, to_ms) = (i64::from(from), i64::from(from + span));
        let between = Plan::Between { field: DATE, from_ms, to_ms };
        let within = dated.iter().filter(|(ms, _)| (from_ms..=to_ms).contains(ms));
        prop_assert_eq!(columns.count(&between), within.count() as u64);
        let orders = [Order { fields: vec![OTHER_DATE, DATE], descending }];
        let found = pages(&columns, &Plan::All(Vec::new()), &orders, limit);
        let dated = dated.into_iter().map(|(ms, key)| (Scalar::Date(ms), key));
        let expected: Vec<(Scalar, Key)> = dated
            .chain(undated.into_iter().map(|key| (Scalar::Missing, key)))
            .collect();
        let found: Vec<(Scalar, Key)> = found
            .into_iter()
            .map(|mut hit| (hit.scalars.remove(0), hit.key))
            .collect();
        prop_assert_eq!(found, expected);
    }
}
