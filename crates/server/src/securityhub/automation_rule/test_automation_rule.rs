//! TestAutomationRule, Balefire's own: what a rule would have done to findings or resources that are there.

use balefire_api::own::{RuleSubject, TestAutomationRuleInput, TestAutomationRuleOutput};
use balefire_columns::Plan;
use serde_json::Value;

use super::RuleRow;
use super::definition::{Action, Definition};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::filter::Provided;
use crate::securityhub::finding::v1::customized;
use crate::securityhub::finding::{Edit, Fields, Index, Passing, Standing, read_originals};
use crate::securityhub::hub;
use crate::securityhub::resource::{Inventory, rated_anew};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const SAMPLES_MAX: usize = 10;

/// Looks at the newest version of each finding that came in the last days, as a rule does: at the
/// provider's document. Other rules are not asked, and nothing is changed. Of resources it looks at all.
pub fn test_automation_rule(
    ctx: &mut Ctx<'_, '_>,
    input: TestAutomationRuleInput,
    index: &Index,
    inventory: &Inventory,
) -> Result<TestAutomationRuleOutput, Failure> {
    hub::require_on(ctx)?;
    let since_ms = ctx.now.0 - i64::from(input.days) * DAY_MS;
    let definition = definition(ctx, input)?;
    if let Action::Rate(criticality) = definition.action {
        let rating = (&definition.filters, criticality);
        return rated_anew(ctx, inventory, rating, SAMPLES_MAX);
    }
    let recent = || Plan::Between {
        field: index.fields().updated,
        from_ms: since_ms,
        to_ms: i64::MAX,
    };
    let (current, visible) = (index.current(ctx.tx)?, ctx.caller.visible());
    let examined = current.count(visible, recent());
    let mut output = TestAutomationRuleOutput {
        subject: RuleSubject::Findings,
        examined: examined.try_into().unwrap_or_default(),
        matched: 0,
        changed: 0,
        sample_uids: Vec::new(),
    };
    let provided = Provided(index.fields());
    let plan = definition.filters.plan(&provided);
    let mut keys = current.keys(visible, Plan::All(vec![recent(), plan]));
    // In the columns, what customers set in ASFF is as the provider's.
    keys.extend(customized(ctx.tx, visible)?);
    keys.sort_unstable();
    keys.dedup();
    read_originals(ctx.tx, visible, &keys, index.tail(), |finding| {
        if finding.updated_ms < since_ms {
            return Ok(());
        }
        let document: Value = serde_json::from_str(&finding.text)?;
        if !definition.filters.matches(&document) {
            return Ok(());
        }
        output.matched += 1;
        let changes = would_change(&definition.action, &finding, &document)?;
        output.changed += i64::from(changes);
        if output.sample_uids.len() < SAMPLES_MAX {
            output.sample_uids.push(finding.uid.to_owned());
        }
        Ok(())
    })?;
    Ok(output)
}

/// Of a rule that is there, or of one that is only thought of.
fn definition(
    ctx: &mut Ctx<'_, '_>,
    input: TestAutomationRuleInput,
) -> Result<Definition, Failure> {
    match (input.identifier, input.criteria, input.actions) {
        (Some(identifier), None, None) => {
            let rule = RuleRow::find(ctx, &identifier)?.rule()?;
            Definition::of_rule(ctx.account(), &rule, ctx.now)
        }
        (None, Some(criteria), Some(actions)) => {
            Definition::of(ctx.account(), &criteria, &actions, ctx.now)
        }
        _ => {
            let rule = "Member must have either Identifier, or Criteria and Actions";
            Err(Failure::invalid("/", rule))
        }
    }
}

/// Whether the finding would look another way, or an incident or a ticket would have been called for.
fn would_change(action: &Action, finding: &Passing<'_>, document: &Value) -> Result<bool, Failure> {
    match action {
        Action::Set(fields) => Ok(sets_anew(fields, finding.edit.as_ref(), document)),
        Action::Open(_) | Action::Ticket(_) => Ok(Standing::of(&finding.text)?.is_open()),
        Action::Rate(_) => Ok(false),
    }
}

/// What a customer has set stays. What rules have set by now does not count: so a rule that is on is
/// tested as if it were not.
fn sets_anew(fields: &Fields, edit: Option<&Edit>, document: &Value) -> bool {
    let fields = edit.map_or_else(|| fields.clone(), |edit| edit.free_of_customers(fields));
    let differs = |name: &str, wanted: Option<Value>| {
        wanted.is_some_and(|wanted| document.get(name) != Some(&wanted))
    };
    differs("severity_id", fields.severity_id.map(Value::from))
        || differs("status_id", fields.status_id.map(Value::from))
        || differs("comment", fields.comment.map(Value::from))
}
