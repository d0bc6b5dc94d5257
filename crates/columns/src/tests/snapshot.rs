//! Snapshots: what was saved comes back, and other bytes do no harm.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{TestCaseResult, TestRunner};

use super::*;
use crate::mask::CHUNK_ROWS;
use crate::{After, LoadError};

pub fn saved(columns: &Columns) -> Vec<u8> {
    let mut bytes = Vec::new();
    columns.save(&mut bytes).expect("memory takes all");
    bytes
}

pub fn loaded(bytes: &[u8]) -> Result<Columns, LoadError> {
    Columns::load(schema(), bytes, bytes.len() as u64)
}

/// Something that happens to a file.
#[derive(Clone, Debug)]
enum Damage {
    Set(Index, u8),
    Number(Index, u64),
    Cut(Index),
    Leave(Index, u8),
    Insert(Index, Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    let numbers = prop::sample::select(vec![0, 1, 2, 127, 129, 1 << 16, 1 << 40, u64::MAX]);
    prop_oneof![
        6 => any::<(Index, u8)>().prop_map(|(at, byte)| Damage::Set(at, byte)),
        3 => (any::<Index>(), numbers).prop_map(|(at, number)| Damage::Number(at, number)),
        1 => any::<Index>().prop_map(Damage::Cut),
        2 => any::<(Index, u8)>().prop_map(|(at, count)| Damage::Leave(at, count)),
        2 => (any::<Index>(), prop::collection::vec(any::<u8>(), 1..9))
            .prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
    ]
}

fn damaged(bytes: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for damage in damages.iter() {
        if bytes.is_empty() {
            break;
        }
        let len = bytes.len();
        match damage {
            Damage::Set(at, byte) => bytes[at.index(len)] = *byte,
            Damage::Number(at, number) => {
                let number = number.to_le_bytes().into_iter();
                let places = bytes[at.index(len)..].iter_mut();
                places.zip(number).for_each(|(place, byte)| *place = byte);
            }
            Damage::Cut(at) => bytes.truncate(at.index(len)),
            Damage::Leave(at, count) => {
                let start = at.index(len);
                bytes.drain(start..len.min(start + usize::from(*count)));
            }
            Damage::Insert(at, more) => {
                let at = at.index(len);
                bytes.splice(at..at, more.iter().copied());
            }
        }
    }
    bytes
}

/// With the checksum that these bytes have.
fn summed(mut body: Vec<u8>) -> Vec<u8> {
    body.extend(crc32fast::hash(&body).to_le_bytes());
    body
}

/// Without the checksum.
fn body_of(columns: &Columns) -> Vec<u8> {
    let mut bytes = saved(columns);
    bytes.truncate(bytes.len() - 4);
    bytes
}

/// Asks and changes columns, whatever is in them.
fn exercise(columns: &Columns, question: &Question, orders: &[Order], row: &Plain) {
    let plan = plan(question);
    let count = columns.count(&plan);
    let hits = columns.search(&plan, orders, None, 1000);
    assert_eq!(hits.len() as u64, count.min(1000));
    if let Some(hit) = hits.first() {
        let after = After {
            key: &hit.key,
            scalars: &hit.scalars,
        };
        columns.search(&plan, orders, Some(after), 3);
    }
    for field in [FEW, MANY, NUMBER, COPY] {
        columns.groups(&plan, field, true, 10);
    }
    let mut filled = Row::default();
    fill(&mut filled, row);
    for number in 0..=u8::MAX {
        columns.put(&key(number), &mut filled);
        columns.patch(&key(number), &[(COPY, Patch::Copy(FEW))]);
    }
    columns.remove(&key(7));
    assert!(columns.memory() > 0 && columns.len() >= 255);
    assert_eq!(loaded(&saved(columns)).unwrap().len(), columns.len());
}

type Case = (Vec<Change>, Vec<Damage>, Question, Vec<Order>, Plain);

fn case() -> impl Strategy<Value = Case> {
    (
        prop::collection::vec(change(), 0..200),
        prop::collection::vec(damage(), 1..4),
        question(),
        orders(),
        plain(),
    )
}

fn other_bytes_do_no_harm((changes, damages, question, orders, row): Case) -> TestCaseResult {
    let (columns, _) = made(&changes);
    let bytes = saved(&columns);
    let other = damaged(&bytes, &damages);
    prop_assert!(other == bytes || loaded(&other).is_err());
    if let Ok(columns) = loaded(&summed(damaged(&body_of(&columns), &damages))) {
        exercise(&columns, &question, &orders, &row);
    }
    exercise(&loaded(&bytes).unwrap(), &question, &orders, &row);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn other_bytes_are_refused_or_are_other_rows(case in case()) {
        other_bytes_do_no_harm(case)?;
    }
}

/// `BALEFIRE_FUZZ_CASES=1000000 cargo test --release -p balefire-columns -- --ignored`
#[test]
#[ignore = "runs for as long as it is told to"]
fn a_long_search_for_what_does_harm() {
    let cases = std::env::var("BALEFIRE_FUZZ_CASES").ok();
    let cases = cases.and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    TestRunner::new(config.clone())
        .run(&case(), other_bytes_do_no_harm)
        .unwrap();
    let asked = (prop::collection::vec(change(), 0..600), question());
    let asked =
        asked.prop_flat_map(|(changes, question)| (Just(changes), Just(question), orders()));
    let counted = |(changes, question, orders): (Vec<Change>, Question, Vec<Order>)| {
        let (columns, rows) = made(&changes);
        let expected = rows.values().filter(|row| row.meets(&question)).count();
        let hits = columns.search(&plan(&question), &orders, None, usize::from(u8::MAX) + 1);
        prop_assert_eq!(hits.len(), expected);
        Ok(())
    };
    TestRunner::new(config).run(&asked, counted).unwrap();
}

fn some_columns(rows: u64) -> Columns {
    let columns = Columns::new(schema());
    for number in 0..rows {
        put(&columns, number, &number.to_string());
    }
    columns
}

fn put(columns: &Columns, number: u64, text: &str) {
    let mut row = Row::default();
    row.add_text(FEW, text);
    row.add_text(MANY, &number.to_string());
    row.add_text(MANY, "all");
    row.add_date(DATE, number as i64);
    row.add_date(DATE, 7);
    columns.put(&wide_key(number), &mut row);
}

fn wide_key(number: u64) -> Key {
    let mut key = [0; 24];
    key[..8].copy_from_slice(&number.to_be_bytes());
    key
}

/// All that can be asked of columns, in short.
fn everything(columns: &Columns) -> Vec<(Vec<crate::Group>, Vec<crate::Hit>)> {
    let all = || Plan::All(Vec::new());
    let of_field = |field| {
        let order = Order {
            fields: vec![field],
            descending: false,
        };
        let hits = columns.search(&all(), &[order], None, usize::MAX / 4);
        (columns.groups(&all(), field, false, usize::MAX), hits)
    };
    (0..FIELDS.len()).map(of_field).collect()
}

#[test]
fn a_snapshot_cut_anywhere_is_refused() {
    let bytes = saved(&some_columns(5));
    for len in 0..bytes.len() {
        let error = loaded(&bytes[..len]).err();
        assert!(
            matches!(error, Some(LoadError::Truncated)),
            "{len}: {error:?}"
        );
        // The file may also end before the length that it is said to have.
        let error = Columns::load(schema(), &bytes[..len], bytes.len() as u64).err();
        assert!(
            matches!(error, Some(LoadError::Truncated)),
            "{len}: {error:?}"
        );
    }
    let longer = [bytes, vec![0]].concat();
    assert!(matches!(loaded(&longer), Err(LoadError::Broken(_))));
}

#[test]
fn a_snapshot_of_other_fields_or_another_format_is_refused() {
    let mut bytes = saved(&some_columns(5));
    for schema in [(FEW, "other", Kind::Text), (DATE, "date", Kind::Number)].map(other_schema) {
        let other = Columns::load(schema, bytes.as_slice(), bytes.len() as u64);
        assert!(matches!(other, Err(LoadError::Schema)));
    }
    bytes[8] += 1;
    assert!(matches!(loaded(&bytes), Err(LoadError::Format)));
}

fn other_schema((at, name, kind): (usize, &'static str, Kind)) -> Schema {
    let mut schema = Schema::default();
    for (place, field) in FIELDS.into_iter().enumerate() {
        let (name, kind) = if place == at { (name, kind) } else { field };
        schema.add(name, kind);
    }
    schema
}

#[test]
fn a_code_without_an_entry_is_refused() {
    // The only row's only code of the first field is behind the key, the mask, a width and a count.
    let columns = some_columns(1);
    let body = body_of(&columns);
    let described = u64::from_le_bytes(*body[12..].first_chunk().unwrap()) as usize;
    let code = 12 + 8 + described + 8 + 8 + 24 + CHUNK_ROWS / 8 + 1 + 8;
    assert_eq!(body[code], 1);
    for (other, is_refused) in [(0, false), (1, false), (2, true), (255, true)] {
        let mut body = body.clone();
        body[code] = other;
        assert_eq!(loaded(&summed(body)).is_err(), is_refused, "{other}");
    }
}

#[test]
fn counts_and_changes_after_a_load() {
    let columns = some_columns(3 * CHUNK_ROWS as u64 / 2);
    assert_eq!(columns.changes(), columns.len() as u64);
    columns.remove(&wide_key(3));
    columns.remove(&wide_key(4));
    let again = loaded(&saved(&columns)).unwrap();
    assert_eq!((again.len(), again.changes()), (columns.len(), 0));
    assert_eq!(everything(&again), everything(&columns));
    // A place that was left is used again, and then new ones are.
    for number in 0..CHUNK_ROWS as u64 {
        put(&again, 10_000 + number, "later");
    }
    assert_eq!(again.len(), columns.len() + CHUNK_ROWS);
    assert!(!again.remove(&wide_key(3)) && again.remove(&wide_key(5)));
}

#[test]
fn values_that_no_row_has_any_more_are_left_out() {
    let columns = some_columns(100);
    let before = saved(&columns).len();
    for number in 0..100 {
        put(&columns, number, "one for all");
    }
    let grown = saved(&columns).len();
    let again = loaded(&saved(&columns)).unwrap();
    assert!(grown > before && saved(&again).len() < before);
    assert_eq!(everything(&again), everything(&columns));
    put(&again, 100, "17");
    put(&columns, 100, "17");
    assert_eq!(everything(&again), everything(&columns));
}

#[test]
fn changes_beside_the_writing_are_made_up_for_by_making_them_again() {
    let rows = 4 * CHUNK_ROWS as u64;
    for round in 0..20 {
        let columns = some_columns(rows);
        let change = |columns: &Columns| {
            for number in (0..rows + 40).rev().step_by(3) {
                columns.remove(&wide_key(number));
                columns.remove(&wide_key(number / 2));
                put(columns, number, &format!("{round} {number}"));
                columns.patch(&wide_key(number + 1), &[(FEW, Patch::Text("changed"))]);
            }
        };
        let bytes = std::thread::scope(|scope| {
            let writing = scope.spawn(|| saved(&columns));
            change(&columns);
            writing.join().unwrap()
        });
        let again = loaded(&bytes).unwrap();
        change(&again);
        assert_eq!(again.len(), columns.len());
        assert_eq!(everything(&again), everything(&columns));
    }
}
