//! The questions that are timed; benches/rivals/questions.py asks others the same in SQL.

use balefire_columns::Plan;

use crate::rows::{DAY_MS, FIRST_MS, Fields};

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
pub fn shapes(f: &Fields) -> Vec<(&'static str, Plan<'static>, usize)> {
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

/// The fields by which all rows are grouped.
pub fn grouped(f: &Fields) -> [usize; 7] {
    [
        f.account, f.region, f.title, f.product, f.severity, f.status, f.types,
    ]
}
