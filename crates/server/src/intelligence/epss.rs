//! The scores of the Exploit Prediction Scoring System, as FIRST publishes them.

use std::collections::HashSet;
use std::io::BufRead;

use jiff::civil::Date;

use super::feed::{FeedError, Line, Lines, RecordError};
use super::parse_cve;

/// The score of one vulnerability.
#[derive(Clone, Debug, PartialEq)]
pub struct EpssScore {
    /// The CVE id.
    pub cve: String,
    /// Probability of exploitation in the next 30 days, 0 to 1.
    pub score: f64,
    /// Share of all vulnerabilities with the same or a lower score, 0 to 1.
    pub percentile: f64,
}

/// What was read, after the last row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EpssSummary {
    /// The model, as the comment line names it.
    pub model_version: Option<String>,
    /// The day of the scores, when the comment line tells it.
    pub as_of: Option<Date>,
    /// Rows handed on as scores.
    pub rows: u64,
    /// Rows handed on as errors.
    pub rejected: u64,
}

/// Where the columns stand, and what parts them.
#[derive(Clone, Copy)]
struct Layout {
    delimiter: char,
    cve: usize,
    score: usize,
    percentile: usize,
}

/// Reads the CSV (unpack it first with [`unpack`](super::source::unpack)) and hands on every row.
///
/// The comment line and the header may be missing, and mirrors that part columns with semicolons
/// are read too. Rows may have been handed on when the feed turns out to be cut off: use them only
/// after `Ok`.
pub fn read(
    reader: impl BufRead,
    mut on: impl FnMut(Result<EpssScore, RecordError>),
) -> Result<EpssSummary, FeedError> {
    let mut lines = Lines::new(reader);
    let mut summary = EpssSummary::default();
    let mut seen = HashSet::new();
    let mut layout = None;
    let mut decimals = 0;
    while let Some(line) = lines.next()? {
        let text = String::from_utf8_lossy(&line.text);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        if let Some(comment) = text.strip_prefix('#') {
            read_comment(comment, &mut summary);
            continue;
        }
        let Some(columns) = layout else {
            let (found, is_header) = find_layout(text, line.number)?;
            layout = Some(found);
            if !is_header {
                take(found, text, &line, &mut decimals, &mut seen, &mut summary).map(&mut on)?;
            }
            continue;
        };
        take(columns, text, &line, &mut decimals, &mut seen, &mut summary).map(&mut on)?;
    }
    if summary.rows == 0 {
        return Err(FeedError::Empty {
            expected: "rows of cve,epss,percentile",
        });
    }
    Ok(summary)
}

/// The comment reads `model_version:v2099.01.01,score_date:2099-01-31T00:00:00+0000`.
fn read_comment(comment: &str, summary: &mut EpssSummary) {
    for part in comment.split(',') {
        let Some((name, value)) = part.split_once(':') else {
            continue;
        };
        let value = value.trim();
        match name.trim() {
            "model_version" if !value.is_empty() => summary.model_version = Some(value.to_owned()),
            "score_date" => summary.as_of = value.get(..10).and_then(|day| day.parse().ok()),
            _ => {}
        }
    }
}

/// Reads the header, or takes the usual layout when the first line is a row already.
fn find_layout(text: &str, line: u64) -> Result<(Layout, bool), FeedError> {
    let delimiter = if text.contains(';') && !text.contains(',') {
        ';'
    } else {
        ','
    };
    let names: Vec<_> = text
        .split(delimiter)
        .map(|name| name.trim().to_lowercase())
        .collect();
    let find = |name: &str| names.iter().position(|other| other == name);
    if let (Some(cve), Some(score), Some(percentile)) =
        (find("cve"), find("epss"), find("percentile"))
    {
        return Ok((
            Layout {
                delimiter,
                cve,
                score,
                percentile,
            },
            true,
        ));
    }
    if text.starts_with("CVE-") {
        return Ok((
            Layout {
                delimiter,
                cve: 0,
                score: 1,
                percentile: 2,
            },
            false,
        ));
    }
    Err(FeedError::Malformed {
        place: format!("at line {line}"),
        reason: "expected the header cve,epss,percentile".to_owned(),
    })
}

fn take(
    layout: Layout,
    text: &str,
    line: &Line,
    decimals: &mut usize,
    seen: &mut HashSet<String>,
    summary: &mut EpssSummary,
) -> Result<Result<EpssScore, RecordError>, FeedError> {
    let fields: Vec<_> = text.split(layout.delimiter).map(str::trim).collect();
    let last = layout.cve.max(layout.score).max(layout.percentile);
    let here = fields
        .get(last)
        .map_or(0, |field| field.split_once('.').map_or(0, |f| f.1.len()));
    // A line that just stops may have lost digits too; its decimals tell.
    if !line.ended && (fields.len() <= last || here < *decimals) {
        return Err(FeedError::Truncated {
            place: format!("at line {}", line.number),
            reason: format!("the last row is not complete: {text:?}"),
        });
    }
    *decimals = here;
    let row = read_row(layout, &fields).and_then(|row| match seen.insert(row.cve.clone()) {
        true => Ok(row),
        false => Err("is listed before; the first row stands".to_owned()),
    });
    match row {
        Ok(_) => summary.rows += 1,
        Err(_) => summary.rejected += 1,
    }
    let id = fields.get(layout.cve).map(|cve| (*cve).to_owned());
    Ok(row.map_err(|reason| RecordError {
        place: format!("line {}", line.number),
        id,
        reason,
    }))
}

fn read_row(layout: Layout, fields: &[&str]) -> Result<EpssScore, String> {
    let field = |position: usize, name: &str| {
        fields
            .get(position)
            .copied()
            .ok_or_else(|| format!("the column {name} is missing"))
    };
    let share = |position: usize, name: &str| {
        let text = field(position, name)?;
        match text.parse::<f64>() {
            Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
            _ => Err(format!("{name} {text:?} is not a number from 0 to 1")),
        }
    };
    let cve = field(layout.cve, "cve")?;
    if parse_cve(cve).is_none() {
        return Err(format!("{cve:?} is not a CVE id such as CVE-2099-0001"));
    }
    Ok(EpssScore {
        cve: cve.to_owned(),
        score: share(layout.score, "epss")?,
        percentile: share(layout.percentile, "percentile")?,
    })
}

#[cfg(test)]
mod tests;
