//! Invented OCSF findings of about 4 KB.

use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use crate::server::{ACCOUNT, REGION};

pub const PRODUCT: &str = "arn:aws:securityhub:eu-central-1::productv2/invented/scanner";

/// The identity of a finding, as FindingIdentifiers name it.
pub fn uid(number: usize) -> String {
    format!("invented-finding-{number:08}")
}

/// Writes so many findings to a file, one a line. Returns the bytes.
pub fn write(path: &Path, count: usize) -> Result<u64> {
    write_to(std::fs::File::create(path)?, count)?;
    Ok(path.metadata()?.len())
}

/// Writes so many findings, one a line.
pub fn write_to(out: impl Write, count: usize) -> Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    for number in 0..count {
        serde_json::to_writer(&mut out, &finding(number))?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

fn finding(number: usize) -> Value {
    let severity = [("Low", 2), ("Medium", 3), ("High", 4), ("Critical", 5)][number % 4];
    let time_ms = 1_760_000_000_000_i64 + number as i64 * 1000;
    let text = |seed: usize, words: usize| {
        const WORDS: [&str; 16] = [
            "bucket", "policy", "public", "allows", "access", "role", "port", "open", "rotate",
            "key", "service", "network", "cluster", "image", "package", "update",
        ];
        // A mixed congruential sequence is random enough for text.
        let mut state = seed as u64 + 1;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            WORDS[(state >> 60) as usize]
        };
        (0..words).map(|_| next()).collect::<Vec<_>>().join(" ")
    };
    let requirements: Vec<String> = (0..20)
        .map(|part| format!("INV-{}.{part}", number % 97))
        .collect();
    let evidences: Vec<Value> = (0..6)
        .map(|part| json!({"data": {"check": text(number * 7 + part, 12), "observed": number * 31 + part}}))
        .collect();
    json!({
        "activity_id": 1, "activity_name": "Create", "category_uid": 2, "category_name": "Findings",
        "class_uid": 2004, "class_name": "Detection Finding", "type_uid": 200_401,
        "severity": severity.0, "severity_id": severity.1, "status": "New", "status_id": 1,
        "time": time_ms, "message": text(number, 30),
        "metadata": {"version": "1.6.0", "product": {"name": "Scanner", "vendor_name": "Invented", "uid": PRODUCT}},
        "cloud": {"provider": "AWS", "region": REGION, "account": {"uid": ACCOUNT}},
        "finding_info": {
            "uid": uid(number), "title": text(number % 800, 8), "desc": text(number, 60),
            "types": ["Software and Configuration Checks"], "created_time": time_ms, "modified_time": time_ms,
        },
        "resources": [{
            "type": "AWS::S3::Bucket", "uid": format!("arn:aws:s3:::invented-{number}"), "region": REGION,
            "owner": {"account": {"uid": ACCOUNT}},
            "tags": [{"name": "team", "value": format!("team-{}", number % 40)}],
        }],
        "compliance": {"requirements": requirements, "status": "Fail", "status_id": 3},
        "evidences": evidences,
        "remediation": {"desc": text(number + 1, 50), "references": ["https://example.org/fix"]},
        "unmapped": {"note": text(number + 2, 60)},
    })
}
