//! The findings, counted by severity and status.

use balefire_api::generated::securityhub::operations as op;
use balefire_api::generated::securityhub::{
    AllowedOperators, CompositeFilter, GetFindingStatisticsV2Request, GroupByField, GroupByResult,
    GroupByRule, NumberFilter, OcsfFindingFilters, OcsfNumberField, OcsfNumberFilter,
};

use super::form::href;
use super::severity::Tag;
use super::visit::{Section, Visit};
use crate::failure::Failure;

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

/// Rows from the top that are urgent while they are open: critical and high.
const URGENT: usize = 2;

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
    /// Why there are none, where the hub is off.
    pub off: Option<String>,
}

/// What is counted in one row: the findings of each column, and all.
type Counts = [usize; COLUMNS.len() + 1];

/// Counts all findings that the visitor sees.
pub async fn tally(visit: &Visit<'_>) -> Result<Tally, Failure> {
    let mut counts = [Counts::default(); ROWS.len()];
    for ((_, severities), counts) in ROWS.iter().zip(&mut counts) {
        let input = GetFindingStatisticsV2Request {
            group_by_rules: rules(severities),
            ..Default::default()
        };
        let results = match visit.ask::<op::GetFindingStatisticsV2>(input).await {
            Ok(output) => output.group_by_results.unwrap_or_default(),
            Err(Failure::Denied(message)) => {
                return Ok(Tally {
                    off: Some(message),
                    ..Default::default()
                });
            }
            Err(failure) => return Err(failure),
        };
        for (count, result) in counts.iter_mut().zip(&results) {
            *count = total(result);
        }
    }
    Ok(tallied(&counts))
}

/// A rule for each column and one for all. They group by the class, of which every finding has one.
fn rules(severities: &[i64]) -> Vec<GroupByRule> {
    let severity = any_of(OcsfNumberField::SeverityId, severities);
    let statuses = COLUMNS.iter().map(Some).chain([None]);
    let rule = |status: Option<&i64>| {
        let status = status.map(|id| any_of(OcsfNumberField::StatusId, &[*id]));
        let composites = [severity.clone()].into_iter().chain(status);
        GroupByRule {
            filters: Some(OcsfFindingFilters {
                composite_filters: Some(composites.collect()),
                composite_operator: Some(AllowedOperators::And),
            }),
            group_by_field: GroupByField::ClassName,
        }
    };
    statuses.map(rule).collect()
}

fn any_of(field: OcsfNumberField, ids: &[i64]) -> CompositeFilter {
    let filter = |id: &i64| OcsfNumberFilter {
        field_name: Some(field),
        filter: Some(NumberFilter {
            eq: Some(*id as f64),
            ..Default::default()
        }),
    };
    CompositeFilter {
        number_filters: Some(ids.iter().map(filter).collect()),
        operator: Some(AllowedOperators::Or),
        ..Default::default()
    }
}

fn total(result: &GroupByResult) -> usize {
    let values = result.group_by_values.iter().flatten();
    let counts = values.filter_map(|value| usize::try_from(value.count?).ok());
    counts.sum()
}

fn tallied(counts: &[Counts; ROWS.len()]) -> Tally {
    let all = |counts: &Counts| counts[COLUMNS.len()];
    let open = |counts: &Counts| counts[0] + counts[1];
    let widest = counts.iter().map(all).max().unwrap_or(0).max(1) as f64;
    let width = |count: usize| format!("{:.2}%", count as f64 * 100.0 / widest);
    let rows = ROWS.iter().zip(counts).map(|((id, _), counts)| Row {
        severity: Tag::of_ocsf_severity(*id, Some("Other")),
        cells: COLUMNS
            .iter()
            .zip(counts)
            .map(|(status, count)| cell(*id, Some(*status), *count))
            .collect(),
        all: cell(*id, None, all(counts)),
        open_width: width(open(counts)),
        all_width: width(all(counts)),
    });
    Tally {
        // The last row is for what has no severity, which is rare.
        rows: rows
            .filter(|row| row.all.count > 0 || row.severity.class != "unknown")
            .collect(),
        count: counts.iter().map(all).sum(),
        urgent: counts[..URGENT].iter().map(open).sum(),
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
    use super::*;

    #[test]
    fn rows_have_shares_of_the_widest_and_lead_to_their_findings() {
        let findings = tallied(&[
            [1, 1, 0, 1, 3],
            [0; 5],
            [0, 0, 1, 0, 1],
            [0; 5],
            [0, 0, 0, 0, 1],
            [1, 0, 0, 0, 1],
        ]);
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
