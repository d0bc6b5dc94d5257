//! PutTargets: adds targets or replaces those of the same id; what cannot be acted upon is refused by entry.

use std::collections::BTreeSet;

use balefire_api::generated::events::{
    PutTargetsRequest, PutTargetsResponse, PutTargetsResultEntry, Target,
};
use serde_json::json;

use super::{TARGETS_MAX, TargetRow, input};
use crate::context::Ctx;
use crate::events::arn;
use crate::events::rule::RuleRow;
use crate::failure::Failure;

pub fn put_targets(
    ctx: &mut Ctx<'_, '_>,
    input: PutTargetsRequest,
) -> Result<PutTargetsResponse, Failure> {
    let row = RuleRow::by_name(ctx, input.event_bus_name.as_deref(), &input.rule)?;
    let rule_arn = row.rule()?.arn.unwrap_or_default();
    if input.targets.is_empty() {
        return Err(Failure::invalid("/Targets", "Member must hold a target"));
    }
    must_differ(&input.targets)?;
    let (mut accepted, mut failed) = (Vec::new(), Vec::new());
    for target in input.targets {
        match check(ctx.account(), &target) {
            Ok(()) => accepted.push(target),
            Err(message) => failed.push(PutTargetsResultEntry {
                error_code: Some("ValidationException".into()),
                error_message: Some(message),
                target_id: Some(target.id),
            }),
        }
    }
    must_have_room(ctx, &input.rule, &rule_arn, &accepted)?;
    for target in accepted {
        let change = json!({"id": &target.id, "arn": &target.arn});
        put(ctx, &input.rule, target)?;
        ctx.changed("rule.target_put", &rule_arn, &change)?;
    }
    Ok(PutTargetsResponse {
        failed_entry_count: Some(i32::try_from(failed.len()).unwrap_or(i32::MAX)),
        failed_entries: Some(failed),
    })
}

fn put(ctx: &mut Ctx<'_, '_>, rule: &str, target: Target) -> Result<(), Failure> {
    let row = TargetRow::new(ctx, rule, target);
    let key = [
        ctx.account().into(),
        ctx.region.into(),
        rule.into(),
        (&row.id).into(),
    ];
    if let Some(mut there) = ctx.tx.get::<TargetRow>(&key)? {
        there.record = row;
        ctx.tx.replace(&mut there)?;
    } else {
        ctx.tx.insert(&row)?;
    }
    Ok(())
}

fn must_differ(targets: &[Target]) -> Result<(), Failure> {
    let mut ids = BTreeSet::new();
    match targets.iter().position(|target| !ids.insert(&target.id)) {
        None => Ok(()),
        Some(place) => {
            let rule = "Member must be another id than those of the targets before it";
            Err(Failure::invalid(&format!("/Targets/{place}/Id"), rule))
        }
    }
}

fn must_have_room(
    ctx: &mut Ctx<'_, '_>,
    rule: &str,
    rule_arn: &str,
    accepted: &[Target],
) -> Result<(), Failure> {
    let there = TargetRow::of(ctx, rule)?;
    let ids = there.iter().map(|row| row.id.as_str());
    let ids: BTreeSet<&str> = ids.chain(accepted.iter().map(|t| t.id.as_str())).collect();
    if ids.len() <= TARGETS_MAX {
        return Ok(());
    }
    Err(Failure::Limit {
        kind: "RULE",
        id: rule_arn.into(),
        quota: "TARGETS_PER_RULE",
        message: format!(
            "A rule has at most {TARGETS_MAX} targets; this call would make it {}.",
            ids.len()
        ),
    })
}

/// Why a target cannot be acted upon.
fn check(account: &str, target: &Target) -> Result<(), String> {
    if !arn::is_plan_of(account, &target.arn) {
        return Err(format!(
            "Only response plans of this account are targets here, such as \
             arn:aws:ssm-incidents::{account}:response-plan/name; {} is none.",
            target.arn
        ));
    }
    if let Some(name) = unsupported(target) {
        return Err(format!("{name} is not supported here; leave it out."));
    }
    input::check(target)?;
    let role = arn::check_role("/RoleArn", target.role_arn.as_deref());
    role.map_err(|failure| failure.message())
}

/// The first member given that would have no effect.
fn unsupported(target: &Target) -> Option<&'static str> {
    let members = [
        ("AppSyncParameters", target.app_sync_parameters.is_some()),
        ("BatchParameters", target.batch_parameters.is_some()),
        ("DeadLetterConfig", target.dead_letter_config.is_some()),
        ("EcsParameters", target.ecs_parameters.is_some()),
        ("HttpParameters", target.http_parameters.is_some()),
        ("InputTransformer", target.input_transformer.is_some()),
        ("KinesisParameters", target.kinesis_parameters.is_some()),
        (
            "RedshiftDataParameters",
            target.redshift_data_parameters.is_some(),
        ),
        ("RetryPolicy", target.retry_policy.is_some()),
        (
            "RunCommandParameters",
            target.run_command_parameters.is_some(),
        ),
        (
            "SageMakerPipelineParameters",
            target.sage_maker_pipeline_parameters.is_some(),
        ),
        ("SqsParameters", target.sqs_parameters.is_some()),
    ];
    let given = members.into_iter().find(|(_, given)| *given);
    given.map(|(name, _)| name)
}
