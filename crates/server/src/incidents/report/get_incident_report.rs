//! GetIncidentReport: Balefire's own, for what AWS keeps in post-incident analyses.

use balefire_api::generated::ssm_incidents::{RELATED_ITEM, RelatedItem};
use balefire_api::own::{GetIncidentReportInput, GetIncidentReportOutput};
use balefire_store::{Kept, Page};

use super::{Report, Told, markdown};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::finding;
use crate::incidents::incident::Incident;
use crate::incidents::timeline::TimelineEventRow;
use crate::wire_form;

/// More events than this are not told one by one.
const EVENTS_MAX: usize = 5000;

pub fn get_incident_report(
    ctx: &mut Ctx<'_, '_>,
    input: GetIncidentReportInput,
) -> Result<GetIncidentReportOutput, Failure> {
    let incident = named(ctx, &input.incident)?;
    let report = Report {
        record: incident.record()?,
        events: events(ctx, &incident)?,
        items: items(ctx, &incident)?,
        findings: finding::around(ctx, &incident)?,
        at: ctx.now,
    };
    Ok(GetIncidentReportOutput {
        markdown: markdown::write(&report),
    })
}

/// The incident of an ARN or, as people copy it, of an id alone.
fn named(ctx: &mut Ctx<'_, '_>, text: &str) -> Result<Kept<Incident>, Failure> {
    if text.starts_with("arn:") {
        return Incident::by_arn(ctx, "/Incident", text, None);
    }
    let found = Incident::find(ctx, &ctx.caller.account, text)?;
    found.ok_or_else(|| Failure::not_found("INCIDENT_RECORD", text))
}

fn events(ctx: &mut Ctx<'_, '_>, incident: &Incident) -> Result<Vec<Told>, Failure> {
    let rows = ctx.tx.page::<TimelineEventRow>(&Page {
        equal: &[
            ("account", (&incident.account).into()),
            ("incident", (&incident.id).into()),
        ],
        order: &["event_ms", "id"],
        descending: false,
        after: None,
        limit: EVENTS_MAX,
    })?;
    let told = rows.into_iter().map(|row| {
        Ok(Told {
            event: row.event()?,
            actor: row.record.actor,
        })
    });
    told.collect()
}

fn items(ctx: &mut Ctx<'_, '_>, incident: &Incident) -> Result<Vec<RelatedItem>, Failure> {
    let rows = ctx.tx.query(
        "SELECT body FROM related_item WHERE account = $1 AND incident = $2 ORDER BY id",
        &[(&incident.account).into(), (&incident.id).into()],
    )?;
    rows.iter()
        .map(|row| wire_form::read(&RELATED_ITEM, row.blob(0)?))
        .collect()
}
