//! EPSS rows: `{cve, epss, percentile}` on the way in, billionths in the store.

use balefire_api::Document;
use balefire_store::{Tx, Value};
use serde::Deserialize;

use super::put_feed_part::read_rows;
use super::statement::insert_all;
use crate::failure::Failure;
use crate::intelligence::epss::EpssScore;
use crate::intelligence::parse_cve;

const HEAD: &str =
    "INSERT INTO epss_score (generation, cve, score_billionths, percentile_billionths)";
const TAIL: &str = "ON CONFLICT (generation, cve) DO UPDATE SET \
                    score_billionths = excluded.score_billionths, \
                    percentile_billionths = excluded.percentile_billionths \
                    WHERE epss_score.score_billionths <> excluded.score_billionths \
                    OR epss_score.percentile_billionths <> excluded.percentile_billionths";

#[derive(Deserialize)]
struct ScoreRow {
    cve: String,
    epss: f64,
    percentile: f64,
}

/// Keeps rows; returns how many were new or different.
pub(super) fn put(tx: &mut Tx<'_>, generation: i64, rows: &[Document]) -> Result<u64, Failure> {
    let scores = read_rows(rows, score, |score| &score.cve)?;
    let rows: Vec<_> = scores
        .iter()
        .map(|score| values(generation, score))
        .collect();
    Ok(insert_all(tx, HEAD, TAIL, &rows)?)
}

fn score(row: &Document) -> Result<EpssScore, String> {
    let row: ScoreRow = serde_json::from_str(row.text()).map_err(|error| error.to_string())?;
    if parse_cve(&row.cve).is_none() || row.cve.len() > 64 {
        return Err(format!(
            "cve {:?} is not a CVE id such as CVE-2099-0001",
            row.cve
        ));
    }
    for (name, value) in [("epss", row.epss), ("percentile", row.percentile)] {
        if !(0.0..=1.0).contains(&value) {
            return Err(format!(
                "{}: {name} {value} is not a number from 0 to 1",
                row.cve
            ));
        }
    }
    Ok(EpssScore {
        cve: row.cve,
        score: row.epss,
        percentile: row.percentile,
    })
}

fn values(generation: i64, score: &EpssScore) -> Vec<Value> {
    vec![
        generation.into(),
        (&score.cve).into(),
        billionths(score.score).into(),
        billionths(score.percentile).into(),
    ]
}

fn billionths(share: f64) -> i64 {
    (share * 1e9).round() as i64
}

/// The number that a score was put as: a share of up to nine decimals comes back as it was.
pub fn share(billionths: i64) -> f64 {
    billionths as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nine_decimals_survive(number in 0i64..=1_000_000_000) {
            let text = format!("{}.{:09}", number / 1_000_000_000, number % 1_000_000_000);
            let parsed: f64 = text.parse().unwrap();
            prop_assert_eq!(share(billionths(parsed)), parsed);
        }
    }
}
