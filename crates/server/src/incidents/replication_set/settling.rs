//! A replication set on the move, and how it arrives: by a job, at once or after a delay.

use balefire_api::generated::ssm_incidents::{RegionStatus, ReplicationSet, ReplicationSetStatus};
use balefire_store::Kept;

use super::{ReplicationSetRow, removal};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::setting;

/// The job that brings a set where it is bound for. Its subject is the set's ARN.
pub const SETTLE_REPLICATION_SET: &str = "settle_replication_set";

/// How long a set is on the move, in milliseconds. Without the setting it arrives at once.
pub const DELAY_SETTING: &str = "replication_delay_ms";

pub fn delay_ms(ctx: &mut Ctx<'_, '_>) -> Result<i64, Failure> {
    setting::number(ctx.tx, DELAY_SETTING)
}

/// Leaves the job that settles the caller's set after so long.
pub fn settle_after(
    ctx: &mut Ctx<'_, '_>,
    row: &ReplicationSetRow,
    delay_ms: i64,
) -> Result<(), Failure> {
    let account = row.account.as_str();
    ctx.leave_job_in(
        delay_ms,
        account,
        SETTLE_REPLICATION_SET,
        &row.arn(),
        // What goes with the set is told of as a change that the call has made.
        &serde_json::json!({"region": ctx.region}),
    )
}

/// Begins to delete the caller's set, its regions, and all that the account has in it.
pub fn begin_to_delete(
    ctx: &mut Ctx<'_, '_>,
    row: &mut Kept<ReplicationSetRow>,
    mut set: ReplicationSet,
) -> Result<(), Failure> {
    if set.deletion_protected {
        let rule = "Member must name a replication set whose deletion protection is off; turn it off with \
                    UpdateDeletionProtection";
        return Err(Failure::invalid("/arn", rule));
    }
    set.status = ReplicationSetStatus::Deleting;
    for region in set.region_map.values_mut() {
        region.status = RegionStatus::Deleting;
        region.status_update_date_time = ctx.now;
    }
    ReplicationSetRow::keep_changed(ctx, row, set)?;
    let delay_ms = delay_ms(ctx)?;
    settle_after(ctx, row, delay_ms)?;
    ctx.changed(
        "replication_set.deleting",
        &row.arn(),
        &serde_json::json!({}),
    )
}

/// Runs the job: the set with this ARN arrives, or loses some more of what it holds.
pub fn settle(ctx: &mut Ctx<'_, '_>, arn: &str) -> Result<(), Failure> {
    // Another set may have come since the job was left.
    let Some(mut row) = ReplicationSetRow::find(ctx)?.filter(|row| row.arn() == arn) else {
        return Ok(());
    };
    match row.status {
        ReplicationSetStatus::Creating | ReplicationSetStatus::Updating => arrive(ctx, &mut row),
        ReplicationSetStatus::Deleting if removal::remove_some(ctx)? => settle_after(ctx, &row, 0),
        ReplicationSetStatus::Deleting => {
            ctx.tx
                .delete::<ReplicationSetRow>(&[ctx.account().into()])?;
            ctx.changed("replication_set.deleted", arn, &serde_json::json!({}))
        }
        ReplicationSetStatus::Active | ReplicationSetStatus::Failed => Ok(()),
    }
}

fn arrive(ctx: &mut Ctx<'_, '_>, row: &mut Kept<ReplicationSetRow>) -> Result<(), Failure> {
    let mut set = row.set()?;
    set.region_map
        .retain(|_, region| region.status != RegionStatus::Deleting);
    for region in set.region_map.values_mut() {
        if region.status == RegionStatus::Creating {
            region.status = RegionStatus::Active;
            region.status_update_date_time = ctx.now;
        }
    }
    set.status = ReplicationSetStatus::Active;
    ReplicationSetRow::keep(ctx, row, set)?;
    ctx.changed(
        "replication_set.settled",
        &row.arn(),
        &serde_json::json!({}),
    )
}
