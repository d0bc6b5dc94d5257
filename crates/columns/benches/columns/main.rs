//! Times filters, orders, groups, changes and snapshots of many rows on one thread.
//!
//! `cargo bench -p balefire-columns`; `BALEFIRE_BENCH_ROWS` sets how many rows, by default a million.
//! `-- texts` measures rows with as many texts of their own as findings have instead.
//! With `BALEFIRE_BENCH_COMPARE`, a folder, it writes rows and answers there for others to compare with.

mod compare;
mod rows;
mod shapes;
mod snapshot;
mod texts;

use std::path::Path;
use std::time::{Duration, Instant};

use balefire_columns::{Columns, Order, Patch, Plan, Row};

use rows::{Draw, Fields};

/// How long something took, of nine times. The fastest is what others are compared by: on a shared machine
/// what takes longer is interrupted more often.
struct Times {
    median_ms: f64,
    fastest_ms: f64,
}

fn times(mut run: impl FnMut()) -> Times {
    let mut times: Vec<f64> = (0..9)
        .map(|_| {
            let start = Instant::now();
            run();
            ms(start.elapsed())
        })
        .collect();
    times.sort_unstable_by(f64::total_cmp);
    Times {
        median_ms: times[times.len() / 2],
        fastest_ms: times[0],
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn main() {
    let rows = std::env::var("BALEFIRE_BENCH_ROWS").ok();
    let rows: u64 = rows.and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let folder = std::env::var_os("BALEFIRE_BENCH_COMPARE");
    if std::env::args().any(|argument| argument == "texts") {
        texts::measure("texts of few checks", false, rows);
        return texts::measure("texts that all differ", true, rows);
    }
    let (schema, fields) = rows::schema();
    let columns = Columns::new(schema);
    let mut draw = Draw(1);
    let mut row = Row::default();
    let start = Instant::now();
    for place in 0..rows {
        row.clear();
        rows::fill(&mut row, &fields, &mut draw, place);
        columns.put(&rows::key(place), &mut row);
    }
    let each = start.elapsed() / rows.max(1) as u32;
    println!(
        "{rows} rows, {each:?} each with making them, {} bytes each",
        columns.memory() as u64 / rows.max(1)
    );
    let found = search(&columns, &fields);
    let groups = group(&columns, &fields);
    if let Some(folder) = folder {
        // What comes next changes rows and is nobody else's to answer.
        let written = compare::write(Path::new(&folder), rows, &columns, &found, &groups);
        return written.expect("a folder that can be written to");
    }
    patch(&columns, &fields, &mut draw, rows);
    println!();
    snapshot::measure("these 14 fields", &columns);
    drop(columns);
    let columns = snapshot::many_fields(rows);
    snapshot::measure(
        &format!("{} fields", columns.schema().fields().len()),
        &columns,
    );
}

/// How often a question is asked before it is timed: the first ones sort large dictionaries.
const FIRST: usize = 16;

/// Times the first page of each shape.
fn search(columns: &Columns, fields: &Fields) -> Vec<compare::Found> {
    println!("\n{:<44} {:>9} {:>12}", "first 100 of", "rows", "ms");
    let mut found = Vec::new();
    for (name, plan, by) in shapes::shapes(fields) {
        let order = [Order {
            fields: vec![by],
            descending: true,
        }];
        let ask = || drop(columns.search(&plan, &order, None, 100));
        (0..FIRST).for_each(|_| ask());
        let times = times(ask);
        let count = columns.count(&plan);
        println!(
            "{name:<44} {count:>9} {:>12.3}, at best {:.3}",
            times.median_ms, times.fastest_ms
        );
        let page = columns.search(&plan, &order, None, 100);
        found.push(compare::Found {
            name,
            fastest_ms: times.fastest_ms,
            count,
            page: page.iter().map(|hit| hit.key).collect(),
        });
    }
    found
}

/// Times the largest groups by each of seven fields.
fn group(columns: &Columns, fields: &Fields) -> compare::Grouped {
    let grouped = shapes::grouped(fields);
    let all = Plan::All(vec![]);
    let groups = |field| columns.groups(&all, field, false, 10);
    let times = times(|| grouped.iter().for_each(|field| drop(groups(*field))));
    println!(
        "\nseven groupings of all: {:.3} ms, at best {:.3}",
        times.median_ms, times.fastest_ms
    );
    compare::Grouped {
        fastest_ms: times.fastest_ms,
        fields: grouped.map(|field| (field, groups(field))).to_vec(),
    }
}

fn patch(columns: &Columns, fields: &Fields, draw: &mut Draw, rows: u64) {
    let start = Instant::now();
    for place in 0..100_000 {
        let key = rows::key(draw.below(rows));
        let status = if place % 2 == 0 {
            "Suppressed"
        } else {
            "Resolved"
        };
        columns.patch(
            &key,
            &[
                (fields.status, Patch::Text(status)),
                (fields.severity_id, Patch::Number(2.0)),
            ],
        );
    }
    println!("a patch of two fields: {:?}", start.elapsed() / 100_000);
}
