//! Which format a text is.

use super::*;

#[test]
fn a_format_is_known_by_its_content() {
    let asff = r#"{"SchemaVersion": "2018-10-08", "ProductArn": "arn:x", "AwsAccountId": "1"}"#;
    for (text, format) in [
        (TRIVY, Some(Format::Trivy)),
        (GRYPE, Some(Format::Grype)),
        (SARIF, Some(Format::Sarif)),
        (VEX, Some(Format::CycloneDx)),
        (INSPECTOR, Some(Format::Inspector)),
        (
            r#"{"detail-type": "Inspector2 Finding", "detail": {}}"#,
            Some(Format::Inspector),
        ),
        (r#"{"findings": [{"id": 1}]}"#, None),
        (r#"{"findings": []}"#, Some(Format::Inspector)),
        (r#"{"Findings": []}"#, Some(Format::Asff)),
        (r#"{"findings": {}}"#, None),
        (r#"{"Findings": {}}"#, None),
        (r#"{"Findings": [{"class_uid": 2002}]}"#, Some(Format::Ocsf)),
        (
            r#"{"Findings": [{"metadata": {"product": {"name": "Prowler"}}}]}"#,
            Some(Format::Prowler),
        ),
        (r#"{"Findings": [{"findingArn": "a"}]}"#, None),
        (asff, Some(Format::Asff)),
        (&format!("[{asff}]"), Some(Format::Asff)),
        (&format!("{{\"Findings\": [{asff}]}}"), Some(Format::Asff)),
        (r#"{"class_uid": 2002}"#, Some(Format::Ocsf)),
        (
            r#" [{"metadata": {"product": {"name": "prowler"}}}]"#,
            Some(Format::Prowler),
        ),
        (
            r#"{"metadata": {"product": {"name": 7}}}"#,
            Some(Format::Ocsf),
        ),
        ("[]", Some(Format::Ocsf)),
        (
            r#"{"SchemaVersion": 2, "ArtifactName": "x"}"#,
            Some(Format::Trivy),
        ),
        (r#"{"Findings": [{"Id": 1}]}"#, None),
        (
            r#"{"matches": [{"vulnerability": {}}]}"#,
            Some(Format::Grype),
        ),
        (r#"{"matches": [1]}"#, None),
        (r#"{"Results": []}"#, None),
        ("{}", None),
        ("[1]", None),
        ("7", None),
        ("{", None),
    ] {
        assert_eq!(super::super::recognise(text), format, "{text:.80}");
    }
}

#[test]
fn a_format_has_a_word() {
    for format in Format::ALL {
        assert_eq!(Format::of_word(format.word()), Some(format));
    }
    let refused = read_text("{}", None, Given::default()).unwrap_err();
    assert!(
        refused.contains("SARIF 2.1.0") && refused.contains("Grype"),
        "{refused}"
    );
    let refused = read_text("", None, Given::default()).unwrap_err();
    assert!(refused.contains("empty"), "{refused}");
}

#[test]
fn a_report_of_another_tool_is_refused_by_the_format_that_is_told() {
    let event = r#"{"class_uid": 2004, "metadata": {"product": {"uid": "x"}}, "Resources": []}"#;
    let told = [
        Format::Sarif,
        Format::Trivy,
        Format::Grype,
        Format::CycloneDx,
    ];
    for (format, text) in [TRIVY, GRYPE, SARIF, VEX, INSPECTOR, event]
        .iter()
        .flat_map(|text| told.map(|format| (format, *text)))
    {
        let read = read_text(text, Some(format), Given::default());
        match recognise::recognise(text) == Some(format) {
            true => assert!(read.is_ok(), "{format:?}: {read:?}"),
            false => {
                let refused = read.unwrap_err();
                assert!(refused.starts_with("it is no "), "{format:?}: {refused}");
            }
        }
    }
    // What is not told apart by itself may be told, and so may what has no findings.
    for (format, text) in [
        (Format::Trivy, r#"{"Results": []}"#),
        (Format::Trivy, r#"{"SchemaVersion": 2}"#),
        (Format::Grype, r#"{"matches": []}"#),
        (Format::CycloneDx, r#"{"vulnerabilities": []}"#),
    ] {
        let report = read_text(text, Some(format), Given::default()).unwrap();
        assert!(report.findings.is_empty() && report.refused.is_empty());
    }
}

#[test]
fn an_answer_of_security_hub_is_a_report_and_so_is_one_without_findings() {
    let answer =
        r#"{"Findings": [{"class_uid": 2002, "a": 1}, {"class_uid": 2002}], "NextToken": "t"}"#;
    for text in [answer.to_owned(), answer.replace(", \"a", ",\n \"a")] {
        let report = whole(&text);
        assert_eq!((report.format, report.findings.len()), (Format::Ocsf, 2));
        assert_eq!(report.findings[1].place, "element 2");
        assert_eq!(
            documents(&report)[0],
            serde_json::json!({"class_uid": 2002, "a": 1})
        );
    }
    assert!(!is_line(Format::Ocsf, answer));
    for (text, format) in [
        (r#"{"findings": []}"#, Format::Inspector),
        (r#"{"findings": [], "nextToken": null}"#, Format::Inspector),
        (r#"{"Findings": []}"#, Format::Asff),
        ("[]", Format::Ocsf),
    ] {
        let report = whole(text);
        assert_eq!(
            (report.format, report.findings.len()),
            (format, 0),
            "{text}"
        );
        assert!(!is_line(format, text) || text == "[]", "{text}");
    }
}

#[test]
fn asff_comes_in_every_arrangement_and_what_is_not_whole_is_refused_by_itself() {
    let whole = r#"{"SchemaVersion": "2018-10-08", "Id": "a", "GeneratorId": "g", "Title": "T",
        "ProductArn": "arn:aws:securityhub:r::product/x/y", "AwsAccountId": "111111111111",
        "Description": "D", "CreatedAt": "2025-12-01T00:00:00Z", "UpdatedAt": "2025-12-02T00:00:00Z",
        "Severity": {"Label": "HIGH"}, "Resources": [{"Type": "AwsS3Bucket", "Id": "r"}]}"#;
    let whole = whole.replace('\n', "");
    let part = r#"{"SchemaVersion": "2018-10-08", "ProductArn": "arn:x"}"#;
    for text in [
        format!("[{whole}, {part}]"),
        format!(r#"{{"Findings": [{whole}, {part}]}}"#),
        format!("{whole}\n{part}\n"),
    ] {
        let report = read_text(&text, None, Given::default()).unwrap();
        assert_eq!(
            (report.format, report.findings.len()),
            (Format::Asff, 1),
            "{text}"
        );
        let document: serde_json::Value =
            serde_json::from_str(report.findings[0].document.get()).unwrap();
        assert_eq!(document["finding_info"]["uid"], "a");
        assert_eq!(
            (&document["severity_id"], &document["class_uid"]),
            (&4.into(), &2004.into())
        );
        assert!(report.refused[0].place.ends_with('2'), "{text}");
        assert!(
            report.refused[0].reason.contains("Title"),
            "{:?}",
            report.refused
        );
    }
    let one = read_text(&whole, None, Given::default()).unwrap();
    assert_eq!((one.findings.len(), one.refused.len()), (1, 0));
}

#[test]
fn events_cover_their_product_or_what_is_told() {
    let text = "{\"class_uid\": 2004}\n{\"class_uid\": 2004}\n[1\n";
    let report = read_text(text, None, Given::default()).unwrap();
    assert_eq!((report.findings.len(), &report.scope), (2, &Scope::Product));
    assert_eq!(report.refused[0].place, "line 3");
    for text in [text, "[{\"class_uid\": 2004}]"] {
        let given = Given { scope: Some("a") };
        let report = read_text(text, None, given).unwrap();
        assert_eq!(report.scope, Scope::Resource("a".into()));
    }
}

#[test]
fn a_broken_first_line_costs_no_other() {
    let passed = r#"{"status_code": "PASS", "metadata": {"product": {"name": "prowler"}}}"#;
    for wanted in [None, Some(Format::Prowler)] {
        let report = read_text(&format!("{{\"cut\":\n{passed}\n"), wanted, Given::default());
        let report = report.unwrap();
        assert_eq!(report.format, Format::Prowler);
        assert_eq!(report.refused[0].place, "line 1");
        assert_eq!(numbers(&report, "status_id"), [4]);
    }
    for (broken, wanted) in [("{\"a\":\n7\n", None), ("{\n{}\n", Some(Format::Trivy))] {
        let refused = read_text(broken, wanted, Given::default()).unwrap_err();
        assert!(refused.contains("cut off"), "{refused}");
    }
}

#[test]
fn lines_behind_a_log_are_read() {
    let line = r#"{"class_uid": 2004, "time": 1}"#;
    let text = format!("INFO scanning\n{line}\n{line}\n");
    let report = read_text(&text, None, Given::default()).unwrap();
    let places: Vec<&str> = report.findings.iter().map(|one| &*one.place).collect();
    assert_eq!(places, ["line 2", "line 3"]);
    assert_eq!(report.refused[0].place, "line 1");
    let array = format!("[\n{line},\n{line}\n");
    assert!(read_text(&array, None, Given::default()).is_err());
}
