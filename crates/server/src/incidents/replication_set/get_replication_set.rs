//! GetReplicationSet.

use balefire_api::generated::ssm_incidents::{GetReplicationSetInput, GetReplicationSetOutput};

use super::ReplicationSetRow;
use crate::context::Ctx;
use crate::failure::Failure;

pub fn get_replication_set(
    ctx: &mut Ctx<'_, '_>,
    input: GetReplicationSetInput,
) -> Result<GetReplicationSetOutput, Failure> {
    let replication_set = ReplicationSetRow::by_arn(ctx, &input.arn)?.set()?;
    Ok(GetReplicationSetOutput { replication_set })
}
