//! Files as they come.

use std::io::Write;

use super::*;

fn opened(content: &[u8]) -> Result<Documents> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    open(file.path(), None, Given::default())
}

fn taken(content: &[u8]) -> Vec<Result<String, String>> {
    let documents = opened(content).unwrap();
    documents
        .map(|found| found.map(|one| one.place).map_err(|one| one.place))
        .collect()
}

#[test]
fn the_form_is_found_by_content() {
    let ok = |places: &[&str]| {
        places
            .iter()
            .map(|p| Ok((*p).to_owned()))
            .collect::<Vec<_>>()
    };
    let two = ok(&["element 1", "element 2"]);
    assert_eq!(taken(b"[{\"class_uid\":1},{\"a\":2}]"), two);
    assert_eq!(taken(b"\xef\xbb\xbf [{\"class_uid\":1},{\"a\":2}]"), two);
    assert_eq!(taken(b"{\n \"class_uid\": 1\n}\n"), ok(&["element 1"]));
    assert_eq!(
        taken(b"{\"class_uid\": 1,\n \"a\":2}\n"),
        ok(&["element 1"])
    );
    assert_eq!(
        taken(b"{\"class_uid\":1}\n\n{\"a\":2}\n"),
        ok(&["line 1", "line 3"])
    );
    let broken = taken(b"{\"class_uid\":1}\n{\"a\":\n{\"a\":3}");
    assert_eq!(
        broken,
        [
            Ok("line 1".into()),
            Err("line 2".into()),
            Ok("line 3".into())
        ]
    );
    let late = taken(b"{\"class_uid\":\n{\"class_uid\":2}\n");
    assert_eq!(late, [Err("line 1".into()), Ok("line 2".into())]);
}

#[test]
fn what_is_no_report_is_refused_with_the_formats_named() {
    for content in [
        "{\"a\": 1}",
        "[{\"a\": 1}]",
        "<html>",
        "{\n\"a\": 1\n}",
        "[1]",
    ] {
        let refused = format!("{:#}", opened(content.as_bytes()).err().unwrap());
        assert!(
            refused.contains("Trivy JSON, Grype JSON"),
            "{content}: {refused}"
        );
    }
    let cut = format!("{:#}", opened(b"{\n\"runs\": [\n").err().unwrap());
    assert!(cut.contains("cut off"), "{cut}");
}

#[test]
fn a_report_of_one_line_is_a_report() {
    let documents = opened(b"{\"version\":\"2.1.0\",\"runs\":[]}\n").unwrap();
    assert_eq!(documents.format, Format::Sarif);
    assert_eq!(documents.count(), 0);
}

#[test]
fn gzip_is_opened_and_a_cut_is_told() {
    let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for number in 0..2000 {
        writeln!(zipped, "{{\"class_uid\":{number}}}").unwrap();
    }
    let zipped = zipped.finish().unwrap();
    assert_eq!(taken(&zipped).len(), 2000);
    let cut = taken(&zipped[..zipped.len() / 2]);
    assert!(cut.last().unwrap().is_err(), "{:?}", cut.last());
    assert!(cut.len() < 2000);
}
