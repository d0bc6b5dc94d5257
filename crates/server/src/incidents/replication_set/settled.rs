//! Nothing of an account can be used while its replication set is on the move.

use balefire_api::generated::ssm_incidents::ReplicationSetStatus;
use balefire_store::{Kept, Record, Value};

use super::ReplicationSetRow;
use crate::context::{Caller, Ctx};
use crate::failure::Failure;

/// Nothing of Incident Manager can be made before there is a set.
pub fn must_have_set(ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
    match ReplicationSetRow::find(ctx)? {
        Some(row) => check_settled(ctx.caller, row.status.as_str()),
        None => Err(Failure::not_found("REPLICATION_SET", ctx.account())),
    }
}

/// Nothing of an account can be used while its set is on the move. Without a set there is nothing,
/// and that is no error.
pub fn must_be_settled(ctx: &mut Ctx<'_, '_>, account: &str) -> Result<(), Failure> {
    let rows = ctx.tx.query(
        "SELECT status FROM replication_set WHERE account = $1",
        &[account.into()],
    )?;
    rows.first()
        .map_or(Ok(()), |row| check_settled(ctx.caller, row.text(0)?))
}

/// The record that a statement finds, which selects the columns of its table, the version, and last
/// the status of the account's set, or NULL.
pub fn get_settled<R: Record>(
    ctx: &mut Ctx<'_, '_>,
    sql: &'static str,
    key: &[Value],
) -> Result<Option<Kept<R>>, Failure> {
    let rows = ctx.tx.query(sql, key)?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let version = R::TABLE.key.len() + R::TABLE.columns.len();
    if let Some(status) = row.optional_text(version + 1)? {
        check_settled(ctx.caller, status)?;
    }
    Ok(Some(Kept {
        record: R::from_row(row)?,
        version: row.int(version)?,
    }))
}

/// Calls are refused, and nothing else: what was accepted takes its effect, and what came of it is told.
pub fn check_settled(caller: &Caller, status: &str) -> Result<(), Failure> {
    if status == ReplicationSetStatus::Active.as_str() || caller.is_engine() {
        return Ok(());
    }
    Err(Failure::Unsettled(format!(
        "The replication set of the account is {status}. Nothing in Incident Manager can be used before it \
         is ACTIVE; GetReplicationSet tells when it is."
    )))
}
