//! UpdateDeletionProtection: sets the flag and nothing else.

use balefire_api::generated::ssm_incidents::{
    ReplicationSetStatus, UpdateDeletionProtectionInput, UpdateDeletionProtectionOutput,
};

use super::ReplicationSetRow;
use super::settled::check_settled;
use crate::context::Ctx;
use crate::failure::Failure;

pub fn update_deletion_protection(
    ctx: &mut Ctx<'_, '_>,
    input: UpdateDeletionProtectionInput,
) -> Result<UpdateDeletionProtectionOutput, Failure> {
    let mut row = ReplicationSetRow::by_arn(ctx, &input.arn)?;
    // A set that goes is not saved by protecting it now, and must not look as if it were.
    if row.status == ReplicationSetStatus::Deleting {
        check_settled(ctx.caller, row.status.as_str())?;
    }
    let mut set = row.set()?;
    if set.deletion_protected != input.deletion_protected {
        set.deletion_protected = input.deletion_protected;
        ReplicationSetRow::keep_changed(ctx, &mut row, set)?;
        let flag = serde_json::json!({"deletionProtected": input.deletion_protected});
        ctx.changed("replication_set.protection_updated", &input.arn, &flag)?;
    }
    Ok(UpdateDeletionProtectionOutput {})
}
