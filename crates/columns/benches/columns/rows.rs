//! Rows whose values are drawn as in real findings: few titles and regions, many accounts, unique resources.

use balefire_columns::{Key, Kind, Row, Schema};

pub const DAY_MS: i64 = 86_400_000;
pub const FIRST_MS: i64 = 1_750_000_000_000;

/// A sequence of numbers that looks random and is always the same.
pub struct Draw(pub u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Below `end`, the low numbers more often.
    pub fn skewed(&mut self, end: u64) -> u64 {
        let part = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((part * part * part) * end as f64) as u64
    }
}

pub struct Fields {
    pub account: usize,
    pub region: usize,
    pub title: usize,
    pub product: usize,
    pub severity: usize,
    pub severity_id: usize,
    pub status: usize,
    pub kind: usize,
    pub resource: usize,
    pub cve: usize,
    pub score: usize,
    pub types: usize,
    pub created: usize,
    pub modified: usize,
}

pub fn schema() -> (Schema, Fields) {
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

pub fn key(place: u64) -> Key {
    let mut key = [0; 24];
    key[..8].copy_from_slice(&place.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    key[16..].copy_from_slice(&place.to_be_bytes());
    key
}

/// What the values of a row are given to.
pub trait Values {
    fn text(&mut self, field: usize, text: &str);
    fn number(&mut self, field: usize, number: f64);
    fn date(&mut self, field: usize, ms: i64);
}

impl Values for Row {
    fn text(&mut self, field: usize, text: &str) {
        self.add_text(field, text);
    }

    fn number(&mut self, field: usize, number: f64) {
        self.add_number(field, number);
    }

    fn date(&mut self, field: usize, ms: i64) {
        self.add_date(field, ms);
    }
}

/// Draws the values of the next row.
pub fn fill(row: &mut impl Values, fields: &Fields, draw: &mut Draw, place: u64) {
    let severity = draw.below(6);
    row.text(
        fields.account,
        &format!("{:012}", 100_000_000_000 + draw.skewed(1000)),
    );
    row.text(
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
    row.text(
        fields.title,
        &format!("Resource {title} should have {word} turned on"),
    );
    row.text(fields.product, &format!("Product {}", draw.below(12)));
    row.number(fields.severity_id, severity as f64);
    row.text(fields.severity, &format!("Severity {severity}"));
    row.text(
        fields.status,
        ["New", "In Progress", "Suppressed", "Resolved"][draw.skewed(4) as usize],
    );
    row.text(
        fields.kind,
        &format!("AWS::Service{}::Thing", draw.skewed(60)),
    );
    row.text(
        fields.resource,
        &format!("arn:aws:service{}:::thing/{place:016x}", draw.below(60)),
    );
    for _ in 0..draw.below(3) {
        row.text(fields.cve, &format!("CVE-2025-{}", draw.skewed(20_000)));
    }
    row.text(fields.types, &format!("Checks/Group {}", draw.below(9)));
    row.text(fields.types, &format!("Checks/Benchmark {}", draw.below(5)));
    row.number(fields.score, draw.below(101) as f64 / 10.0);
    row.date(
        fields.created,
        FIRST_MS + (draw.below(90 * 86_400) * 1000) as i64,
    );
    row.date(
        fields.modified,
        FIRST_MS + (draw.below(90 * 86_400_000)) as i64,
    );
}
