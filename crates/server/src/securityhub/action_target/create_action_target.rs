//! CreateActionTarget: names an action of the customer's own.

use balefire_api::generated::securityhub::{CreateActionTargetRequest, CreateActionTargetResponse};
use balefire_store::Record;
use serde_json::json;

use super::{ActionTarget, KIND};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

const TARGETS_MAX: i64 = 50;
const ID_CHARS_MAX: usize = 20;
const COUNT: &str = "SELECT COUNT(*) FROM action_target WHERE account = $1 AND region = $2";

pub fn create_action_target(
    ctx: &mut Ctx<'_, '_>,
    input: CreateActionTargetRequest,
) -> Result<CreateActionTargetResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let is_plain = input.id.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_plain || input.id.len() > ID_CHARS_MAX {
        let rule = format!("Member must have at most {ID_CHARS_MAX} letters and digits");
        return Err(Failure::invalid("/Id", rule));
    }
    let target = ActionTarget {
        account: ctx.account().into(),
        region: ctx.region.into(),
        id: input.id,
        name: input.name,
        description: input.description,
    };
    target.check()?;
    let arn = target.arn();
    if ctx.tx.get::<ActionTarget>(&target.key())?.is_some() {
        let message = format!("There is an action target {} already.", target.id);
        return Err(Failure::conflict(KIND, arn, message));
    }
    let rows = ctx
        .tx
        .query(COUNT, &[ctx.account().into(), ctx.region.into()])?;
    if rows.first().map_or(Ok(0), |row| row.int(0))? >= TARGETS_MAX {
        return Err(Failure::Limit {
            kind: KIND,
            id: target.id,
            quota: "custom-actions",
            message: format!("An account has at most {TARGETS_MAX} action targets in a region."),
        });
    }
    ctx.tx.insert(&target)?;
    ctx.changed("action_target.created", &arn, &json!({"name": target.name}))?;
    Ok(CreateActionTargetResponse {
        action_target_arn: arn,
    })
}
