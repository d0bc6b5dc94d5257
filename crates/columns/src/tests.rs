//! Columns against a plain evaluation of the same rows, on random rows, changes and questions.
//!
//! In tests chunks and the bounds of dictionaries are small, so that every way through the code is taken.

mod full_chunks;
mod large_dictionaries;
mod snapshot;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use proptest::prelude::*;

use self::full_chunks::pages;
use crate::{Columns, Key, Kind, Order, Patch, Plan, Row, Scalar, Schema};

const FIELDS: [(&str, Kind); 6] = [
    ("few", Kind::Text),
    ("many", Kind::Text),
    ("number", Kind::Number),
    ("date", Kind::Date),
    ("other date", Kind::Date),
    ("copy of few", Kind::Text),
];
const FEW: usize = 0;
const MANY: usize = 1;
const NUMBER: usize = 2;
const DATE: usize = 3;
const OTHER_DATE: usize = 4;
const COPY: usize = 5;

/// The values of a row, by field.
#[derive(Clone, Debug, Default, PartialEq)]
struct Plain {
    texts: [Vec<String>; 2],
    numbers: Vec<f64>,
    dates: [Vec<i64>; 2],
    copy: Vec<String>,
}

#[derive(Clone, Debug)]
enum Change {
    Put(u8, Plain),
    SetFew(u8, Option<String>),
    SetNumber(u8, f64),
    CopyFew(u8),
    /// Two patches of which the second sees the first.
    SetAndCopyFew(u8, Option<String>),
    /// A row that was patched on its way.
    PutCopied(u8, Plain, Option<String>),
    Remove(u8),
    /// They are saved and loaded.
    Reload,
}

/// A question that both sides can be asked.
#[derive(Clone, Debug)]
enum Question {
    All(Vec<Question>),
    Any(Vec<Question>),
    Not(Box<Question>),
    OneOf(usize, Vec<String>),
    Prefix(usize, String),
    Contains(usize, String),
    AtLeast(f64),
    Between(usize, i64, i64),
    Missing(usize),
}

fn schema() -> Schema {
    let mut schema = Schema::default();
    for (place, (name, kind)) in FIELDS.into_iter().enumerate() {
        assert_eq!(schema.add(name, kind), place);
    }
    schema
}

fn key(number: u8) -> Key {
    let mut key = [0; 24];
    key[23] = number;
    key
}

fn plain() -> impl Strategy<Value = Plain> {
    let few = prop::collection::vec("[ab]", 0..3);
    let many = prop::collection::vec("[a-c]{7,10}", 0..3);
    let numbers = prop::collection::vec((-4..4_i32).prop_map(|n| f64::from(n) / 2.0), 0..3);
    let dates = || prop::collection::vec(-3..3_i64, 0..3);
    (few, many, numbers, dates(), dates()).prop_map(|(few, many, numbers, one, other)| Plain {
        texts: [few, many],
        numbers,
        dates: [one, other],
        copy: Vec::new(),
    })
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => (any::<u8>(), plain()).prop_map(|(row, plain)| Change::Put(row, plain)),
        1 => (any::<u8>(), prop::option::of("[abc]")).prop_map(|(row, t)| Change::SetFew(row, t)),
        1 => (any::<u8>(), -4..4_i32).prop_map(|(row, n)| Change::SetNumber(row, n.into())),
        1 => any::<u8>().prop_map(Change::CopyFew),
        1 => (any::<u8>(), prop::option::of("[abc]"))
            .prop_map(|(row, t)| Change::SetAndCopyFew(row, t)),
        2 => (any::<u8>(), plain(), prop::option::of("[abc]"))
            .prop_map(|(row, plain, t)| Change::PutCopied(row, plain, t)),
        1 => any::<u8>().prop_map(Change::Remove),
        1 => Just(Change::Reload),
    ]
}

fn question() -> impl Strategy<Value = Question> {
    let text_field = prop::sample::select(vec![FEW, MANY, COPY]);
    let leaf = prop_oneof![
        (text_field.clone(), prop::collection::vec("[abc]", 0..6))
            .prop_map(|(field, texts)| Question::OneOf(field, texts)),
        (text_field.clone(), "[a-c]{0,2}").prop_map(|(field, text)| Question::Prefix(field, text)),
        (text_field, "[a-c]{0,2}").prop_map(|(field, text)| Question::Contains(field, text)),
        (-4..4_i32).prop_map(|n| Question::AtLeast(f64::from(n) / 2.0)),
        (
            prop::sample::select(vec![DATE, OTHER_DATE]),
            -3..3_i64,
            -3..3_i64
        )
            .prop_map(|(field, from, to)| Question::Between(field, from, to)),
        prop::sample::select(vec![FEW, MANY, NUMBER, DATE]).prop_map(Question::Missing),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Question::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Question::Any),
            inner.prop_map(|inner| Question::Not(Box::new(inner))),
        ]
    })
}

