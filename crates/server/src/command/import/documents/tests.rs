//! Files as they come.

use std::io::Write;

use super::*;

fn opened(content: &[u8]) -> Result<Documents> {
    as_told(content, None)
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

const PASSED: &str =
    r#"{"class_uid": 2004, "status_code": "PASS", "metadata": {"product": {"name": "Prowler"}}}"#;
const ASFF: &str = concat!(
    r#"{"SchemaVersion": "2018-10-08", "Id": "a", "GeneratorId": "g", "Title": "T", "Description": "D", "#,
    r#""ProductArn": "arn:aws:securityhub:r::product/x/y", "AwsAccountId": "111111111111", "#,
    r#""CreatedAt": "2025-12-01T00:00:00Z", "UpdatedAt": "2025-12-02T00:00:00Z", "#,
    r#""Severity": {"Label": "HIGH"}, "Resources": [{"Type": "AwsS3Bucket", "Id": "r"}]}"#,
);

fn as_told(content: &[u8], wanted: Option<Format>) -> Result<Documents> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    open(file.path(), wanted, Given::default())
}

#[test]
fn lines_are_of_the_format_of_the_first_that_can_be_read() {
    for (line, format, status_id) in [(PASSED, Format::Prowler, 4), (ASFF, Format::Asff, 1)] {
        for wanted in [None, Some(format)] {
            let content = format!("{}\n{line}\n\n{line}", &line[..30]);
            let documents = as_told(content.as_bytes(), wanted).unwrap();
            assert_eq!(documents.format, format);
            let found: Vec<Found> = documents.collect();
            assert_eq!(found[0].as_ref().err().unwrap().place, "line 1");
            for (found, place) in found[1..].iter().zip(["line 2", "line 4"]) {
                let found = found.as_ref().ok().unwrap();
                let event: serde_json::Value = serde_json::from_str(found.document.text()).unwrap();
                assert_eq!(
                    (&*found.place, &event["status_id"]),
                    (place, &status_id.into())
                );
            }
        }
    }
}

#[test]
fn lines_behind_a_log_are_taken() {
    let content = format!("INFO scanning\n42 checks\n{PASSED}\n{PASSED}\n");
    let places = ["line 1", "line 2", "line 3", "line 4"].map(str::to_owned);
    let [one, two, three, four] = places;
    let expected = [Err(one), Err(two), Ok(three), Ok(four)];
    assert_eq!(taken(content.as_bytes()), expected);
    assert_eq!(
        taken(format!("INFO scanning\n{{\"a\": 1}}\n{ASFF}").as_bytes())[2],
        Ok("line 3".into())
    );
}

#[test]
fn a_broken_report_of_several_lines_is_no_file_of_lines() {
    let content = "{\n\"runs\": [\n\"text\"\n,\n{\"class\": 1}\n";
    for wanted in [None, Some(Format::Sarif)] {
        let refused = as_told(content.as_bytes(), wanted).err().unwrap();
        assert!(format!("{refused:#}").contains("cut off"), "{refused:#}");
    }
}

#[test]
fn what_is_no_text_costs_one_line_or_is_told_by_its_place() {
    let lines = [ASFF.as_bytes(), b"{\"Id\": \"\xff\"}", ASFF.as_bytes()].join(&b'\n');
    let places = [
        Ok("line 1".into()),
        Err("line 2".into()),
        Ok("line 3".into()),
    ];
    assert_eq!(taken(&lines), places);
    let array = [b"[\n ", ASFF.as_bytes(), b",\n \"\xff\"]"].concat();
    let indented = b"{\"class_uid\":\n\"\xff\"}";
    for (content, place) in [
        (&array[..], "line 3 column 3"),
        (indented, "line 2 column 2"),
    ] {
        let refused = format!("{:#}", opened(content).err().unwrap());
        assert!(refused.contains(place), "{refused}");
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let refused = open(folder.path(), None, Given::default()).err().unwrap();
    let name = folder.path().display().to_string();
    assert!(format!("{refused:#}").contains(&name), "{refused:#}");
}

#[test]
fn a_cut_of_asff_leaves_the_lines_before_it() {
    for broken in ["", "{\n"] {
        let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let numbered = |n: usize| ASFF.replace("\"a\"", &format!("\"{}\"", n * 7919 % 2003));
        let lines: String = (0..2000).map(|n| numbered(n) + "\n").collect();
        zipped
            .write_all((broken.to_owned() + &lines).as_bytes())
            .unwrap();
        let zipped = zipped.finish().unwrap();
        let cut = taken(&zipped[..zipped.len() / 2]);
        assert!(cut.last().unwrap().is_err() && cut.len() > 100 && cut.len() < 2000);
        assert_eq!(cut[0].is_err(), !broken.is_empty());
        assert!(cut[1..cut.len() - 1].iter().all(Result::is_ok));
    }
}

#[test]
fn a_list_in_one_line_is_a_report() {
    let places = [Ok("element 1".into()), Ok("element 2".into())];
    assert_eq!(
        taken(format!("{{\"Findings\": [{ASFF}, {ASFF}]}}\n").as_bytes()),
        places
    );
    assert_eq!(taken(ASFF.as_bytes()), [Ok("line 1".into())]);
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
