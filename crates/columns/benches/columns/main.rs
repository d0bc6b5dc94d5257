//! Times filters, orders, groups, changes and snapshots of many rows on one thread.
//!
//! `cargo bench -p balefire-columns`; `BALEFIRE_BENCH_ROWS` sets how many rows, by default a million.
//! Values are drawn as in real findings: few titles and regions, many accounts, unique resources.

mod snapshot;

use std::time::{Duration, Instant};

use balefire_columns::{Columns, Key, Kind, Order, Patch, Plan, Row, Schema};

const DAY_MS: i64 = 86_400_000;
const FIRST_MS: i64 = 1_750_000_000_000;

/// A sequence of numbers that looks random and is always the same.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Below `end`, the low numbers more often.
    fn skewed(&mut self, end: u64) -> u64 {
        let part = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((part * part * part) * end as f64) as u64
    }
}

struct Fields {
    account: usize,
    region: usize,
    title: usize,
    product: usize,
    severity: usize,
    severity_id: usize,
    status: usize,
    kind: usize,
    resource: usize,
    cve: usize,
    score: usize,
    types: usize,
    created: usize,
    modified: usize,
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::default();
    let mut text = |name| schema.add(name, Kind::Text);
    let (account, region, title, product) = (
        text("account"),
        text("region"),
        text("title"),
        text("product"),
    );
    let (severity, status, kind) = (text("severity"), text("status"), text("resource type"));
    let (resource, cve, types) = (text("resource"), text("cve"), text("types"));
    let fields = Fields {
        account,
        region,
        title,
        product,
        severity,
        status,
        kind,
        resource,
        cve,
        types,
        severity_id: schema.add("severity_id", Kind::Number),
        score: schema.add("score", Kind::Number),
        created: schema.add("created", Kind::Date),
        modified: schema.add("modified", Kind::Date),
    };
    (schema, fields)
}

fn key(place: u64) -> Key {
    let mut key = [0; 24];
    key[..8].copy_from_slice(&place.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    key[16..].copy_from_slice(&place.to_be_bytes());
    key
}

fn fill(row: &mut Row, fields: &Fields, draw: &mut Draw, place: u64) {
    row.clear();
    let severity = draw.below(6);
    row.add_text(
        fields.account,
        &format!("{:012}", 100_000_000_000 + draw.skewed(1000)),
    );
    row.add_text(
        fields.region,
        &format!(
            "{}-region-{}",
            ["eu", "us", "ap"][draw.below(3) as usize],
            draw.below(7)
        ),
    );
    let title = draw.skewed(800);
    let word = if title.is_multiple_of(20) {
        "encryption"
    } else {
        "logging"
    };
    row.add_text(
        fields.title,
        &format!("Resource {title} should have {word} turned on"),
    );
    row.add_text(fields.product, &format!("Product {}", draw.below(12)));
    row.add_number(fields.severity_id, severity as f64);
    row.add_text(fields.severity, &format!("Severity {severity}"));
    row.add_text(
        fields.status,
        ["New", "In Progress", "Suppressed", "Resolved"][draw.skewed(4) as usize],
    );
    row.add_text(
        fields.kind,
        &format!("AWS::Service{}::Thing", draw.skewed(60)),
    );
    row.add_text(
        fields.resource,
        &format!("arn:aws:service{}:::thing/{place:016x}", draw.below(60)),
    );
    for _ in 0..draw.below(3) {
        row.add_text(fields.cve, &format!("CVE-2025-{}", draw.skewed(20_000)));
    }
    row.add_text(fields.types, &format!("Checks/Group {}", draw.below(9)));
    row.add_text(fields.types, &format!("Checks/Benchmark {}", draw.below(5)));
    row.add_number(fields.score, draw.below(101) as f64 / 10.0);
    row.add_date(
        fields.created,
        FIRST_MS + (draw.below(90 * 86_400) * 1000) as i64,
    );
    row.add_date(
        fields.modified,
        FIRST_MS + (draw.below(90 * 86_400_000)) as i64,
    );
}

fn one<'p>(field: usize, text: &'p str) -> Plan<'p> {
    Plan::OneOf {
        field,
        texts: vec![text],
    }
}

fn not(plan: Plan<'_>) -> Plan<'_> {
    Plan::Not(Box::new(plan))
}

fn least<'p>(field: usize, bound: f64) -> Plan<'p> {
    Plan::Number {
        field,
        passes: Box::new(move |number| number >= bound),
    }
}

fn prefix(field: usize, prefix: &str) -> Plan<'_> {
    Plan::Prefix {
        field,
        texts: vec![prefix],
    }
}

