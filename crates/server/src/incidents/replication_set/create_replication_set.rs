//! CreateReplicationSet: one an account, since all its regions are this store.

use balefire_api::generated::ssm_incidents::{
    CreateReplicationSetInput, CreateReplicationSetOutput, RegionStatus, ReplicationSet,
    ReplicationSetStatus,
};

use super::settling::{delay_ms, settle_after};
use super::{ReplicationSetRow, check_region, region};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::arn;
use crate::tags;

pub fn create_replication_set(
    ctx: &mut Ctx<'_, '_>,
    input: CreateReplicationSetInput,
) -> Result<CreateReplicationSetOutput, Failure> {
    if let Some(row) = ReplicationSetRow::find(ctx)? {
        if matches!(
            row.status,
            ReplicationSetStatus::Creating | ReplicationSetStatus::Deleting
        ) {
            let message = format!(
                "The replication set of this account is {}. GetReplicationSet tells when that is done.",
                row.status.as_str()
            );
            return Err(Failure::conflict("REPLICATION_SET", row.arn(), message));
        }
        return Err(Failure::Limit {
            kind: "REPLICATION_SET",
            id: arn::replication_set(ctx.account(), &row.id),
            quota: "REPLICATION_SETS_PER_ACCOUNT",
            message: "This account has a replication set, and an account has one at most.".into(),
        });
    }
    if !input.regions.contains_key(ctx.region) {
        let rule = format!("Member must name the region of the call, {}", ctx.region);
        return Err(Failure::invalid("/regions", rule));
    }
    for name in input.regions.keys() {
        check_region(&format!("/regions/{name}"), name)?;
    }
    let (id, account) = (ctx.new_id(), ctx.caller.account.clone());
    let arn = arn::replication_set(&account, &id);
    let delay_ms = delay_ms(ctx)?;
    // Where nothing is waited for, nobody who goes on at once may be refused.
    let (status, region_status) = match delay_ms {
        0 => (ReplicationSetStatus::Active, RegionStatus::Active),
        _ => (ReplicationSetStatus::Creating, RegionStatus::Creating),
    };
    let regions = input.regions.into_iter();
    let set = ReplicationSet {
        arn: Some(arn.clone()),
        created_by: ctx.caller.arn.clone(),
        created_time: ctx.now,
        deletion_protected: false,
        last_modified_by: ctx.caller.arn.clone(),
        last_modified_time: ctx.now,
        region_map: regions
            .map(|(name, given)| (name, region(given.sse_kms_key_id, region_status, ctx.now)))
            .collect(),
        status,
    };
    let row = ReplicationSetRow::new(&account, &id, set);
    ctx.tx.insert(&row)?;
    if delay_ms > 0 {
        settle_after(ctx, &row, delay_ms)?;
    }
    tags::put(ctx.tx, &account, &arn, &input.tags.unwrap_or_default())?;
    ctx.changed("replication_set.created", &arn, &serde_json::json!({}))?;
    Ok(CreateReplicationSetOutput { arn })
}
