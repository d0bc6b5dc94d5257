//! Feeds of a few invented rows, put as the command line puts them.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::testing::Testing;

/// Puts one part.
pub(crate) fn put(
    t: &Testing,
    feed: &str,
    generation: &str,
    rows: &[Value],
) -> Result<(), Failure> {
    let input = json!({"Feed": feed, "Generation": generation, "Rows": rows});
    t.call("balefire", "PutFeedPart", input).map(|_| ())
}

/// Finishes a generation of so many rows.
pub(crate) fn finish(
    t: &Testing,
    feed: &str,
    generation: &str,
    row_count: usize,
) -> Result<i64, Failure> {
    let input = json!({"Feed": feed, "Generation": generation, "AsOf": "2099-01-31", "RowCount": row_count});
    let output = t.call("balefire", "FinishFeed", input)?;
    Ok(output["RowCount"].as_i64().expect("a count"))
}

/// Puts and finishes a generation.
pub(crate) fn load(t: &Testing, feed: &str, generation: &str, rows: &[Value]) {
    for part in rows.chunks(5000) {
        put(t, feed, generation, part).unwrap_or_else(|failure| panic!("{}", failure.message()));
    }
    finish(t, feed, generation, rows.len())
        .unwrap_or_else(|failure| panic!("{}", failure.message()));
}

/// A row of the KEV catalogue.
pub(crate) fn kev(cve: &str) -> Value {
    json!({
        "cveID": cve, "vendorProject": "Acme", "product": "Anvil", "vulnerabilityName": "Acme Anvil Drop",
        "dateAdded": "2099-01-02", "dueDate": "2099-01-23", "shortDescription": "It falls.",
        "requiredAction": "Step aside.", "knownRansomwareCampaignUse": "Known",
        "cwes": ["CWE-1234", "CWE-79"], "notes": "",
    })
}

/// A row of EPSS.
pub(crate) fn epss(cve: &str, score: f64) -> Value {
    json!({"cve": cve, "epss": score, "percentile": 0.5})
}

/// An advisory about all versions of a Python package before `fixed`.
pub(crate) fn advisory(id: &str, aliases: &[&str], package: &str, fixed: &str) -> Value {
    json!({
        "id": id, "aliases": aliases, "modified": "2098-01-01T00:00:00Z",
        "published": "2097-01-01T00:00:00Z", "summary": format!("{package} drops."),
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "references": [{"type": "WEB", "url": format!("https://acme.example/{id}")}],
        "affected": [{
            "package": {"ecosystem": "PyPI", "name": package},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
        }],
        "database_specific": {"severity": "HIGH", "cwe_ids": ["CWE-502"]},
    })
}
