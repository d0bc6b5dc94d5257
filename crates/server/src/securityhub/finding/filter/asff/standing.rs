//! Severity, workflow, record state and compliance of ASFF by the numbers of OCSF, with what was set over them.

use balefire_columns::Plan;

use super::super::number::Bounds;
use super::Extent;
use crate::securityhub::asff;
use crate::securityhub::finding::index::Fields;

/// OCSF's numbers that have a word in ASFF; the others have none there.
const SEVERITIES: i64 = 6;
const WORKFLOWS: i64 = 4;
/// The activity Close.
const CLOSE: i64 = 3;
/// The statuses Archived and Deleted.
const ARCHIVED: [i64; 2] = [5, 6];

/// The values of an attribute that has few.
pub fn values(path: &str) -> Option<&'static [&'static str]> {
    match path {
        "Compliance.Status" => Some(&["PASSED", "WARNING", "FAILED", "NOT_AVAILABLE"]),
        "RecordState" => Some(&["ACTIVE", "ARCHIVED"]),
        "Severity.Label" => Some(&["INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"]),
        "Workflow.Status" => Some(&["NEW", "NOTIFIED", "SUPPRESSED", "RESOLVED"]),
        _ => None,
    }
}

/// Whether the value of such an attribute is as asked.
pub fn plan<'p>(
    path: &str,
    passes: &dyn Fn(&str) -> bool,
    fields: &Fields,
    extent: Extent,
) -> Option<Plan<'p>> {
    let of_word = |last: i64, word: fn(i64) -> Option<&'static str>| -> Vec<i64> {
        let ids = (1..=last).filter(|id| word(*id).is_some_and(passes));
        ids.collect()
    };
    match path {
        "Compliance.Status" => compliance(passes, fields),
        "RecordState" => record_state(passes, fields),
        "Severity.Label" => {
            let ids = of_word(SEVERITIES, asff::label_of_severity_id);
            set_or_sent(
                fields.number("severity_id")?,
                SEVERITIES,
                ids,
                fields,
                extent,
            )
        }
        "Workflow.Status" => {
            let ids = of_word(WORKFLOWS, asff::workflow_of_status_id);
            set_or_sent(fields.number("status_id")?, WORKFLOWS, ids, fields, extent)
        }
        _ => None,
    }
}

/// The number beside the label: providers may choose one of those that fit.
pub fn normalized<'p>(bounds: &Bounds, fields: &Fields, extent: Extent) -> Option<Plan<'p>> {
    let holds = |normalized: i64| bounds.holds(normalized as f64);
    let passes = |id: &i64| {
        asff::normalized_of_severity_id(*id).is_some_and(|mut fitting| match extent {
            Extent::Possible => fitting.any(holds),
            Extent::Certain => fitting.all(holds),
        })
    };
    let ids = (1..=SEVERITIES).filter(passes).collect();
    set_or_sent(
        fields.number("severity_id")?,
        SEVERITIES,
        ids,
        fields,
        extent,
    )
}

/// Whether a number is one of these, as it was set or, where that has no word in ASFF, as it was sent. Of a
/// number that was sent and has no word either, the columns know nothing.
fn set_or_sent<'p>(
    field: usize,
    last: i64,
    ids: Vec<i64>,
    fields: &Fields,
    extent: Extent,
) -> Option<Plan<'p>> {
    let has_word = |field| one_of(field, (1..=last).collect());
    let sent_field = fields.provided(field);
    let mut sent = vec![one_of(sent_field, ids.clone())];
    if extent == Extent::Possible {
        sent.push(Plan::Not(Box::new(has_word(sent_field))));
    }
    let sent = vec![Plan::Not(Box::new(has_word(field))), Plan::Any(sent)];
    Some(Plan::Any(vec![one_of(field, ids), Plan::All(sent)]))
}

/// Customers and rules archive, and bring nothing back that its provider has archived.
fn record_state<'p>(passes: &dyn Fn(&str) -> bool, fields: &Fields) -> Option<Plan<'p>> {
    let status = fields.number("status_id")?;
    let archived = || -> Option<Plan<'p>> {
        Some(Plan::Any(vec![
            one_of(fields.number("activity_id")?, vec![CLOSE]),
            one_of(status, ARCHIVED.into()),
            one_of(fields.provided(status), ARCHIVED.into()),
        ]))
    };
    let mut plans = Vec::new();
    if passes("ARCHIVED") {
        plans.push(archived()?);
    }
    if passes("ACTIVE") {
        plans.push(Plan::Not(Box::new(archived()?)));
    }
    Some(Plan::Any(plans))
}

fn compliance<'p>(passes: &dyn Fn(&str) -> bool, fields: &Fields) -> Option<Plan<'p>> {
    let field = fields.number("compliance.status_id")?;
    // All statuses that have a word, and one for the others.
    let ids = 0..=4_i64;
    let passed: Vec<i64> = ids
        .filter(|id| passes(asff::compliance_status_of_id(*id)))
        .collect();
    Some(Plan::Number {
        field,
        passes: Box::new(move |number| {
            let id = number as i64;
            passed.contains(&if (0..=3).contains(&id) { id } else { 4 })
        }),
    })
}

fn one_of<'p>(field: usize, ids: Vec<i64>) -> Plan<'p> {
    Plan::Number {
        field,
        passes: Box::new(move |number| ids.iter().any(|id| *id as f64 == number)),
    }
}
