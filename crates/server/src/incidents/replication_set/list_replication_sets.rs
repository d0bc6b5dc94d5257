//! ListReplicationSets: the account's one, or none.

use balefire_api::generated::ssm_incidents::{ListReplicationSetsInput, ListReplicationSetsOutput};

use super::ReplicationSetRow;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::arn;

pub fn list_replication_sets(
    ctx: &mut Ctx<'_, '_>,
    _input: ListReplicationSetsInput,
) -> Result<ListReplicationSetsOutput, Failure> {
    let row = ReplicationSetRow::find(ctx)?;
    let arns = row
        .iter()
        .map(|row| arn::replication_set(&row.account, &row.id))
        .collect();
    Ok(ListReplicationSetsOutput {
        next_token: None,
        replication_set_arns: arns,
    })
}
