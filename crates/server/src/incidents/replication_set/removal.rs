//! Removes all that an account has in Incident Manager, a bounded part at a time.

use serde_json::json;

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::arn;
use crate::incidents::change::changed;
use crate::incidents::incident::Incident;

/// Rows that go in one transaction, so that no write waits long behind it.
const ROWS_AT_ONCE: u64 = 1000;

/// What an incident counts for among them: it is told of besides.
const ROWS_OF_INCIDENT: u64 = 5;

/// The tables and their keys within an account. What belongs to a thing goes before it.
const TABLES: [(&str, &str); 12] = [
    ("plan_share", "consumer, plan, policy"),
    ("resource_policy", "plan, id"),
    ("timeline_reference", "incident, reference, event_ms, id"),
    ("timeline_event", "incident, event_ms, id"),
    ("related_item", "incident, id"),
    ("incident_cause", "incident, cause"),
    ("pager_duty_step", "incident, id"),
    ("pager_duty_incident", "incident"),
    ("incident", "id"),
    ("deployment_resource", "deployment, resource"),
    ("deployment", "name"),
    ("response_plan", "name"),
];

/// Removes what one transaction may, and says whether there may be more.
pub fn remove_some(ctx: &mut Ctx<'_, '_>) -> Result<bool, Failure> {
    let mut left = ROWS_AT_ONCE;
    for (table, key) in TABLES {
        left -= match table {
            "incident" => remove_incidents(ctx, left)?,
            _ => remove(ctx, table, key, "", left)?,
        };
    }
    // Tags of all services are in one table; those of this one begin with its ARNs.
    let own = "AND resource >= 'arn:aws:ssm-incidents:' AND resource < 'arn:aws:ssm-incidents;'";
    left -= remove(ctx, "tag", "resource, tag_key", own, left)?;
    Ok(left == 0)
}

/// Incidents go one by one, each told of as one that is deleted by itself.
fn remove_incidents(ctx: &mut Ctx<'_, '_>, limit: u64) -> Result<u64, Failure> {
    let count = i64::try_from(limit / ROWS_OF_INCIDENT).unwrap_or(i64::MAX);
    let account = ctx.account().to_owned();
    let rows = ctx.tx.query(
        "SELECT plan, id FROM incident WHERE account = $1 ORDER BY id LIMIT $2",
        &[(&account).into(), count.into()],
    )?;
    for row in &rows {
        let (plan, id) = (row.text(0)?, row.text(1)?);
        ctx.tx.delete::<Incident>(&[(&account).into(), id.into()])?;
        let arn = arn::incident(&account, plan, id);
        changed(ctx, &account, "incident.deleted", &arn, &json!({}))?;
    }
    // Where there may be more, this turn is over.
    Ok(match rows.len() as i64 == count {
        true => limit,
        false => rows.len() as u64 * ROWS_OF_INCIDENT,
    })
}

fn remove(
    ctx: &mut Ctx<'_, '_>,
    table: &str,
    key: &str,
    condition: &str,
    limit: u64,
) -> Result<u64, Failure> {
    if limit == 0 {
        return Ok(0);
    }
    let sql = format!(
        "DELETE FROM {table} WHERE account = $1 AND ({key}) IN \
         (SELECT {key} FROM {table} WHERE account = $1 {condition} LIMIT $2)"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let account = ctx.account().into();
    Ok(ctx.tx.execute(&sql, &[account, limit.into()])?)
}