fn orders() -> impl Strategy<Value = Vec<Order>> {
    let fields = prop::sample::select(vec![
        vec![FEW],
        vec![MANY],
        vec![NUMBER],
        vec![DATE],
        vec![OTHER_DATE, DATE],
    ]);
    let order = (fields, any::<bool>());
    let order = order.prop_map(|(fields, descending)| Order { fields, descending });
    prop::collection::vec(order, 0..3)
}

impl Plain {
    fn texts(&self, field: usize) -> &[String] {
        if field == COPY {
            &self.copy
        } else {
            &self.texts[field]
        }
    }

    fn meets(&self, question: &Question) -> bool {
        match question {
            Question::All(all) => all.iter().all(|one| self.meets(one)),
            Question::Any(any) => any.iter().any(|one| self.meets(one)),
            Question::Not(one) => !self.meets(one),
            Question::OneOf(field, texts) => {
                self.texts(*field).iter().any(|text| texts.contains(text))
            }
            Question::Contains(field, part) => {
                self.texts(*field).iter().any(|text| text.contains(part))
            }
            Question::Prefix(field, prefix) => self
                .texts(*field)
                .iter()
                .any(|text| text.starts_with(prefix)),
            Question::AtLeast(least) => self.numbers.iter().any(|number| number >= least),
            Question::Between(field, from, to) => self.dates[field - DATE]
                .iter()
                .any(|ms| (*from..=*to).contains(ms)),
            Question::Missing(NUMBER) => self.numbers.is_empty(),
            Question::Missing(field @ (DATE | OTHER_DATE)) => self.dates[field - DATE].is_empty(),
            Question::Missing(field) => self.texts(*field).is_empty(),
        }
    }

    /// The value that counts in an order; `None` where there is none.
    fn first(&self, order: &Order) -> Scalar {
        let first_of = |field: usize| {
            let mut scalars: Vec<Scalar> = match field {
                DATE | OTHER_DATE => self.dates[field - DATE]
                    .iter()
                    .map(|ms| Scalar::Date(*ms))
                    .collect(),
                NUMBER => self.numbers.iter().map(|n| Scalar::Number(*n)).collect(),
                field => self
                    .texts(field)
                    .iter()
                    .cloned()
                    .map(Scalar::Text)
                    .collect(),
            };
            scalars.sort_by(|a, b| compare_scalars(a, b, order.descending));
            scalars.into_iter().next()
        };
        let mut found = order.fields.iter().filter_map(|field| first_of(*field));
        found.next().unwrap_or(Scalar::Missing)
    }
}

fn compare_scalars(a: &Scalar, b: &Scalar, descending: bool) -> Ordering {
    let order = match (a, b) {
        (Scalar::Missing, Scalar::Missing) => return Ordering::Equal,
        (Scalar::Missing, _) => return Ordering::Greater,
        (_, Scalar::Missing) => return Ordering::Less,
        (Scalar::Date(a), Scalar::Date(b)) => a.cmp(b),
        (Scalar::Number(a), Scalar::Number(b)) => a.total_cmp(b),
        (Scalar::Text(a), Scalar::Text(b)) => a.cmp(b),
        _ => unreachable!("values of one field are of one kind"),
    };
    if descending { order.reverse() } else { order }
}

fn plan(question: &Question) -> Plan<'_> {
    match question {
        Question::All(all) => Plan::All(all.iter().map(plan).collect()),
        Question::Any(any) => Plan::Any(any.iter().map(plan).collect()),
        Question::Not(one) => Plan::Not(Box::new(plan(one))),
        Question::OneOf(field, texts) => Plan::OneOf {
            field: *field,
            texts: texts.iter().map(String::as_str).collect(),
        },
        Question::Prefix(field, prefix) => Plan::Prefix {
            field: *field,
            texts: vec![prefix],
        },
        Question::Contains(field, part) => Plan::Text {
            field: *field,
            passes: Box::new(move |text| text.contains(part.as_str())),
        },
        Question::AtLeast(least) => Plan::Number {
            field: NUMBER,
            passes: Box::new(move |number| number >= *least),
        },
        Question::Between(field, from_ms, to_ms) => Plan::Between {
            field: *field,
            from_ms: *from_ms,
            to_ms: *to_ms,
        },
        Question::Missing(field) => Plan::Missing { field: *field },
    }
}

