//! Reports of real tools, where the folder with them is present.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::*;

/// The text of a file of the data folder; `None`, with a line that says so, where it is absent.
fn text(path: &str) -> Option<String> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("BALEFIRE_SHARED").map_or(beside, PathBuf::from);
    let path = folder.join("data").join(path);
    let Ok(mut file) = File::open(&path) else {
        println!("skipped: {} is absent", path.display());
        return None;
    };
    let mut text = String::new();
    let read = match path.extension().is_some_and(|extension| extension == "gz") {
        true => flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text),
        false => file.read_to_string(&mut text),
    };
    read.unwrap();
    Some(text)
}

#[test]
fn prowlers_findings_are_all_taken_and_what_passed_is_resolved() {
    let Some(text) = text("ocsf/prowler_moto_sample.jsonl.gz") else {
        return;
    };
    let report = whole(&text);
    assert_eq!(
        (report.format, report.findings.len()),
        (Format::Prowler, 4000)
    );
    let passed = numbers(&report, "status_id")
        .iter()
        .filter(|id| **id == 4)
        .count();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    assert_eq!(
        passed,
        lines.filter(|line| line["status_code"] == "PASS").count()
    );
    assert!(passed > 0);
}

#[test]
fn vex_files_of_the_specification_are_taken() {
    let mut taken = 0;
    for number in 1..=12 {
        let Some(text) = text(&format!(
            "sbom/bom-examples/VEX__Use-Cases__Case-{number}__vex.json"
        )) else {
            return;
        };
        // Some say neither what they are of nor what is affected.
        let given = Given {
            scope: Some("acme/product"),
        };
        let report = read_text(&text, None, given);
        let report = report.unwrap_or_else(|wrong| panic!("case {number}: {wrong}"));
        assert_eq!(
            (report.format, &report.refused),
            (Format::CycloneDx, &Vec::new()),
            "case {number}"
        );
        taken += report.findings.len();
    }
    assert!(taken > 12);
}

#[test]
fn answers_of_a_real_scan_are_taken() {
    for name in ["alpine_3.18.2", "nginx_latest", "redis_latest"] {
        let Some(text) = text(&format!("sbom/inspector/scans/{name}.json.scan")) else {
            return;
        };
        let mut scan: Value = serde_json::from_str(&text).unwrap();
        let sbom = scan["sbom"].take();
        let text = if sbom.is_null() {
            text
        } else {
            sbom.to_string()
        };
        let vulnerabilities = serde_json::from_str::<Value>(&text).unwrap();
        let count = vulnerabilities["vulnerabilities"]
            .as_array()
            .map_or(0, Vec::len);
        let report = whole(&text);
        assert!(
            report.findings.len() >= count && count > 0,
            "{name}: {count}"
        );
    }
}

#[test]
fn real_asff_is_recognised() {
    let Some(text) = text("asff/prowler_moto_sample.jsonl.gz") else {
        return;
    };
    let line = text.lines().next().unwrap();
    assert_eq!(super::super::recognise(line), Some(Format::Asff));
}

/// Times of eight are in a form that no SDK writes: recordings of a test tool.
#[test]
fn real_findings_of_inspector_are_taken() {
    let Some(text) = text("inspector2/inspector2_findings.jsonl") else {
        return;
    };
    let lines = text.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        line["data"].take().to_string()
    });
    let texts: Vec<String> = lines.collect();
    let report = read_text(&texts.join("\n"), Some(Format::Inspector), Given::default()).unwrap();
    assert_eq!(report.findings.len() + report.refused.len(), texts.len());
    for refused in &report.refused {
        assert!(
            refused.reason.starts_with("updatedAt must be a time"),
            "{refused:?}"
        );
    }
    assert_eq!(report.refused.len(), 8);
    for document in documents(&report) {
        assert!(document["time"].is_i64(), "{document}");
        let about = &document["vulnerabilities"][0];
        let names = ["/cve/uid", "/advisory/uid", "/cwe/uid"];
        let named = names.iter().filter_map(|name| about.pointer(name));
        assert_eq!(named.count(), 1, "{document}");
    }
}
