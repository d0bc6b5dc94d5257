//! UpdateReplicationSet: adds one region or takes one away; the last one takes the set along.

use balefire_api::generated::ssm_incidents::{
    AddRegionAction, RegionStatus, ReplicationSet, ReplicationSetStatus,
    UpdateReplicationSetAction, UpdateReplicationSetInput, UpdateReplicationSetOutput,
};

use super::settling::{begin_to_delete, delay_ms, settle_after};
use super::{ReplicationSetRow, check_region, region};
use crate::context::Ctx;
use crate::failure::Failure;

/// Regions a set may have, as the service's quota says.
const REGIONS_MAX: usize = 3;

pub fn update_replication_set(
    ctx: &mut Ctx<'_, '_>,
    input: UpdateReplicationSetInput,
) -> Result<UpdateReplicationSetOutput, Failure> {
    let mut row = ReplicationSetRow::by_arn(ctx, &input.arn)?;
    if row.status != ReplicationSetStatus::Active {
        let message = format!(
            "The replication set is {}. It can be updated again when it is ACTIVE.",
            row.status.as_str()
        );
        return Err(Failure::conflict("REPLICATION_SET", input.arn, message));
    }
    let mut set = row.set()?;
    for action in input.actions {
        match action {
            UpdateReplicationSetAction::AddRegionAction(action) => add(ctx, &mut set, action)?,
            UpdateReplicationSetAction::DeleteRegionAction(action) => {
                mark_deleted(ctx, &mut set, &action.region_name)?;
            }
        }
    }
    let is_leaving = |status| status == RegionStatus::Deleting;
    if set
        .region_map
        .values()
        .all(|region| is_leaving(region.status))
    {
        begin_to_delete(ctx, &mut row, set)?;
        return Ok(UpdateReplicationSetOutput {});
    }
    set.status = ReplicationSetStatus::Updating;
    let regions: Vec<String> = set.region_map.keys().cloned().collect();
    ReplicationSetRow::keep_changed(ctx, &mut row, set)?;
    let delay_ms = delay_ms(ctx)?;
    settle_after(ctx, &row, delay_ms)?;
    let regions = serde_json::json!({"regions": regions});
    ctx.changed("replication_set.updating", &input.arn, &regions)?;
    Ok(UpdateReplicationSetOutput {})
}

fn add(
    ctx: &Ctx<'_, '_>,
    set: &mut ReplicationSet,
    action: AddRegionAction,
) -> Result<(), Failure> {
    let path = "/actions/0/addRegionAction/regionName";
    check_region(path, &action.region_name)?;
    if set.region_map.contains_key(&action.region_name) {
        let rule = format!(
            "Member must name a region that is not in the replication set, which has {}",
            names(set)
        );
        return Err(Failure::invalid(path, rule));
    }
    if set.region_map.len() >= REGIONS_MAX {
        let rule = format!(
            "Member must not take the replication set above {REGIONS_MAX} regions; it has {}",
            names(set)
        );
        return Err(Failure::invalid(path, rule));
    }
    let added = region(action.sse_kms_key_id, RegionStatus::Creating, ctx.now);
    set.region_map.insert(action.region_name, added);
    Ok(())
}

fn mark_deleted(ctx: &Ctx<'_, '_>, set: &mut ReplicationSet, name: &str) -> Result<(), Failure> {
    let known = names(set);
    let Some(region) = set.region_map.get_mut(name) else {
        let rule = format!("Member must name a region of the replication set, which has {known}");
        return Err(Failure::invalid(
            "/actions/0/deleteRegionAction/regionName",
            rule,
        ));
    };
    region.status = RegionStatus::Deleting;
    region.status_update_date_time = ctx.now;
    Ok(())
}

fn names(set: &ReplicationSet) -> String {
    let names: Vec<&str> = set.region_map.keys().map(String::as_str).collect();
    names.join(", ")
}
