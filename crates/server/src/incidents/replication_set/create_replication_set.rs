//! CreateReplicationSet: one an account, active at once, since all its regions are this store.

use balefire_api::generated::ssm_incidents::{
    CreateReplicationSetInput, CreateReplicationSetOutput, RegionInfo, RegionStatus,
    ReplicationSet, ReplicationSetStatus,
};

use super::ReplicationSetRow;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::arn;
use crate::tags;

pub fn create_replication_set(
    ctx: &mut Ctx<'_, '_>,
    input: CreateReplicationSetInput,
) -> Result<CreateReplicationSetOutput, Failure> {
    if let Some(row) = ReplicationSetRow::find(ctx)? {
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
    let (id, account) = (ctx.new_id(), ctx.caller.account.clone());
    let arn = arn::replication_set(&account, &id);
    let region_map = input.regions.into_iter().map(|(name, region)| {
        let info = RegionInfo {
            // Without a key of the customer's, the service uses its own.
            sse_kms_key_id: Some(region.sse_kms_key_id.unwrap_or_else(|| "DefaultKey".into())),
            status: RegionStatus::Active,
            status_message: None,
            status_update_date_time: ctx.now,
        };
        (name, info)
    });
    let set = ReplicationSet {
        arn: Some(arn.clone()),
        created_by: ctx.caller.arn.clone(),
        created_time: ctx.now,
        deletion_protected: false,
        last_modified_by: ctx.caller.arn.clone(),
        last_modified_time: ctx.now,
        region_map: region_map.collect(),
        status: ReplicationSetStatus::Active,
    };
    ctx.tx.insert(&ReplicationSetRow::new(&account, &id, set))?;
    tags::put(ctx.tx, &account, &arn, &input.tags.unwrap_or_default())?;
    ctx.changed("replication_set.created", &arn, &serde_json::json!({}))?;
    Ok(CreateReplicationSetOutput { arn })
}
