//! Feeds in every packing, whole, with a broken record, and cut off.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;

fn record(number: u32) -> String {
    format!(
        concat!(
            r#"{{"id":"TEST-2099-{number}","aliases":["CVE-2099-000{number}"],"#,
            r#""affected":[{{"package":{{"ecosystem":"PyPI","name":"anvil"}},"versions":["1"]}}]}}"#,
        ),
        number = number
    )
}

fn pretty(number: u32) -> String {
    let value: serde_json::Value = serde_json::from_str(&record(number)).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

fn gzip(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

type Outcome = (
    Result<FeedSummary, FeedError>,
    Vec<String>,
    Vec<RecordError>,
);

fn read_all(bytes: &[u8]) -> Outcome {
    let (mut ids, mut errors) = (Vec::new(), Vec::new());
    let summary = read_input(Cursor::new(bytes), |record| match record {
        Ok(advisory) => ids.push(advisory.id),
        Err(error) => errors.push(error),
    });
    (summary, ids, errors)
}

const BROKEN: &str = r#"{"id":"TEST-2099-2","affected":7}"#;

#[test]
fn every_packing_gives_the_same_records() {
    let lines = format!("{}\n{}\n\n{}\n", record(1), BROKEN, record(3));
    let list = format!("[{},\n{},{}]\n", record(1), BROKEN, record(3));
    let archive = zip(&[
        ("all/TEST-2099-1.json", &record(1)),
        ("README.md", "not a record"),
        ("all/TEST-2099-2.json", BROKEN),
        ("all/TEST-2099-3.JSON", &pretty(3)),
    ]);
    let first_in_list = zip(&[
        ("a.json", &format!("[{},{BROKEN}]", record(1))),
        ("b.json", &record(3)),
    ]);
    for (bytes, place) in [
        (lines.clone().into_bytes(), "line 2"),
        (
            lines.trim_end().replace('\n', "\r\n").into_bytes(),
            "line 2",
        ),
        (format!("\u{feff}{lines}").into_bytes(), "line 2"),
        (list.clone().into_bytes(), "record 2"),
        (gzip(&lines), "line 2"),
        (gzip(&list), "record 2"),
        (archive, "all/TEST-2099-2.json"),
        (first_in_list, "a.json, record 2"),
    ] {
        let (summary, ids, errors) = read_all(&bytes);
        assert_eq!(
            summary.unwrap(),
            FeedSummary {
                advisories: 2,
                rejected: 1
            },
            "{place}"
        );
        assert_eq!(ids, ["TEST-2099-1", "TEST-2099-3"], "{place}");
        assert_eq!(errors[0].place, place);
        assert_eq!(errors[0].id.as_deref(), Some("TEST-2099-2"), "{place}");
    }
}

#[test]
fn a_single_record_may_span_lines() {
    let unindented = pretty(1)
        .lines()
        .map(str::trim_start)
        .collect::<Vec<_>>()
        .join("\n");
    for text in [
        record(1),
        record(1) + "\n",
        pretty(1),
        pretty(1) + "\n\n",
        unindented,
    ] {
        let (summary, ids, errors) = read_all(text.as_bytes());
        assert_eq!(
            summary.unwrap(),
            FeedSummary {
                advisories: 1,
                rejected: 0
            },
            "{text}"
        );
        assert_eq!(
            (ids, errors),
            (vec!["TEST-2099-1".to_owned()], vec![]),
            "{text}"
        );
    }
}

#[test]
fn a_broken_line_does_not_end_the_feed() {
    for broken in [
        r#"{"id":"TEST-2099-1","#,
        r#"{"id":"TEST-2099-1"]}"#,
        "{}",
        "7",
        "\u{0}",
    ] {
        for text in [
            format!("{broken}\n{}\n", record(2)),
            format!("{}\n{broken}\n", record(2)),
        ] {
            // What is no object at all at the start is no feed of records.
            if text.starts_with(['7', '\u{0}']) {
                continue;
            }
            let (summary, ids, errors) = read_all(text.as_bytes());
            assert_eq!(
                summary.unwrap(),
                FeedSummary {
                    advisories: 1,
                    rejected: 1
                },
                "{text}"
            );
            assert_eq!((ids.len(), errors.len()), (1, 1), "{text}");
        }
    }
}

#[test]
fn a_feed_cut_anywhere_within_a_record_is_an_error() {
    let list = format!("[{},{}]", record(1), record(2));
    let lines = format!("{}\n{}", record(1), record(2));
    for (text, whole_at) in [
        (list, None),
        (lines, Some(record(1).len())),
        (pretty(1), None),
    ] {
        for length in 1..text.len() {
            let at_a_border = whole_at.is_some_and(|at| length == at || length == at + 1);
            let (summary, ..) = read_all(&text.as_bytes()[..length]);
            match summary {
                Err(FeedError::Truncated { .. }) => assert!(!at_a_border),
                other => assert!(at_a_border, "cut at {length}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_packed_feed_cut_anywhere_is_an_error() {
    let packed = gzip(&format!("{}\n{}\n", record(1), record(2)));
    for length in 2..packed.len() {
        let (summary, ..) = read_all(&packed[..length]);
        assert!(
            matches!(summary, Err(FeedError::Truncated { .. })),
            "gzip cut at {length}"
        );
    }
    let archive = zip(&[("1.json", &record(1)), ("2.json", &record(2))]);
    for length in 4..archive.len() {
        let (summary, ..) = read_all(&archive[..length]);
        assert!(
            matches!(summary, Err(FeedError::Truncated { .. })),
            "zip cut at {length}"
        );
    }
}

#[test]
fn a_damaged_archive_is_an_error() {
    let mut archive = zip(&[("1.json", &record(1))]);
    archive[45] ^= 0x55;
    let (summary, ids, _) = read_all(&archive);
    assert!(
        matches!(summary, Err(FeedError::Malformed { .. })),
        "{summary:?}"
    );
    assert!(ids.is_empty());
}

#[test]
fn what_is_no_feed_is_refused() {
    for text in ["", " \n", "[]"] {
        assert!(
            matches!(read_all(text.as_bytes()).0, Err(FeedError::Empty { .. })),
            "{text:?}"
        );
    }
    assert!(matches!(
        read_all(&zip(&[("a.txt", "x")])).0,
        Err(FeedError::Empty { .. })
    ));
    for text in ["<html>", "7", "[1] 2", "\"id\""] {
        let (summary, ..) = read_all(text.as_bytes());
        assert!(
            matches!(summary, Err(FeedError::Malformed { .. })),
            "{text:?} {summary:?}"
        );
    }
}

#[test]
fn a_folder_is_read_through() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("b")).unwrap();
    for (name, content) in [
        ("b/1.json", record(1)),
        ("b/2.json", BROKEN.to_owned()),
        ("a.json", pretty(3)),
        ("notes.txt", "not a record".to_owned()),
        ("z.json", "{\"id\":".to_owned()),
    ] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let (mut ids, mut errors) = (Vec::new(), Vec::new());
    let source = Source::Path(folder.path().to_owned());
    let summary = read(
        &source,
        |_| unreachable!("a path is not fetched"),
        |record| match record {
            Ok(advisory) => ids.push(advisory.id),
            Err(error) => errors.push(error),
        },
    );
    assert_eq!(
        summary.unwrap(),
        FeedSummary {
            advisories: 2,
            rejected: 2
        }
    );
    assert_eq!(ids, ["TEST-2099-3", "TEST-2099-1"]);
    assert!(errors[0].place.ends_with("2.json"), "{}", errors[0]);
    assert!(errors[1].place.ends_with("z.json"), "{}", errors[1]);
}

#[test]
fn an_address_is_read_through_the_caller() {
    let source = Source::Url("https://feeds.example/all.zip".to_owned());
    let mut ids = Vec::new();
    let summary = read(
        &source,
        |_| Ok(Box::new(Cursor::new(zip(&[("1.json", &record(1))])))),
        |record| ids.extend(record.map(|advisory| advisory.id)),
    );
    assert_eq!(summary.unwrap().advisories, 1);
    assert_eq!(ids, ["TEST-2099-1"]);
    let error = read(&source, |_| Err(io::Error::other("no route")), |_| {}).unwrap_err();
    assert!(error.to_string().contains("feeds.example"), "{error}");
}
