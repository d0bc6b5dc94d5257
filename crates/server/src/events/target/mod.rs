//! Targets: the response plans that a rule starts.

pub mod input;
mod list_rule_names_by_target;
mod list_targets_by_rule;
mod put_targets;
mod remove_targets;
#[cfg(test)]
mod tests;

pub use list_rule_names_by_target::list_rule_names_by_target;
pub use list_targets_by_rule::list_targets_by_rule;
pub use put_targets::put_targets;
pub use remove_targets::remove_targets;

use balefire_api::generated::events::{TARGET, Target};
use balefire_store::{Error, Kept, Page, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::wire_form;

/// Targets that a rule may have.
const TARGETS_MAX: usize = 5;

/// A target of a rule.
pub struct TargetRow {
    account: String,
    region: String,
    rule: String,
    pub id: String,
    arn: String,
    /// The model's `Target`.
    body: Vec<u8>,
}

impl Record for TargetRow {
    const TABLE: Table = Table {
        name: "event_target",
        key: &["account", "region", "rule", "id"],
        columns: &["arn", "body"],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.region).into(),
            (&self.rule).into(),
            (&self.id).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        vec![(&self.arn).into(), self.body.clone().into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(TargetRow {
            account: row.text(0)?.into(),
            region: row.text(1)?.into(),
            rule: row.text(2)?.into(),
            id: row.text(3)?.into(),
            arn: row.text(4)?.into(),
            body: row.blob(5)?.into(),
        })
    }
}

impl TargetRow {
    fn new(ctx: &Ctx<'_, '_>, rule: &str, target: Target) -> TargetRow {
        TargetRow {
            account: ctx.account().into(),
            region: ctx.region.into(),
            rule: rule.into(),
            id: target.id.clone(),
            arn: target.arn.clone(),
            body: wire_form::write(&TARGET, target),
        }
    }

    pub fn target(&self) -> Result<Target, Failure> {
        wire_form::read(&TARGET, &self.body)
    }

    /// All targets of a rule, by id.
    pub fn of(ctx: &mut Ctx<'_, '_>, rule: &str) -> Result<Vec<Kept<TargetRow>>, Failure> {
        TargetRow::page(ctx, rule, None, TARGETS_MAX)
    }

    fn page(
        ctx: &mut Ctx<'_, '_>,
        rule: &str,
        after: Option<Vec<Value>>,
        limit: usize,
    ) -> Result<Vec<Kept<TargetRow>>, Failure> {
        Ok(ctx.tx.page(&Page {
            equal: &[
                ("account", ctx.caller.account.as_str().into()),
                ("region", ctx.region.into()),
                ("rule", rule.into()),
            ],
            order: &["id"],
            descending: false,
            after,
            limit,
        })?)
    }
}
