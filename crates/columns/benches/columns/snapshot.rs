//! Times how long it takes to write columns down and to load them.

use std::time::Instant;

use balefire_columns::{Columns, Kind, Plan, Row, Schema};

use crate::ms;
use crate::rows::{DAY_MS, Draw, FIRST_MS, key};

/// Texts that no two rows share, texts of many values, of few, and such as no row has.
const UNIQUE: u64 = 5;
const MANY: u64 = 15;
const FEW: u64 = 40;
const ABSENT: u64 = 25;
const NUMBERS: u64 = 20;
const DATES: u64 = 15;

pub fn measure(name: &str, columns: &Columns) {
    let start = Instant::now();
    let mut bytes = Vec::new();
    columns.save(&mut bytes).expect("memory takes all");
    let saving = start.elapsed();
    let start = Instant::now();
    let loaded = Columns::load(
        columns.schema().clone(),
        bytes.as_slice(),
        bytes.len() as u64,
    );
    let loaded = loaded.expect("columns that were just saved");
    let loading = start.elapsed();
    assert_eq!(loaded.len(), columns.len());
    let all = Plan::All(Vec::new());
    assert_eq!(loaded.count(&all), columns.count(&all));
    println!(
        "{name:<44} saved in {:.0} ms, loaded in {:.0} ms: {} MB, {} MB of memory",
        ms(saving),
        ms(loading),
        bytes.len() >> 20,
        loaded.memory() >> 20
    );
}

/// As many fields as findings have, of which a row has about half.
pub fn many_fields(rows: u64) -> Columns {
    let mut schema = Schema::default();
    let texts = UNIQUE + MANY + FEW;
    for place in 0..texts + ABSENT {
        schema.add(&format!("text {place}"), Kind::Text);
    }
    let numbers = schema.fields().len();
    for place in 0..NUMBERS {
        schema.add(&format!("number {place}"), Kind::Number);
    }
    let dates = schema.fields().len();
    for place in 0..DATES {
        schema.add(&format!("date {place}"), Kind::Date);
    }
    let columns = Columns::new(schema);
    let (mut row, mut draw) = (Row::default(), Draw(2));
    for place in 0..rows {
        row.clear();
        for field in 0..texts {
            let text = match field {
                field if field < UNIQUE => format!("arn:aws:service{field}:::thing/{place:032x}"),
                field if field < UNIQUE + MANY => format!("Title {}", draw.skewed(20_000)),
                _ if draw.below(2) == 0 => continue,
                _ => format!("Value {}", draw.skewed(40)),
            };
            row.add_text(field as usize, &text);
        }
        for field in 0..NUMBERS as usize / 2 {
            row.add_number(numbers + field, draw.below(101) as f64);
        }
        for field in 0..DATES as usize / 2 {
            row.add_date(dates + field, FIRST_MS + draw.below(90) as i64 * DAY_MS);
        }
        columns.put(&key(place), &mut row);
    }
    columns
}
