//! What an event starts: the targets of all rules that it matches.

use balefire_api::generated::events::{RuleState, Target};
use balefire_store::{Kept, Page};
use serde_json::Value;

use super::{RULES_MAX, RuleRow};
use crate::context::Ctx;
use crate::events::pattern::Pattern;
use crate::events::target::{TargetRow, input};
use crate::failure::Failure;

/// The rules of an account in a region, as they were read.
pub struct Rules(Vec<Kept<RuleRow>>);

/// A target that an event starts.
#[derive(Debug)]
pub struct Start {
    pub rule_arn: String,
    /// The target's role, else the rule's.
    pub role_arn: Option<String>,
    target: Target,
}

impl Rules {
    /// Those of the account and region of `ctx`.
    pub fn read(ctx: &mut Ctx<'_, '_>) -> Result<Rules, Failure> {
        let rows = ctx.tx.page::<RuleRow>(&Page {
            equal: &[
                ("account", ctx.caller.account.as_str().into()),
                ("region", ctx.region.into()),
            ],
            order: &["name"],
            descending: false,
            after: None,
            limit: RULES_MAX,
        })?;
        Ok(Rules(rows))
    }

    /// The names of the rules that an event matches. It may take long, so no transaction waits for it.
    pub fn matched_by(&self, document: &Value) -> Vec<String> {
        let matched = self.0.iter().filter(|row| match row.matches(document) {
            Ok(matches) => matches,
            // The account's other rules hold all the same.
            Err(reason) => {
                let (account, rule) = (&row.account, &row.name);
                tracing::error!(account, rule, "a kept rule matches nothing: {reason}");
                false
            }
        });
        matched.map(|row| row.name.clone()).collect()
    }
}

impl RuleRow {
    fn matches(&self, document: &Value) -> Result<bool, String> {
        let rule = self.rule().map_err(|failure| format!("{failure:?}"))?;
        let pattern = rule.event_pattern.as_deref().unwrap_or_default();
        let pattern = Pattern::compile(pattern).map_err(|malformed| malformed.to_string())?;
        Ok(rule.state != Some(RuleState::Disabled) && pattern.matches(document))
    }
}

impl Start {
    pub fn target_arn(&self) -> &str {
        &self.target.arn
    }

    /// What the target is given, as JSON.
    pub fn input(&self, document: &Value) -> String {
        input::of(&self.target, document)
    }
}

/// What rules start that an event has matched, in this order, and in that of the targets' ids. A rule that
/// was deleted or turned off since starts nothing; one that has another pattern since does: the event was
/// before.
pub fn started_by(ctx: &mut Ctx<'_, '_>, matched: &[String]) -> Result<Vec<Start>, Failure> {
    let mut starts = Vec::new();
    for name in matched {
        let Some(row) = RuleRow::find(ctx, name)? else {
            continue;
        };
        let rule = row.rule()?;
        if rule.state == Some(RuleState::Disabled) {
            continue;
        }
        for target in TargetRow::of(ctx, name)? {
            let target = target.target()?;
            starts.push(Start {
                rule_arn: rule.arn.clone().unwrap_or_default(),
                role_arn: target.role_arn.clone().or_else(|| rule.role_arn.clone()),
                target,
            });
        }
    }
    Ok(starts)
}
