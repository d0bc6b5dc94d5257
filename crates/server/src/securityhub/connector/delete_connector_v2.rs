//! DeleteConnectorV2: its system is asked no more, and keeps what it has.

use balefire_api::generated::securityhub::{DeleteConnectorV2Request, DeleteConnectorV2Response};
use balefire_store::Record;
use serde_json::json;

use super::{Connector, SET_UP, by_id, miss};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::administration::must_administer;
use crate::securityhub::hub;
use crate::tags;

pub fn delete_connector_v2(
    ctx: &mut Ctx<'_, '_>,
    input: DeleteConnectorV2Request,
) -> Result<DeleteConnectorV2Response, Failure> {
    hub::require_on(ctx)?;
    must_administer(ctx, SET_UP)?;
    let row = by_id(ctx, &input.connector_id)?;
    let arn = row.arn();
    ctx.tx.delete::<Connector>(&row.record.key())?;
    miss::forget(ctx, &row)?;
    tags::clear(ctx.tx, &row.account, &arn)?;
    ctx.changed("connector.deleted", &arn, &json!({}))?;
    Ok(DeleteConnectorV2Response {
        enablement_status: None,
    })
}
