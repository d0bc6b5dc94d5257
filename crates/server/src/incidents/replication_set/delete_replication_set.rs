//! DeleteReplicationSet: begins the end of all that the account has in Incident Manager.

use balefire_api::generated::ssm_incidents::{
    DeleteReplicationSetInput, DeleteReplicationSetOutput, ReplicationSetStatus,
};

use super::ReplicationSetRow;
use super::settled::check_settled;
use super::settling::begin_to_delete;
use crate::context::Ctx;
use crate::failure::Failure;

/// Asking again while the set is being deleted changes nothing, and succeeds.
pub fn delete_replication_set(
    ctx: &mut Ctx<'_, '_>,
    input: DeleteReplicationSetInput,
) -> Result<DeleteReplicationSetOutput, Failure> {
    let mut row = ReplicationSetRow::by_arn(ctx, &input.arn)?;
    if row.status != ReplicationSetStatus::Deleting {
        check_settled(ctx.caller, row.status.as_str())?;
        let set = row.set()?;
        begin_to_delete(ctx, &mut row, set)?;
    }
    Ok(DeleteReplicationSetOutput {})
}
