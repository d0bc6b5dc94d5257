//! The replication set: where an account's incidents are kept. Without one there are none.

mod create_replication_set;
mod delete_replication_set;
mod get_replication_set;
mod list_replication_sets;
mod removal;
mod settled;
mod settling;
#[cfg(test)]
mod tests;
mod update_deletion_protection;
mod update_replication_set;

pub use create_replication_set::create_replication_set;
pub use delete_replication_set::delete_replication_set;
pub use get_replication_set::get_replication_set;
pub use list_replication_sets::list_replication_sets;
pub use settled::{get_settled, must_be_settled, must_have_set};
pub use settling::{DELAY_SETTING, SETTLE_REPLICATION_SET, settle};
pub use update_deletion_protection::update_deletion_protection;
pub use update_replication_set::update_replication_set;

use balefire_api::Timestamp;
use balefire_api::generated::ssm_incidents::{
    REPLICATION_SET, RegionInfo, RegionStatus, ReplicationSet, ReplicationSetStatus,
};
use balefire_store::{Error, Kept, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::arn::{self, Resource};
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

    /// The caller's set that an ARN names. Another account's is as unknown as one that never was.
    pub fn by_arn(ctx: &mut Ctx<'_, '_>, text: &str) -> Result<Kept<ReplicationSetRow>, Failure> {
        let Some((account, Resource::ReplicationSet { id })) = arn::parse(text) else {
            let form = "arn:aws:ssm-incidents::111122223333:replication-set/id";
            return Err(arn::not_an_arn("/arn", "a replication set", form));
        };
        let own = account == ctx.account();
        let found = ReplicationSetRow::find(ctx)?.filter(|row| own && row.id == id);
        found.ok_or_else(|| Failure::not_found("REPLICATION_SET", text))
    }

    pub fn arn(&self) -> String {
        arn::replication_set(&self.account, &self.id)
    }

    /// The caller's set.
    pub fn find(ctx: &mut Ctx<'_, '_>) -> Result<Option<Kept<ReplicationSetRow>>, Failure> {
        let key = [ctx.account().into()];
        Ok(ctx.tx.get(&key)?)
    }

    pub fn set(&self) -> Result<ReplicationSet, Failure> {
        wire_form::read(&REPLICATION_SET, &self.body)
    }

    /// Keeps a set that the caller has changed.
    fn keep_changed(
        ctx: &mut Ctx<'_, '_>,
        row: &mut Kept<ReplicationSetRow>,
        mut set: ReplicationSet,
    ) -> Result<(), Failure> {
        set.last_modified_by.clone_from(&ctx.caller.arn);
        set.last_modified_time = ctx.now;
        ReplicationSetRow::keep(ctx, row, set)
    }

    fn keep(
        ctx: &mut Ctx<'_, '_>,
        row: &mut Kept<ReplicationSetRow>,
        set: ReplicationSet,
    ) -> Result<(), Failure> {
        row.record = ReplicationSetRow::new(&row.account, &row.id, set);
        Ok(ctx.tx.replace(row)?)
    }
}

/// What the model cannot say of a region's name.
fn check_region(path: &str, name: &str) -> Result<(), Failure> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.is_empty() && name.chars().all(allowed) {
        return Ok(());
    }
    let rule = "Member must be the name of a region, such as eu-west-1";
    Err(Failure::invalid(path, rule))
}

/// A region that joins a set. Without a key of the customer's, the service uses its own.
fn region(key: Option<String>, status: RegionStatus, now: Timestamp) -> RegionInfo {
    RegionInfo {
        sse_kms_key_id: Some(key.unwrap_or_else(|| "DefaultKey".into())),
        status,
        status_message: None,
        status_update_date_time: now,
    }
}
