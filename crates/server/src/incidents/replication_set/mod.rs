//! The replication set: where an account's incidents are kept. Without one there are none.

mod create_replication_set;
mod get_replication_set;
mod list_replication_sets;

pub use create_replication_set::create_replication_set;
pub use get_replication_set::get_replication_set;
pub use list_replication_sets::list_replication_sets;

use balefire_api::generated::ssm_incidents::{REPLICATION_SET, ReplicationSet};
use balefire_store::{Error, Kept, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::wire_form;

/// The set of an account.
pub struct ReplicationSetRow {
    pub account: String,
    pub id: String,
    /// The model's `ReplicationSet`.
    body: Vec<u8>,
}

impl Record for ReplicationSetRow {
    const TABLE: Table = Table {
        name: "replication_set",
        key: &["account"],
        columns: &["id", "body"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.account).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![(&self.id).into(), self.body.clone().into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(ReplicationSetRow {
            account: row.text(0)?.into(),
            id: row.text(1)?.into(),
            body: row.blob(2)?.into(),
        })
    }
}

impl ReplicationSetRow {
    pub fn new(account: &str, id: &str, set: ReplicationSet) -> ReplicationSetRow {
        ReplicationSetRow {
            account: account.into(),
            id: id.into(),
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

/// Nothing of Incident Manager can be used before there is a set.
pub fn must_have_set(ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
    match ReplicationSetRow::find(ctx)? {
        Some(_) => Ok(()),
        None => Err(Failure::not_found("REPLICATION_SET", ctx.account())),
    }
}
