//! The replication set: where an account's incidents are kept. Without one there are none.

mod create_replication_set;
mod get_replication_set;
mod list_replication_sets;

pub use create_replication_set::create_replication_set;
pub use get_replication_set::get_replication_set;
pub use list_replication_sets::list_replication_sets;

use balefire_api::Violation;
use balefire_api::generated::ssm_incidents::{
    REPLICATION_SET, ReplicationSet, ReplicationSetStatus,
};
use balefire_store::{Error, Kept, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::wire_form;

/// The set of an account.
pub struct ReplicationSetRow {
    pub account: String,
    pub id: String,
    pub status: ReplicationSetStatus,
    /// The model's `ReplicationSet`.
    body: Vec<u8>,
}

impl Record for ReplicationSetRow {
    const TABLE: Table = Table {
        name: "replication_set",
        key: &["account"],
        columns: &["id", "status", "body"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.account).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            (&self.id).into(),
            self.status.as_str().into(),
            self.body.clone().into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(ReplicationSetRow {
            account: row.text(0)?.into(),
            id: row.text(1)?.into(),
            status: ReplicationSetStatus::parse(row.text(2)?)
                .unwrap_or(ReplicationSetStatus::Failed),
            body: row.blob(3)?.into(),
        })
    }
}

impl ReplicationSetRow {
    pub fn new(account: &str, id: &str, set: ReplicationSet) -> ReplicationSetRow {
        ReplicationSetRow {
            account: account.into(),
            id: id.into(),
            status: set.status,
            body: wire_form::write(&REPLICATION_SET, set),
        }
    }

    /// The caller's set.
    pub fn find(ctx: &mut Ctx<'_, '_>) -> Result<Option<Kept<ReplicationSetRow>>, Failure> {
        let key = [ctx.account().into()];
        Ok(ctx.tx.get(&key)?)
    }

    pub fn set(&self) -> Result<ReplicationSet, Failure> {
        wire_form::read(&REPLICATION_SET, &self.body)
    }
}

/// Nothing of Incident Manager can be made before there is a set.
pub fn must_have_set(ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
    match ReplicationSetRow::find(ctx)? {
        Some(row) => check_settled(row.status.as_str()),
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
        .map_or(Ok(()), |row| check_settled(row.text(0)?))
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
        check_settled(status)?;
    }
    Ok(Some(Kept {
        record: R::from_row(row)?,
        version: row.int(version)?,
    }))
}

fn check_settled(status: &str) -> Result<(), Failure> {
    if status == ReplicationSetStatus::Active.as_str() {
        return Ok(());
    }
    let message = format!(
        "The replication set of the account is {status}. Nothing in Incident Manager can be used before it \
         is ACTIVE; GetReplicationSet tells when it is."
    );
    Err(Failure::Invalid(vec![Violation {
        path: "/".into(),
        message,
    }]))
}
