//! The quotas of Incident Manager that hold only where the operator has asked for those of AWS.

use balefire_api::Timestamp;
use jiff::tz::TimeZone;

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::arn;
use crate::incidents::incident::Incident;
use crate::incidents::response_plan::ResponsePlan;
use crate::settings::Limits;

const INCIDENTS_PER_PLAN_AND_MONTH: i64 = 200;
const EVENTS_PER_INCIDENT: i64 = 1000;

/// Refuses a new incident of a plan that has had its share of the month, which is one of UTC.
pub fn room_for_incident(ctx: &mut Ctx<'_, '_>, plan: &ResponsePlan) -> Result<(), Failure> {
    if ctx.settings.limits != Limits::Aws {
        return Ok(());
    }
    let month_ms = month_began(ctx.now)?.0;
    let count = count(
        ctx,
        "SELECT COUNT(*) FROM incident WHERE account = $1 AND plan = $2 AND created_ms >= $3",
        &[(&plan.account).into(), (&plan.name).into(), month_ms.into()],
    )?;
    if count < INCIDENTS_PER_PLAN_AND_MONTH {
        return Ok(());
    }
    Err(Failure::Limit {
        kind: "RESPONSE_PLAN",
        id: arn::response_plan(&plan.account, &plan.name),
        quota: "INCIDENTS_PER_RESPONSE_PLAN_AND_MONTH",
        message: format!(
            "A response plan starts at most {INCIDENTS_PER_PLAN_AND_MONTH} incidents in a calendar month, \
             and {} has started them. Use another plan, or serve without --limits aws.",
            plan.name
        ),
    })
}

/// Refuses an event of a user where the timeline is full. Automatic ones are kept beyond it.
pub fn room_for_event(ctx: &mut Ctx<'_, '_>, incident: &Incident) -> Result<(), Failure> {
    if ctx.settings.limits != Limits::Aws {
        return Ok(());
    }
    let count = count(
        ctx,
        "SELECT COUNT(*) FROM timeline_event WHERE account = $1 AND incident = $2",
        &[(&incident.account).into(), (&incident.id).into()],
    )?;
    if count < EVENTS_PER_INCIDENT {
        return Ok(());
    }
    Err(Failure::Limit {
        kind: "INCIDENT_RECORD",
        id: incident.arn(),
        quota: "TIMELINE_EVENTS_PER_INCIDENT",
        message: format!(
            "An incident has at most {EVENTS_PER_INCIDENT} timeline events, and this one has {count}. \
             Delete some, or serve without --limits aws."
        ),
    })
}

fn count(
    ctx: &mut Ctx<'_, '_>,
    sql: &str,
    params: &[balefire_store::Value],
) -> Result<i64, Failure> {
    let rows = ctx.tx.query(sql, params)?;
    Ok(rows.first().map_or(Ok(0), |row| row.int(0))?)
}

/// The first moment of the month of a time.
fn month_began(time: Timestamp) -> Result<Timestamp, Failure> {
    let began = jiff::Timestamp::from_millisecond(time.0)
        .and_then(|time| time.to_zoned(TimeZone::UTC).first_of_month())
        .and_then(|first| first.start_of_day());
    let began =
        began.map_err(|error| Failure::Internal(format!("the month of {}: {error}", time.0)))?;
    Ok(Timestamp(began.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests;
