//! Resource policies: with whom an account shares a response plan, its incidents, and which actions on them.

mod action;
mod delete_resource_policy;
mod document;
mod get_resource_policies;
mod one_or_many;
mod put_resource_policy;
mod share;
#[cfg(test)]
mod tests;

pub use action::SharedAction;
pub use delete_resource_policy::delete_resource_policy;
pub use get_resource_policies::get_resource_policies;
pub use put_resource_policy::put_resource_policy;
pub use share::{may, shared_plans};

use balefire_store::{Error, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;

/// A policy of a response plan.
pub struct ResourcePolicyRow {
    account: String,
    plan: String,
    id: String,
    /// The policy as its owner wrote it.
    document: String,
    /// Where it was put.
    region: String,
}

impl Record for ResourcePolicyRow {
    const TABLE: Table = Table {
        name: "resource_policy",
        key: &["account", "plan", "id"],
        columns: &["document", "region"],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.plan).into(),
            (&self.id).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        vec![(&self.document).into(), (&self.region).into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(ResourcePolicyRow {
            account: row.text(0)?.into(),
            plan: row.text(1)?.into(),
            id: row.text(2)?.into(),
            document: row.text(3)?.into(),
            region: row.text(4)?.into(),
        })
    }
}

/// Removes every policy of a plan that goes: a later plan of its name is not shared.
pub fn clear(ctx: &mut Ctx<'_, '_>, account: &str, plan: &str) -> Result<(), Failure> {
    for delete in [
        "DELETE FROM plan_share WHERE account = $1 AND plan = $2",
        "DELETE FROM resource_policy WHERE account = $1 AND plan = $2",
    ] {
        ctx.tx.execute(delete, &[account.into(), plan.into()])?;
    }
    Ok(())
}
