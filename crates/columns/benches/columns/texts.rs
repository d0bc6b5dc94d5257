//! Rows with as many texts of their own as findings have: what they weigh, and what it takes to search them.

use std::hint::black_box;
use std::time::{Duration, Instant};

use balefire_columns::{Columns, Kind, Order, Plan, Row, Schema};

use crate::rows::{Draw, FIRST_MS, key};
use crate::{ms, snapshot, times};

/// Fields that have one value of a few in each row.
const FEW: usize = 44;
const DATES: usize = 4;
/// What takes longer is told apart: it packs blocks, or makes tables larger.
const LONG: Duration = Duration::from_millis(1);
const WORDS: [&str; 16] = [
    "bucket", "policy", "public", "allows", "access", "role", "port", "open", "rotate", "key",
    "service", "network", "cluster", "image", "package", "update",
];
const REGIONS: [&str; 3] = ["eu-west-1", "us-east-1", "eu-central-1"];

struct Fields {
    uid: usize,
    id: usize,
    resource: usize,
    message: usize,
    description: usize,
    remediation: usize,
    few: usize,
    dates: usize,
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::default();
    let mut text = |name| schema.add(name, Kind::Text);
    let (uid, id, resource) = (text("uid"), text("id"), text("resource"));
    let (message, description) = (text("message"), text("description"));
    let remediation = text("remediation");
    let few = schema.fields().len();
    for place in 0..FEW {
        schema.add(&format!("few {place}"), Kind::Text);
    }
    let dates = schema.fields().len();
    for place in 0..DATES {
        schema.add(&format!("date {place}"), Kind::Date);
    }
    let fields = Fields {
        uid,
        id,
        resource,
        message,
        description,
        remediation,
        few,
        dates,
    };
    (schema, fields)
}

/// Words in an order that belongs to a number.
fn words(number: u64, count: usize) -> String {
    let mut draw = Draw(number.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let words = (0..count).map(|_| WORDS[draw.below(16) as usize]);
    words.collect::<Vec<_>>().join(" ")
}

/// As an identifier that is a hash.
fn hash(draw: &mut Draw) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digits = (0..44).map(|_| char::from(DIGITS[draw.below(64) as usize]));
    digits.collect()
}

/// Where `differ`, descriptions, remediations, identifiers and resources of all differ, as in the findings of
/// the server's benchmark; otherwise they belong to one of 250 checks, as in real ones.
fn filled(differ: bool, count: u64) -> (Columns, Fields, Vec<Duration>) {
    let (schema, fields) = schema();
    let columns = Columns::new(schema);
    let (mut row, mut draw) = (Row::default(), Draw(3));
    let mut long = Vec::new();
    for place in 0..count {
        row.clear();
        let check = draw.below(250);
        row.add_text(fields.id, &hash(&mut draw));
        if differ {
            row.add_text(fields.uid, &format!("invented-finding-{place:08}"));
            row.add_text(fields.resource, &format!("arn:aws:s3:::invented-{place}"));
            row.add_text(fields.message, &words(place, 30));
            row.add_text(fields.description, &words(place, 60));
            row.add_text(fields.remediation, &words(place + 1, 50));
        } else {
            let (account, region) = (
                100_000_000_000 + place / 4000 * 7919,
                REGIONS[place as usize % 3],
            );
            let (name, copy) = (words(place / 4 % 1000, 2).replace(' ', "-"), place / 4000);
            let named = words(check, 5).replace(' ', "_");
            let uid = format!("prowler-aws-{named}-{account}-{region}-{name}-{place:x}");
            row.add_text(fields.uid, &uid);
            let resource = format!("arn:aws:s3:{region}:{account}:{name}-{copy:x}");
            row.add_text(fields.resource, &resource);
            row.add_text(
                fields.message,
                &format!("{} {}", words(check, 9), place % 20),
            );
            row.add_text(fields.description, &words(check, 40));
            row.add_text(fields.remediation, &words(check, 50));
        }
        for field in 0..FEW {
            let value = if field < FEW / 2 {
                0
            } else {
                draw.below(1 + field as u64 / 4)
            };
            row.add_text(fields.few + field, &format!("value {value}"));
        }
        for field in 0..DATES {
            row.add_date(fields.dates + field, FIRST_MS + place as i64 * 1000);
        }
        let start = Instant::now();
        columns.put(&key(place), &mut row);
        long.extend(Some(start.elapsed()).filter(|took| *took > LONG));
    }
    (columns, fields, long)
}

pub fn measure(name: &str, differ: bool, rows: u64) {
    let start = Instant::now();
    let (columns, fields, mut long) = filled(differ, rows);
    let each = start.elapsed() / rows.max(1) as u32;
    let weight = |columns: &Columns| columns.memory() as u64 / rows.max(1);
    println!(
        "\n{rows} rows, {name}: {each:?} each with making them, {} bytes each",
        weight(&columns)
    );
    long.sort_unstable();
    println!(
        "{} of them more than {LONG:?}, {:?} by the median and {:?} at most",
        long.len(),
        long.get(long.len() / 2).unwrap_or(&LONG),
        long.last().unwrap_or(&LONG)
    );
    let page = |columns: &Columns, plan: &Plan<'_>, field| {
        let order = [Order {
            fields: vec![field],
            descending: true,
        }];
        drop(columns.search(plan, &order, None, 100));
    };
    let said = |what: &str, run: &mut dyn FnMut()| {
        let times = times(run);
        println!(
            "{what:<44} {:>9.3} ms, at best {:.3}",
            times.median_ms, times.fastest_ms
        );
    };
    for (what, field) in [
        ("identifiers", fields.uid),
        ("descriptions", fields.description),
    ] {
        let word = Plan::Text {
            field,
            passes: Box::new(|text| text.contains("role rotate role port")),
        };
        said(&format!("a few words in {what}"), &mut || {
            black_box(columns.count(&word));
        });
    }
    let beginning = Plan::Prefix {
        field: fields.resource,
        texts: vec!["arn:aws:s3:::invented-77", "arn:aws:s3:eu-west-1:10000007"],
    };
    let start = Instant::now();
    page(&columns, &beginning, fields.dates);
    println!(
        "{:<44} {:>9.3} ms",
        "a resource's beginning, the first time",
        ms(start.elapsed())
    );
    for _ in 1..crate::FIRST {
        page(&columns, &beginning, fields.dates);
    }
    said("a resource's beginning", &mut || {
        page(&columns, &beginning, fields.dates)
    });
    let all = Plan::All(Vec::new());
    said("all by resource", &mut || {
        page(&columns, &all, fields.resource)
    });
    said("groups by resource", &mut || {
        drop(columns.groups(&all, fields.resource, false, 100))
    });
    println!("{:<44} {:>9} bytes each", "now", weight(&columns));
    snapshot::measure(name, &columns);
}