/// Both sides after the same changes.
fn made(changes: &[Change]) -> (Columns, BTreeMap<Key, Plain>) {
    let mut columns = Columns::new(schema());
    let mut rows: BTreeMap<Key, Plain> = BTreeMap::new();
    let mut row = Row::default();
    for change in changes {
        match change {
            Change::Put(number, plain) => {
                row.clear();
                fill(&mut row, plain);
                columns.put(&key(*number), &mut row);
                rows.insert(key(*number), plain.clone());
            }
            Change::SetFew(number, text) => {
                let patch = text.as_deref().map_or(Patch::Missing, Patch::Text);
                let is_there = columns.patch(&key(*number), &[(FEW, patch)]);
                let plain = rows.get_mut(&key(*number));
                assert_eq!(is_there, plain.is_some());
                if let Some(plain) = plain {
                    plain.texts[0] = text.iter().cloned().collect();
                }
            }
            Change::SetNumber(number, value) => {
                columns.patch(&key(*number), &[(NUMBER, Patch::Number(*value))]);
                if let Some(plain) = rows.get_mut(&key(*number)) {
                    plain.numbers = vec![*value];
                }
            }
            Change::CopyFew(number) => {
                columns.patch(&key(*number), &[(COPY, Patch::Copy(FEW))]);
                if let Some(plain) = rows.get_mut(&key(*number)) {
                    plain.copy = plain.texts[0].clone();
                }
            }
            Change::SetAndCopyFew(number, text) => {
                let patch = text.as_deref().map_or(Patch::Missing, Patch::Text);
                columns.patch(&key(*number), &[(FEW, patch), (COPY, Patch::Copy(FEW))]);
                if let Some(plain) = rows.get_mut(&key(*number)) {
                    plain.texts[0] = text.iter().cloned().collect();
                    plain.copy = plain.texts[0].clone();
                }
            }
            Change::PutCopied(number, plain, text) => {
                row.clear();
                fill(&mut row, plain);
                let patch = text.as_deref().map_or(Patch::Missing, Patch::Text);
                row.patch(&[(COPY, Patch::Copy(FEW)), (FEW, patch)]);
                columns.put(&key(*number), &mut row);
                let mut plain = plain.clone();
                plain.copy = std::mem::replace(&mut plain.texts[0], text.iter().cloned().collect());
                rows.insert(key(*number), plain);
            }
            Change::Remove(number) => {
                assert_eq!(
                    columns.remove(&key(*number)),
                    rows.remove(&key(*number)).is_some()
                );
            }
            Change::Reload => columns = snapshot::loaded(&snapshot::saved(&columns)).unwrap(),
        }
    }
    assert_eq!(columns.len(), rows.len());
    (columns, rows)
}

fn fill(row: &mut Row, plain: &Plain) {
    for (field, texts) in plain.texts.iter().enumerate() {
        texts.iter().for_each(|text| row.add_text(field, text));
    }
    plain
        .numbers
        .iter()
        .for_each(|number| row.add_number(NUMBER, *number));
    for (place, dates) in plain.dates.iter().enumerate() {
        dates.iter().for_each(|ms| row.add_date(DATE + place, *ms));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn pages_are_those_of_sorting_all_that_match(
        changes in prop::collection::vec(change(), 0..300),
        question in question(),
        orders in orders(),
        limit in 1..40_usize,
    ) {
        let (columns, rows) = made(&changes);
        let plan = plan(&question);
        let mut expected: Vec<(Vec<Scalar>, Key)> = rows
            .iter()
            .filter(|(_, plain)| plain.meets(&question))
            .map(|(key, plain)| (orders.iter().map(|order| plain.first(order)).collect(), *key))
            .collect();
        expected.sort_by(|(a, a_key), (b, b_key)| {
            let each = orders.iter().zip(a.iter().zip(b));
            let mut each = each.map(|(order, (a, b))| compare_scalars(a, b, order.descending));
            let order = each.find(|order| order.is_ne());
            order.unwrap_or_else(|| a_key.cmp(b_key))
        });
        prop_assert_eq!(columns.count(&plan), expected.len() as u64);
        let mut keys: Vec<Key> = expected.iter().map(|(_, key)| *key).collect();
        keys.sort_unstable();
        prop_assert_eq!(columns.keys(&plan), keys);
        let found = pages(&columns, &plan, &orders, limit);
        let found: Vec<(Vec<Scalar>, Key)> =
            found.into_iter().map(|hit| (hit.scalars, hit.key)).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn groups_are_those_of_counting_all_that_match(
        changes in prop::collection::vec(change(), 0..300),
        question in question(),
        field in prop::sample::select(vec![FEW, MANY, COPY]),
        smallest_first: bool,
        limit in 1..12_usize,
    ) {
        let (columns, rows) = made(&changes);
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for plain in rows.values().filter(|plain| plain.meets(&question)) {
            let mut values: Vec<&str> = plain.texts(field).iter().map(String::as_str).collect();
            values.sort_unstable();
            values.dedup();
            values.into_iter().for_each(|value| *counts.entry(value).or_default() += 1);
        }
        let mut expected: Vec<(&str, u64)> = counts.into_iter().collect();
        expected.sort_by_key(|(_, count)| if smallest_first { *count as i64 } else { -(*count as i64) });
        expected.truncate(limit);
        let groups = columns.groups(&plan(&question), field, smallest_first, limit);
        let found: Vec<(Scalar, u64)> = groups.into_iter().map(|g| (g.value, g.count)).collect();
        let expected: Vec<(Scalar, u64)> =
            expected.into_iter().map(|(v, n)| (Scalar::Text(v.to_owned()), n)).collect();
        prop_assert_eq!(found, expected);
    }
}
