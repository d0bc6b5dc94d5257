//! GetReplicationSet.

use balefire_api::generated::ssm_incidents::{GetReplicationSetInput, GetReplicationSetOutput};

use super::ReplicationSetRow;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::arn::{self, Resource};

pub fn get_replication_set(
    ctx: &mut Ctx<'_, '_>,
    input: GetReplicationSetInput,
) -> Result<GetReplicationSetOutput, Failure> {
    let Some((account, Resource::ReplicationSet { id })) = arn::parse(&input.arn) else {
        let form = "arn:aws:ssm-incidents::111122223333:replication-set/id";
        return Err(arn::not_an_arn("/arn", "a replication set", form));
    };
    let own = account == ctx.account();
    match ReplicationSetRow::find(ctx)? {
        Some(row) if own && row.id == id => Ok(GetReplicationSetOutput {
            replication_set: row.set()?,
        }),
        _ => Err(Failure::not_found("REPLICATION_SET", input.arn)),
    }
}
