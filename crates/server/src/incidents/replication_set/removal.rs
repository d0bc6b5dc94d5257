//! Removes all that an account has in Incident Manager, a bounded part at a time.

use crate::context::Ctx;
use crate::failure::Failure;

/// Rows that go in one transaction, so that no write waits long behind it.
const ROWS_AT_ONCE: u64 = 1000;

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
        left -= remove(ctx, table, key, "", left)?;
    }
    // Tags of all services are in one table; those of this one begin with its ARNs.
    let own = "AND resource >= 'arn:aws:ssm-incidents:' AND resource < 'arn:aws:ssm-incidents;'";
    left -= remove(ctx, "tag", "resource, tag_key", own, left)?;
    Ok(left == 0)
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
