//! Opens the incidents that an automation rule calls for, a bounded number of them.

use balefire_api::Timestamp;
use balefire_api::generated::ssm_incidents::{RelatedItem, TriggerDetails};
use balefire_store::Job;
use serde_json::json;

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::{Opening, find_open, open_or_fold, opened_since};
use crate::incidents::related_item;
use crate::incidents::response_plan::{self, ResponsePlan};
use crate::securityhub::automation_rule::{Group, Openings};

/// In whose name rules call.
const SECURITY_HUB_PRINCIPAL: &str = "securityhub.amazonaws.com";
const SOURCE: &str = "aws.securityhub";
/// Incidents that a rule opens in an hour, though they are resolved; what comes beyond is one more, of the
/// rule itself.
const NEW_PER_HOUR: usize = 20;
const HOUR_MS: i64 = 60 * 60 * 1000;

pub fn open_rule_incidents(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    let mut openings: Openings = serde_json::from_slice(&job.payload)?;
    let Some(row) = response_plan::own_target(ctx, &openings.plan_arn)? else {
        return miss(ctx, &openings, "the response plan does not exist");
    };
    let of_plan = row.plan()?.incident_template.dedupe_string;
    // The plan's own string makes one incident of everything.
    let is_one = of_plan.is_some_and(|text| !text.is_empty());
    let prefix = format!("{} ", openings.rule_arn);
    let since = Timestamp(ctx.now.0 - HOUR_MS);
    let opened = opened_since(ctx, &row.account, &prefix, since)?;
    let mut room = NEW_PER_HOUR.saturating_sub(opened);
    let mut rest: Option<Group> = None;
    for group in std::mem::take(&mut openings.groups) {
        let cause = format!("{prefix}{}", group.key);
        if is_one || room == 0 && find_open(ctx, &row, Some(&cause))?.is_none() {
            rest.get_or_insert_default().merge(group);
            continue;
        }
        let title = Some(group.title.clone()).filter(|title| !title.is_empty());
        let is_new = open(ctx, &row, &openings, &group, (title, cause))?;
        room -= usize::from(is_new).min(room);
    }
    if let Some(rest) = rest {
        let cause = openings.rule_arn.clone();
        open(ctx, &row, &openings, &rest, (None, cause))?;
    }
    Ok(())
}

/// Whether a new incident was opened.
fn open(
    ctx: &mut Ctx<'_, '_>,
    row: &ResponsePlan,
    openings: &Openings,
    group: &Group,
    (title, cause): (Option<String>, String),
) -> Result<bool, Failure> {
    let findings: Vec<&str> = group
        .findings
        .iter()
        .map(|told| told.arn.as_str())
        .collect();
    let raw_data = json!({
        "rule": openings.rule_arn, "ruleName": openings.rule_name, "cause": group.key,
        "findingCount": group.finding_count, "findings": findings,
    });
    let opening = Opening {
        title,
        impact: None,
        trigger: Some(TriggerDetails {
            raw_data: Some(cut(&raw_data)),
            source: SOURCE.into(),
            timestamp: ctx.now,
            trigger_arn: Some(openings.rule_arn.clone()),
        }),
        created_by: ctx.caller.arn.clone(),
        invoked_by: SECURITY_HUB_PRINCIPAL.into(),
        cause: Some(cause),
        related_items: items(group).into(),
    };
    match ctx.attempt(|ctx| open_or_fold(ctx, row, opening)) {
        Ok(opened) => Ok(opened.is_new),
        // Waiting would not help.
        Err(failure @ (Failure::Limit { .. } | Failure::Invalid(_))) => {
            miss(ctx, openings, &failure.message())?;
            Ok(false)
        }
        Err(failure) => Err(failure),
    }
}

/// A trigger's data has a limit, which long ids of findings may pass.
fn cut(data: &serde_json::Value) -> String {
    const RAW_DATA_CHARS_MAX: usize = 10_000;
    let text = data.to_string();
    if text.chars().count() <= RAW_DATA_CHARS_MAX {
        return text;
    }
    let mut data = data.clone();
    data["findings"] = json!([]);
    data.to_string().chars().take(RAW_DATA_CHARS_MAX).collect()
}

/// The findings, then what they are about.
fn items(group: &Group) -> Vec<RelatedItem> {
    let findings = group.findings.iter();
    let findings = findings.filter_map(|told| related_item::other(&told.arn, &told.title));
    let resources = group.resources.iter();
    let resources = resources.filter_map(|resource| related_item::involved_resource(resource));
    findings.chain(resources).collect()
}

/// A rule that opens nothing must not be passed over unseen.
fn miss(ctx: &mut Ctx<'_, '_>, openings: &Openings, why: &str) -> Result<(), Failure> {
    let (rule, target) = (&openings.rule_arn, &openings.plan_arn);
    tracing::warn!(
        rule,
        target,
        "an automation rule matched and opened no incident: {why}"
    );
    let missed = json!({"target": target, "reason": why});
    ctx.changed("automation_rule.target_missed", rule, &missed)
}

#[cfg(test)]
mod tests;
