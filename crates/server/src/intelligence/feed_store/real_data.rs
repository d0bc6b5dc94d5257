//! The real feeds through the operations, where the folder with them is present.

use std::fs::File;
use std::io;

use balefire_api::own::Feed;
use serde_json::{Value, json};

use super::fixture::load;
use crate::intelligence::real_data::shared;
use crate::intelligence::source::unpack;
use crate::intelligence::{epss, kev};
use crate::testing::Testing;

/// The rows of the catalogue, in its own field names.
pub(crate) fn kev_rows() -> Option<Vec<Value>> {
    let path = shared("kev/known_exploited_vulnerabilities-2025-08-25.json.gz")?;
    let catalogue: Value =
        serde_json::from_reader(unpack(File::open(path).unwrap()).unwrap()).unwrap();
    Some(catalogue["vulnerabilities"].as_array().unwrap().clone())
}

/// The rows of the score file.
pub(crate) fn epss_rows() -> Option<Vec<Value>> {
    let path = shared("epss/epss_scores-2025-08-10.csv.gz")?;
    let mut rows = Vec::new();
    epss::read(unpack(File::open(path).unwrap()).unwrap(), |row| {
        let row = row.unwrap();
        rows.push(json!({"cve": row.cve, "epss": row.score, "percentile": row.percentile}));
    })
    .unwrap();
    Some(rows)
}

/// The records of an OSV file.
pub(crate) fn osv_rows(name: &str) -> Option<Vec<Value>> {
    let path = shared(&format!("advisories/{name}-osv.jsonl.gz"))?;
    let text = io::read_to_string(unpack(File::open(path).unwrap()).unwrap()).unwrap();
    Some(
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

#[test]
fn the_kev_catalogue_and_the_advisories_are_kept_whole() {
    let (Some(kev_rows), Some(pypi)) = (kev_rows(), osv_rows("pypi")) else {
        return;
    };
    let t = Testing::new();
    load(&t, "KEV", "2025-08-25", &kev_rows);
    load(&t, "OSV", "pypi", &pypi);
    let catalogue =
        json!({"catalogVersion": "2025.08.25", "vulnerabilities": kev_rows}).to_string();
    let catalogue = kev::read(catalogue.as_bytes()).unwrap();
    let cves: Vec<String> = catalogue
        .entries
        .iter()
        .map(|entry| entry.cve.clone())
        .collect();
    let kept = t.store.read_blocking(move |tx| {
        super::kev_entries(tx, &cves.iter().map(String::as_str).collect::<Vec<_>>())
    });
    let kept = kept.unwrap().unwrap();
    assert_eq!(kept.len(), 1404);
    assert!(
        catalogue
            .entries
            .iter()
            .all(|entry| kept[&entry.cve] == *entry)
    );
    let state = t
        .store
        .read_blocking(|tx| super::feed(tx, Feed::Osv))
        .unwrap()
        .unwrap();
    assert_eq!(state.unwrap().row_count, pypi.len() as i64);
}

#[test]
fn every_epss_score_is_kept_as_the_file_has_it() {
    let Some(rows) = epss_rows() else { return };
    let t = Testing::new();
    let started = std::time::Instant::now();
    load(&t, "EPSS", "2025-08-10", &rows);
    println!("{} rows in {:?}", rows.len(), started.elapsed());
    let cves: Vec<String> = rows
        .iter()
        .map(|row| row["cve"].as_str().unwrap().to_owned())
        .collect();
    let kept = t.store.read_blocking(move |tx| {
        super::epss_scores(tx, &cves.iter().map(String::as_str).collect::<Vec<_>>())
    });
    let kept = kept.unwrap().unwrap();
    assert_eq!(kept.len(), 288_787);
    for row in &rows {
        let score = &kept[row["cve"].as_str().unwrap()];
        assert_eq!(
            (Some(score.score), Some(score.percentile)),
            (row["epss"].as_f64(), row["percentile"].as_f64())
        );
    }
}
