//! What an event starts: the targets of all rules that it matches.

use balefire_api::generated::events::RuleState;
use balefire_store::Page;

use super::{RULES_MAX, RuleRow};
use crate::context::Ctx;
use crate::events::Event;
use crate::events::pattern::Pattern;
use crate::events::target::{TargetRow, input};
use crate::failure::Failure;

/// A target that an event starts.
#[derive(Debug, PartialEq)]
pub struct Start {
    pub rule_arn: String,
    pub target_arn: String,
    /// The target's role, else the rule's.
    pub role_arn: Option<String>,
    /// What the target is given, as JSON.
    pub input: String,
}

/// In the order of the rules' names and the targets' ids, of the account and region of `ctx`.
pub fn started_by(ctx: &mut Ctx<'_, '_>, event: &Event) -> Result<Vec<Start>, Failure> {
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
    let (document, mut starts) = (event.document(), Vec::new());
    for row in rows {
        let rule = row.rule()?;
        let pattern = rule.event_pattern.as_deref().unwrap_or_default();
        if rule.state == Some(RuleState::Disabled) {
            continue;
        }
        let pattern = Pattern::compile(pattern).map_err(|malformed| {
            Failure::Internal(format!("the kept rule {}: {malformed}", row.name))
        })?;
        if !pattern.matches(&document) {
            continue;
        }
        for target in TargetRow::of(ctx, &row.name)? {
            let target = target.target()?;
            starts.push(Start {
                rule_arn: rule.arn.clone().unwrap_or_default(),
                input: input::of(&target, &document),
                role_arn: target.role_arn.or_else(|| rule.role_arn.clone()),
                target_arn: target.arn,
            });
        }
    }
    Ok(starts)
}