fn days<'p>(field: usize, from: i64, to: i64) -> Plan<'p> {
    Plan::Between {
        field,
        from_ms: FIRST_MS + from * DAY_MS,
        to_ms: FIRST_MS + to * DAY_MS,
    }
}

/// Eight shapes of questions, each with what it is sorted by.
fn shapes(f: &Fields) -> Vec<(&'static str, Plan<'static>, usize)> {
    let word = Plan::Text {
        field: f.title,
        passes: Box::new(|text| text.contains("encryption")),
    };
    vec![
        (
            "severity, status and account",
            Plan::All(vec![
                least(f.severity_id, 4.0),
                one(f.status, "New"),
                one(f.account, "100000000003"),
            ]),
            f.modified,
        ),
        (
            "word, prefix, severity and not a product",
            Plan::All(vec![
                word,
                prefix(f.region, "eu-"),
                least(f.severity_id, 3.0),
                not(one(f.product, "Product 3")),
            ]),
            f.modified,
        ),
        (
            "a type or another, dates, a score",
            Plan::All(vec![
                Plan::Any(vec![
                    one(f.kind, "AWS::Service7::Thing"),
                    one(f.kind, "AWS::Service9::Thing"),
                ]),
                days(f.created, 10, 40),
                least(f.score, 4.0),
            ]),
            f.score,
        ),
        (
            "a vulnerability and not a status",
            Plan::All(vec![
                one(f.cve, "CVE-2025-77"),
                not(one(f.status, "Resolved")),
            ]),
            f.modified,
        ),
        (
            "accounts or a group, title prefix",
            Plan::All(vec![
                Plan::Any(vec![
                    one(f.account, "100000000003"),
                    one(f.account, "100000000004"),
                    one(f.types, "Checks/Group 3"),
                ]),
                prefix(f.title, "Resource 7"),
            ]),
            f.modified,
        ),
        ("nothing", Plan::All(vec![]), f.modified),
        (
            "status, not a region, types, dates",
            Plan::All(vec![
                one(f.status, "New"),
                not(one(f.region, "eu-region-1")),
                prefix(f.types, "Checks/Bench"),
                days(f.modified, 5, 60),
            ]),
            f.severity_id,
        ),
        (
            "resource prefix and severity",
            Plan::All(vec![
                prefix(f.resource, "arn:aws:service7:::thing/0000"),
                least(f.severity_id, 5.0),
            ]),
            f.modified,
        ),
    ]
}

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..9)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn main() {
    let rows = std::env::var("BALEFIRE_BENCH_ROWS").ok();
    let rows: u64 = rows.and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let (schema, fields) = schema();
    let columns = Columns::new(schema);
    let mut draw = Draw(1);
    let mut row = Row::default();
    let start = Instant::now();
    for place in 0..rows {
        fill(&mut row, &fields, &mut draw, place);
        columns.put(&key(place), &mut row);
    }
    let each = start.elapsed() / rows.max(1) as u32;
    println!(
        "{rows} rows, {each:?} each with making them, {} bytes each",
        columns.memory() as u64 / rows.max(1)
    );
    println!("\n{:<44} {:>9} {:>12}", "first 100 of", "rows", "ms");
    for (name, plan, by) in shapes(&fields) {
        let order = [Order {
            fields: vec![by],
            descending: true,
        }];
        let time = median(|| drop(columns.search(&plan, &order, None, 100)));
        println!("{name:<44} {:>9} {:>12.3}", columns.count(&plan), ms(time));
    }
    let grouped = [
        fields.account,
        fields.region,
        fields.title,
        fields.product,
        fields.severity,
        fields.status,
        fields.types,
    ];
    let all = Plan::All(vec![]);
    let time = median(|| {
        grouped
            .iter()
            .for_each(|field| drop(columns.groups(&all, *field, false, 10)))
    });
    println!("\nseven groupings of all: {:.3} ms", ms(time));
    let start = Instant::now();
    for place in 0..100_000 {
        let key = key(draw.below(rows));
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
    println!();
    snapshot::measure("these 14 fields", &columns);
    drop(columns);
    let columns = snapshot::many_fields(rows);
    snapshot::measure(
        &format!("{} fields", columns.schema().fields().len()),
        &columns,
    );
}
