//! ListConnectorsV2: the caller's own in the region of the call, by the time of making.

use balefire_api::generated::securityhub::{
    ConnectorSummary, ListConnectorsV2Request, ListConnectorsV2Response, ProviderSummary,
};
use balefire_store::{Page, Value};

use super::{Connector, provider};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

const CONNECTORS_PER_PAGE: usize = 100;

pub fn list_connectors_v2(
    ctx: &mut Ctx<'_, '_>,
    input: ListConnectorsV2Request,
) -> Result<ListConnectorsV2Response, Failure> {
    hub::require_on(ctx)?;
    // Only connectors of clouds have one, and there are none.
    if input.enablement_status.is_some() {
        return Ok(ListConnectorsV2Response::default());
    }
    let limit = ctx.page.limit(CONNECTORS_PER_PAGE, CONNECTORS_PER_PAGE);
    let mut equal: Vec<(&str, Value)> = vec![
        ("account", ctx.account().into()),
        ("region", ctx.region.into()),
    ];
    if let Some(name) = input.provider_name {
        equal.push(("provider", name.as_str().into()));
    }
    if let Some(status) = input.connector_status {
        equal.push(("status", status.as_str().into()));
    }
    let rows = ctx.tx.page::<Connector>(&Page {
        equal: &equal,
        order: &["id"],
        descending: false,
        after: ctx.page.after.clone(),
        limit: limit + 1,
    })?;
    let mut rows: Vec<Connector> = rows.into_iter().map(|row| row.record).collect();
    let next_token = ctx.page.cut(&mut rows, limit, |row| vec![(&row.id).into()]);
    let connectors = rows.iter().map(summary).collect::<Result<_, Failure>>()?;
    Ok(ListConnectorsV2Response {
        connectors,
        next_token,
    })
}

fn summary(row: &Connector) -> Result<ConnectorSummary, Failure> {
    let described = row.described()?;
    Ok(ConnectorSummary {
        connector_arn: described.connector_arn,
        connector_id: described.connector_id,
        created_at: described.created_at,
        description: described.description,
        enablement_status: None,
        enablement_status_reason: None,
        name: described.name,
        provider_summary: ProviderSummary {
            connector_status: Some(described.health.connector_status),
            provider_name: Some(provider::name(&described.provider_detail)),
            provider_configuration: Some(described.provider_detail),
        },
    })
}
