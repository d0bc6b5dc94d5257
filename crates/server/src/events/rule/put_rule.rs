//! PutRule: makes a rule, or replaces all of one but its targets and tags.

use balefire_api::generated::events::{PutRuleRequest, PutRuleResponse, Rule, RuleState};
use serde_json::json;

use super::{RULES_MAX, RuleRow};
use crate::context::Ctx;
use crate::events::arn::{self, check_role, must_be_default_bus};
use crate::events::pattern::Pattern;
use crate::events::tags::read;
use crate::failure::Failure;
use crate::tags;

pub fn put_rule(ctx: &mut Ctx<'_, '_>, input: PutRuleRequest) -> Result<PutRuleResponse, Failure> {
    must_be_default_bus(ctx, input.event_bus_name.as_deref())?;
    check(&input)?;
    let new_tags = read(input.tags.unwrap_or_default())?;
    let account = ctx.caller.account.clone();
    let arn = arn::rule(ctx.region, &account, &input.name);
    let state = input.state.unwrap_or(RuleState::Enabled);
    let change = json!({"state": state.as_str(), "eventPattern": &input.event_pattern});
    let rule = Rule {
        arn: Some(arn.clone()),
        description: input.description,
        event_bus_name: Some("default".into()),
        event_pattern: input.event_pattern,
        managed_by: None,
        name: Some(input.name.clone()),
        role_arn: input.role_arn,
        schedule_expression: None,
        state: Some(state),
    };
    let new = RuleRow::new(ctx, &input.name, rule);
    if let Some(mut row) = RuleRow::find(ctx, &input.name)? {
        row.record = new;
        ctx.tx.replace(&mut row)?;
    } else {
        must_have_room(ctx, &arn)?;
        ctx.tx.insert(&new)?;
        tags::put(ctx.tx, &account, &arn, &new_tags)?;
    }
    ctx.changed("rule.put", &arn, &change)?;
    Ok(PutRuleResponse {
        rule_arn: Some(arn),
    })
}

fn check(input: &PutRuleRequest) -> Result<(), Failure> {
    if input.schedule_expression.is_some() {
        let rule =
            "Member must be absent: schedules are not supported here, a rule has an EventPattern";
        return Err(Failure::invalid("/ScheduleExpression", rule));
    }
    let Some(pattern) = &input.event_pattern else {
        let rule = r#"Member must be a pattern of events, such as {"source": ["aws.cloudwatch"]}"#;
        return Err(Failure::invalid("/EventPattern", rule));
    };
    Pattern::compile(pattern).map_err(|malformed| Failure::Pattern(malformed.to_string()))?;
    check_role("/RoleArn", input.role_arn.as_deref())
}

fn must_have_room(ctx: &mut Ctx<'_, '_>, arn: &str) -> Result<(), Failure> {
    let rows = ctx.tx.query(
        "SELECT COUNT(*) FROM event_rule WHERE account = $1 AND region = $2",
        &[ctx.caller.account.as_str().into(), ctx.region.into()],
    )?;
    let count = rows.first().map_or(Ok(0), |row| row.int(0))?;
    if usize::try_from(count).is_ok_and(|count| count < RULES_MAX) {
        return Ok(());
    }
    Err(Failure::Limit {
        kind: "RULE",
        id: arn.into(),
        quota: "RULES_PER_EVENT_BUS",
        message: format!("An account has at most {RULES_MAX} rules in a region."),
    })
}
