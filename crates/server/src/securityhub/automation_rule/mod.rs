//! Automation rules: what is done with findings that providers create or update.

mod applying;
mod create_automation_rule_v2;
mod definition;
mod delete_automation_rule_v2;
mod get_automation_rule_v2;
mod list_automation_rules_v2;
mod openings;
mod rating;
mod test_automation_rule;
#[cfg(test)]
pub(crate) mod tests;
mod tickets_wanted;
mod update_automation_rule_v2;

pub use applying::{Rules, Version};
pub use create_automation_rule_v2::create_automation_rule_v2;
pub use delete_automation_rule_v2::delete_automation_rule_v2;
pub use get_automation_rule_v2::get_automation_rule_v2;
pub use list_automation_rules_v2::list_automation_rules_v2;
pub use openings::{Group, OPEN_RULE_INCIDENTS, Openings};
pub use rating::Rating;
pub use test_automation_rule::test_automation_rule;
pub use tickets_wanted::{ASK_RULE_TICKETS, TicketsWanted};
pub use update_automation_rule_v2::update_automation_rule_v2;

use balefire_api::generated::securityhub::{
    GET_AUTOMATION_RULE_V2_RESPONSE, GetAutomationRuleV2Response, RuleStatusV2,
};
use balefire_store::{Error, Kept, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::wire_form;

/// What a rule is called in its ARN.
pub const NOUN: &str = "automation-rulev2";
/// What a rule is called in errors.
pub const KIND: &str = "AUTOMATION_RULE";
/// Rules that an account may have in a region.
const RULES_MAX: usize = 100;

/// A rule of an account in a region.
#[derive(Clone)]
pub struct RuleRow {
    account: String,
    region: String,
    /// Sorts by the time of making.
    id: String,
    enabled: bool,
    /// The model's `GetAutomationRuleV2Response`, which holds all there is of a rule.
    body: Vec<u8>,
    /// Since when it judges as it does; its last change where nothing else is known.
    judges_since_ms: Option<i64>,
}

impl Record for RuleRow {
    const TABLE: Table = Table {
        name: "automation_rule",
        key: &["account", "region", "id"],
        columns: &["enabled", "body", "judges_since_ms"],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.region).into(),
            (&self.id).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.enabled.into(),
            self.body.clone().into(),
            self.judges_since_ms.into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(RuleRow {
            account: row.text(0)?.into(),
            region: row.text(1)?.into(),
            id: row.text(2)?.into(),
            enabled: row.flag(3)?,
            body: row.blob(4)?.into(),
            judges_since_ms: row.optional_int(5)?,
        })
    }
}

impl RuleRow {
    /// The row of a rule of the caller, in the region of the call.
    fn new(
        ctx: &Ctx<'_, '_>,
        id: &str,
        rule: GetAutomationRuleV2Response,
        judges_since_ms: i64,
    ) -> RuleRow {
        RuleRow {
            account: ctx.account().into(),
            region: ctx.region.into(),
            id: id.into(),
            enabled: rule.rule_status == Some(RuleStatusV2::Enabled),
            body: wire_form::write(&GET_AUTOMATION_RULE_V2_RESPONSE, rule),
            judges_since_ms: Some(judges_since_ms),
        }
    }

    fn rule(&self) -> Result<GetAutomationRuleV2Response, Failure> {
        wire_form::read(&GET_AUTOMATION_RULE_V2_RESPONSE, &self.body)
    }

    /// What came before is new to the rule, which the row holds.
    fn judges_since_ms(&self, rule: &GetAutomationRuleV2Response) -> i64 {
        let changed_ms = rule.updated_at.map_or(0, |at| at.0);
        self.judges_since_ms.unwrap_or(changed_ms)
    }

    fn arn(&self) -> String {
        format!("{}{}", arn_prefix(&self.region, &self.account), self.id)
    }

    /// The caller's rule in the region of the call, by its ARN or id.
    fn find(ctx: &mut Ctx<'_, '_>, identifier: &str) -> Result<Kept<RuleRow>, Failure> {
        let prefix = arn_prefix(ctx.region, ctx.account());
        let id = identifier.strip_prefix(&prefix).unwrap_or(identifier);
        let key = [ctx.account().into(), ctx.region.into(), id.into()];
        let row = ctx.tx.get(&key)?;
        row.ok_or_else(|| Failure::not_found(KIND, identifier))
    }
}

/// Whether the caller has a rule with this id in the region of the call.
pub fn exists(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<bool, Failure> {
    let key = [ctx.account().into(), ctx.region.into(), id.into()];
    Ok(ctx.tx.get::<RuleRow>(&key)?.is_some())
}

fn arn_prefix(region: &str, account: &str) -> String {
    format!("arn:aws:securityhub:{region}:{account}:{NOUN}/")
}
