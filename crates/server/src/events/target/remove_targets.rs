//! RemoveTargets: by id; ids that are not there are told by entry.

use balefire_api::generated::events::{
    RemoveTargetsRequest, RemoveTargetsResponse, RemoveTargetsResultEntry,
};
use serde_json::json;

use super::TargetRow;
use crate::context::Ctx;
use crate::events::rule::RuleRow;
use crate::failure::Failure;

/// No rule is managed, so Force forces nothing.
pub fn remove_targets(
    ctx: &mut Ctx<'_, '_>,
    input: RemoveTargetsRequest,
) -> Result<RemoveTargetsResponse, Failure> {
    let row = RuleRow::by_name(ctx, input.event_bus_name.as_deref(), &input.rule)?;
    let rule_arn = row.rule()?.arn.unwrap_or_default();
    let mut failed = Vec::new();
    for id in input.ids {
        let key = [
            ctx.account().into(),
            ctx.region.into(),
            (&input.rule).into(),
            (&id).into(),
        ];
        if ctx.tx.delete::<TargetRow>(&key)? {
            ctx.changed("rule.target_removed", &rule_arn, &json!({"id": id}))?;
            continue;
        }
        failed.push(RemoveTargetsResultEntry {
            error_code: Some("ResourceNotFoundException".into()),
            error_message: Some(format!("The rule has no target {id}.")),
            target_id: Some(id),
        });
    }
    Ok(RemoveTargetsResponse {
        failed_entry_count: Some(i32::try_from(failed.len()).unwrap_or(i32::MAX)),
        failed_entries: Some(failed),
    })
}
