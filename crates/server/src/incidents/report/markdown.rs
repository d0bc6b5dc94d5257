//! The report as Markdown.

use std::fmt::Write as _;

use balefire_api::Timestamp;
use balefire_api::generated::ssm_incidents::{Finding, FindingDetails, ItemValue};

use super::Report;
use super::prose::{actor, cell, said, span, time};

pub fn write(report: &Report) -> String {
    let mut out = String::new();
    head(report, &mut out);
    times(report, &mut out);
    deployments(report, &mut out);
    items(report, &mut out);
    timeline(report, &mut out);
    out
}

fn head(report: &Report, out: &mut String) {
    let record = &report.record;
    let _ = writeln!(out, "# {}\n", cell(&record.title));
    let _ = writeln!(
        out,
        "Incident `{}`, impact {}, {}. Report of {}.\n",
        record.arn,
        record.impact,
        record.status.as_str().to_lowercase(),
        time(report.at)
    );
    if let Some(summary) = record
        .summary
        .as_ref()
        .filter(|summary| !summary.is_empty())
    {
        // The summary is Markdown already.
        let _ = writeln!(out, "{}\n", summary.trim());
    }
}

fn times(report: &Report, out: &mut String) {
    let record = &report.record;
    let opened = record.creation_time;
    let after = |moment: Option<Timestamp>, none: &str| match moment {
        Some(moment) => format!(
            "{} ({} after the start)",
            time(moment),
            span(opened, moment)
        ),
        None => none.to_owned(),
    };
    out.push_str("## Times\n\n| | |\n|---|---|\n");
    let _ = match report.triggered() {
        Some(triggered) => writeln!(
            out,
            "| Triggered | {} (detected in {}) |",
            time(triggered),
            span(triggered, opened)
        ),
        None => writeln!(out, "| Triggered | by hand |"),
    };
    let _ = writeln!(out, "| Started | {} |", time(opened));
    let _ = writeln!(
        out,
        "| Acknowledged | {} |",
        after(report.acknowledged(), "by nobody")
    );
    let _ = writeln!(
        out,
        "| Resolved | {} |\n",
        after(record.resolved_time, "not yet")
    );
}

fn deployments(report: &Report, out: &mut String) {
    out.push_str("## Deployments around it\n\n");
    if report.findings.is_empty() {
        out.push_str("None is known.\n\n");
        return;
    }
    out.push_str("| began | ended | what |\n|---|---|---|\n");
    for finding in &report.findings {
        if let Some((began, ended, what)) = deployment(finding) {
            let ended = ended.map_or_else(|| "goes on".to_owned(), time);
            let before = match report.record.creation_time.0 - began.0 {
                ms if ms >= 0 => format!("{} before", span(began, report.record.creation_time)),
                _ => format!("{} after", span(report.record.creation_time, began)),
            };
            let _ = writeln!(
                out,
                "| {} ({before}) | {ended} | {} |",
                time(began),
                cell(&what)
            );
        }
    }
    out.push('\n');
}

fn deployment(finding: &Finding) -> Option<(Timestamp, Option<Timestamp>, String)> {
    Some(match finding.details.as_ref()? {
        FindingDetails::CodeDeployDeployment(told) => (
            told.start_time,
            told.end_time,
            format!("{} of {}", told.deployment_id, told.deployment_group_arn),
        ),
        FindingDetails::CloudFormationStackUpdate(told) => {
            (told.start_time, told.end_time, told.stack_arn.clone())
        }
    })
}

fn items(report: &Report, out: &mut String) {
    if report.items.is_empty() {
        return;
    }
    out.push_str("## Related items\n\n");
    for item in &report.items {
        let value = match &item.identifier.value {
            ItemValue::Arn(text) | ItemValue::Url(text) | ItemValue::MetricDefinition(text) => text,
            ItemValue::PagerDutyIncidentDetail(detail) => &detail.id,
        };
        let kind = item
            .identifier
            .r#type
            .as_str()
            .to_lowercase()
            .replace('_', " ");
        let title = item.title.as_deref().unwrap_or_default();
        let separator = if title.is_empty() { "" } else { ": " };
        let _ = writeln!(out, "- {kind}{separator}{}: {}", cell(title), cell(value));
    }
    out.push('\n');
}

fn timeline(report: &Report, out: &mut String) {
    out.push_str("## Timeline\n\n| when | who | what |\n|---|---|---|\n");
    for told in &report.events {
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            time(told.event.event_time),
            cell(actor(&told.actor)),
            cell(&said(&told.event.event_type, &told.data()))
        );
    }
}
