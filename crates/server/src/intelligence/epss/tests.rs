//! Files of FIRST and of mirrors, invented, odd and cut off.

use super::*;

type Rows = Vec<Result<EpssScore, RecordError>>;

fn read_all(text: &str) -> (Result<EpssSummary, FeedError>, Rows) {
    let mut rows = Vec::new();
    let summary = read(text.as_bytes(), |row| rows.push(row));
    (summary, rows)
}

fn score(cve: &str, score: f64, percentile: f64) -> EpssScore {
    EpssScore {
        cve: cve.into(),
        score,
        percentile,
    }
}

const COMMENT: &str = "#model_version:v2099.01.01,score_date:2099-01-31T00:00:00+0000\n";
const ROWS: &str = "CVE-2099-0001,0.01420,0.79750\nCVE-2099-0002,1.00000,0.00000\n";

#[test]
fn the_usual_layout_and_those_of_mirrors_are_read() {
    let day = Some(jiff::civil::date(2099, 1, 31));
    let model = Some("v2099.01.01");
    let swapped = "percentile;cve;epss\n0.79750;CVE-2099-0001;0.01420\n0;CVE-2099-0002;1\n";
    for (text, as_of, model_version) in [
        (format!("{COMMENT}cve,epss,percentile\n{ROWS}"), day, model),
        (
            format!(
                "{COMMENT}cve,epss,percentile\r\n{}",
                ROWS.replace('\n', "\r\n")
            ),
            day,
            model,
        ),
        (format!("cve,epss,percentile\n{ROWS}\n"), None, None),
        (ROWS.to_owned(), None, None),
        (
            format!("# made by a mirror, score_date: soon\n{ROWS}"),
            None,
            None,
        ),
        (
            format!("\u{feff}#score_date:2099-01-31\nCVE,EPSS,Percentile\n{ROWS}"),
            day,
            None,
        ),
        (swapped.to_owned(), None, None),
        (ROWS.trim_end().to_owned(), None, None),
    ] {
        let (summary, rows) = read_all(&text);
        let model_version = model_version.map(str::to_owned);
        let expected = EpssSummary {
            model_version,
            as_of,
            rows: 2,
            rejected: 0,
        };
        assert_eq!(summary.unwrap(), expected, "{text}");
        let expected = [
            score("CVE-2099-0001", 0.0142, 0.7975),
            score("CVE-2099-0002", 1.0, 0.0),
        ];
        assert_eq!(rows, expected.map(Ok), "{text}");
    }
}

#[test]
fn rows_out_of_range_are_rejected_with_their_line() {
    let text = format!(
        "cve,epss,percentile\n{ROWS}CVE-2099-0003,1.00001,0.5\nCVE-2099-0004,-0.1,0.5\n\
         CVE-2099-0005,0.5,NaN\nCVE-2099-0006,0.5\nGHSA-1,0.5,0.5\nCVE-2099-0007,0.5,0.5\n"
    );
    let (summary, rows) = read_all(&text);
    let summary = summary.unwrap();
    assert_eq!((summary.rows, summary.rejected), (3, 5));
    let errors: Vec<_> = rows.into_iter().filter_map(Result::err).collect();
    let seen: Vec<_> = errors
        .iter()
        .map(|e| (e.place.as_str(), e.id.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [
            ("line 4", Some("CVE-2099-0003")),
            ("line 5", Some("CVE-2099-0004")),
            ("line 6", Some("CVE-2099-0005")),
            ("line 7", Some("CVE-2099-0006")),
            ("line 8", Some("GHSA-1")),
        ]
    );
    assert!(errors[0].reason.contains("1.00001"), "{}", errors[0]);
    assert!(
        errors[3].reason.contains("percentile is missing"),
        "{}",
        errors[3]
    );
}

#[test]
fn a_last_row_cut_anywhere_is_found() {
    let whole = format!("cve,epss,percentile\n{ROWS}");
    let start = whole.trim_end().rfind('\n').unwrap() + 2;
    for length in start..whole.len() - 1 {
        let (summary, _) = read_all(&whole[..length]);
        assert!(
            matches!(summary, Err(FeedError::Truncated { .. })),
            "cut at {length}"
        );
    }
}

#[test]
fn what_is_not_an_epss_file_is_refused() {
    for text in [
        "<html>\n",
        "cve,score\nCVE-2099-0001,0.1\n",
        "id,epss,percentile\n",
    ] {
        assert!(
            matches!(read_all(text).0, Err(FeedError::Malformed { .. })),
            "{text}"
        );
    }
    for text in [
        "",
        COMMENT,
        "cve,epss,percentile\n",
        "cve,epss,percentile\nCVE-1,2,3\n",
    ] {
        assert!(
            matches!(read_all(text).0, Err(FeedError::Empty { .. })),
            "{text}"
        );
    }
}
