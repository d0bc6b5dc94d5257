//! The findings of a region, counted by severity and status.

use serde_json::Value;

use super::document::number;
use super::findings::{self, Narrowed};
use super::form::href;
use super::severity::Tag;
use super::visit::{Section, Visit};
use crate::failure::Failure;

/// Findings that one call gives, and calls that one page makes.
const FINDINGS_PER_CALL: i32 = 100;
const CALLS_MAX: usize = 5;

/// Rows of the table of findings: `severity_id` and what else is counted there.
const ROWS: &[(i64, &[i64])] = &[
    (5, &[5, 6]),
    (4, &[4]),
    (3, &[3]),
    (2, &[2]),
    (1, &[1]),
    (0, &[0, 99]),
];
/// Columns of that table, by `status_id`.
const COLUMNS: [i64; 4] = [1, 2, 3, 4];

/// A number in the table, with the list it counts.
pub struct Cell {
    pub count: usize,
    /// Empty where no list shows just these.
    pub href: String,
}

pub struct Row {
    pub severity: Tag,
    pub cells: Vec<Cell>,
    pub all: Cell,
    /// Shares of the widest row, in percent.
    pub open_width: String,
    pub all_width: String,
}

/// The table, and what it says in all.
#[derive(Default)]
pub struct Tally {
    pub rows: Vec<Row>,
    pub count: usize,
    /// Critical and high ones that are new or in progress.
    pub urgent: usize,
    /// Whether there are more than were counted.
    pub more: bool,
    /// Why there are none, where the hub is off.
    pub off: Option<String>,
}

/// Counts the most severe findings, as many as a few calls give.
pub async fn tally(visit: &Visit<'_>) -> Result<Tally, Failure> {
    let narrowed = Narrowed {
        by_severity: true,
        ..Default::default()
    };
    let mut ids: Vec<(i64, i64)> = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..CALLS_MAX {
        let page = findings::page(visit, narrowed, FINDINGS_PER_CALL, token.as_deref()).await;
        let (page, next) = match page {
            Ok(page) => page,
            Err(Failure::Denied(message)) => {
                return Ok(Tally {
                    off: Some(message),
                    ..Default::default()
                });
            }
            Err(failure) => return Err(failure),
        };
        ids.extend(page.iter().map(ids_of));
        token = next;
        if token.is_none() {
            break;
        }
    }
    Ok(count(&ids, token.is_some()))
}

/// `severity_id` and `status_id` of a document.
fn ids_of(document: &Value) -> (i64, i64) {
    let id = |pointer| number(document, pointer).unwrap_or(0);
    (id("/severity_id"), id("/status_id"))
}

fn count(ids: &[(i64, i64)], more: bool) -> Tally {
    let count = |severities: &[i64], statuses: Option<&[i64]>| {
        let counts = |(severity, status): &&(i64, i64)| {
            severities.contains(severity) && statuses.is_none_or(|all| all.contains(status))
        };
        ids.iter().filter(counts).count()
    };
    let widest = ROWS
        .iter()
        .map(|(_, severities)| count(severities, None))
        .max();
    let widest = widest.unwrap_or(0).max(1) as f64;
    let width = |count: usize| format!("{:.2}%", count as f64 * 100.0 / widest);
    let rows = ROWS.iter().map(|(id, severities)| {
        let all = count(severities, None);
        Row {
            severity: Tag::of_ocsf_severity(*id, Some("Other")),
            cells: COLUMNS
                .iter()
                .map(|status| cell(*id, Some(*status), count(severities, Some(&[*status]))))
                .collect(),
            all: cell(*id, None, all),
            open_width: width(count(severities, Some(&[1, 2]))),
            all_width: width(all),
        }
    });
    Tally {
        // The last row is for what has no severity, which is rare.
        rows: rows
            .filter(|row| row.all.count > 0 || row.severity.class != "unknown")
            .collect(),
        count: ids.len(),
        urgent: count(&[4, 5, 6], Some(&[1, 2])),
        more,
        off: None,
    }
}

fn cell(severity: i64, status: Option<i64>, count: usize) -> Cell {
    if severity == 0 {
        let href = String::new();
        return Cell { count, href };
    }
    let severity = severity.to_string();
    let status = status.map_or_else(String::new, |status| status.to_string());
    let pairs = [("severity", severity.as_str()), ("status", status.as_str())];
    Cell {
        count,
        href: href(Section::Findings.path(), &pairs),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn findings_are_counted_by_severity_and_status() {
        let ids = [(5, 1), (6, 2), (5, 4), (3, 3), (1, 5), (99, 1)];
        let documents =
            ids.map(|(severity, status)| json!({"severity_id": severity, "status_id": status}));
        let findings = count(&documents.map(|one| ids_of(&one)), false);
        assert_eq!((findings.count, findings.urgent), (6, 2));
        let counts: Vec<(&str, Vec<usize>, usize)> = findings
            .rows
            .iter()
            .map(|row| {
                let cells = row.cells.iter().map(|cell| cell.count).collect();
                (row.severity.word.as_str(), cells, row.all.count)
            })
            .collect();
        let expected = [
            ("Critical", vec![1, 1, 0, 1], 3),
            ("High", vec![0, 0, 0, 0], 0),
            ("Medium", vec![0, 0, 1, 0], 1),
            ("Low", vec![0, 0, 0, 0], 0),
            ("Informational", vec![0, 0, 0, 0], 1),
            ("Other", vec![1, 0, 0, 0], 1),
        ];
        assert_eq!(counts, expected);
        assert_eq!(findings.rows[0].open_width, "66.67%");
        assert_eq!(
            findings.rows[0].cells[1].href,
            "/console/findings?severity=5&status=2"
        );
    }
}
