//! Rules: which events of an account and region start something.

mod delete_rule;
mod describe_rule;
mod disable_rule;
mod enable_rule;
mod list_rules;
mod put_rule;
mod started;
#[cfg(test)]
mod tests;

pub use delete_rule::delete_rule;
pub use describe_rule::describe_rule;
pub use disable_rule::disable_rule;
pub use enable_rule::enable_rule;
pub use list_rules::list_rules;
pub use put_rule::put_rule;
pub use started::{Rules, Start, started_by};

use balefire_api::generated::events::{RULE, Rule, RuleState};
use balefire_store::{Error, Kept, Record, Row, Table, Value};
use serde_json::json;

use super::arn::must_be_default_bus;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::wire_form;

/// Rules that an account may have in a region.
const RULES_MAX: usize = 300;

/// A rule of an account in a region.
pub struct RuleRow {
    pub account: String,
    pub region: String,
    pub name: String,
    /// The model's `Rule`.
    body: Vec<u8>,
}

impl Record for RuleRow {
    const TABLE: Table = Table {
        name: "event_rule",
        key: &["account", "region", "name"],
        columns: &["body"],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.region).into(),
            (&self.name).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        vec![self.body.clone().into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(RuleRow {
            account: row.text(0)?.into(),
            region: row.text(1)?.into(),
            name: row.text(2)?.into(),
            body: row.blob(3)?.into(),
        })
    }
}

impl RuleRow {
    fn new(ctx: &Ctx<'_, '_>, name: &str, rule: Rule) -> RuleRow {
        RuleRow {
            account: ctx.account().into(),
            region: ctx.region.into(),
            name: name.into(),
            body: wire_form::write(&RULE, rule),
        }
    }

    pub fn rule(&self) -> Result<Rule, Failure> {
        wire_form::read(&RULE, &self.body)
    }

    /// The caller's rule of this name in the region of the call.
    pub fn find(ctx: &mut Ctx<'_, '_>, name: &str) -> Result<Option<Kept<RuleRow>>, Failure> {
        let key = [ctx.account().into(), ctx.region.into(), name.into()];
        Ok(ctx.tx.get(&key)?)
    }

    /// The rule, of the one bus there is.
    pub fn by_name(
        ctx: &mut Ctx<'_, '_>,
        bus: Option<&str>,
        name: &str,
    ) -> Result<Kept<RuleRow>, Failure> {
        must_be_default_bus(ctx, bus)?;
        RuleRow::find(ctx, name)?.ok_or_else(|| Failure::not_found("RULE", name))
    }
}

/// Turns a rule on or off.
fn set_state(
    ctx: &mut Ctx<'_, '_>,
    bus: Option<&str>,
    name: &str,
    state: RuleState,
) -> Result<(), Failure> {
    let mut row = RuleRow::by_name(ctx, bus, name)?;
    let mut rule = row.rule()?;
    let arn = rule.arn.clone().unwrap_or_default();
    // A rule that is on in another way stays so.
    let is_on = |state: Option<RuleState>| state != Some(RuleState::Disabled);
    if is_on(rule.state) == is_on(Some(state)) {
        return Ok(());
    }
    rule.state = Some(state);
    row.record = RuleRow::new(ctx, name, rule);
    ctx.tx.replace(&mut row)?;
    ctx.changed("rule.updated", &arn, &json!({"state": state.as_str()}))
}
