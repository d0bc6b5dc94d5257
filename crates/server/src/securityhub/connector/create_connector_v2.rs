//! CreateConnectorV2: keeps which system it leads to, and has that asked.

use balefire_api::generated::securityhub::{
    CreateConnectorV2Request, CreateConnectorV2Response, HealthCheck,
};
use balefire_store::Error;
use serde_json::json;

use super::{Connector, Described, KIND, SET_UP, arn_of, health, provider, resting_status};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::administration::must_administer;
use crate::securityhub::{aggregator, hub};
use crate::tags;

/// No AuthUrl is given: there is no OAuth application, and credentials come from the operator's file.
pub fn create_connector_v2(
    ctx: &mut Ctx<'_, '_>,
    input: CreateConnectorV2Request,
) -> Result<CreateConnectorV2Response, Failure> {
    must_administer(ctx, SET_UP)?;
    hub::find(ctx)?;
    must_be_at_home(ctx)?;
    let detail = provider::created(input.provider)?;
    let id = ctx.new_id();
    let arn = arn_of(ctx.region, ctx.account(), &id);
    let status = resting_status(&detail);
    let described = Described {
        connector_arn: Some(arn.clone()),
        connector_id: id.clone(),
        created_at: ctx.now,
        description: input.description,
        enablement_status: None,
        enablement_status_reason: None,
        health: HealthCheck {
            connector_status: status,
            issues: None,
            last_checked_at: ctx.now,
            message: Some(health::UNCHECKED.into()),
        },
        kms_key_arn: input.kms_key_arn,
        last_updated_at: ctx.now,
        name: input.name,
        provider_detail: detail,
    };
    let mut connector = Connector::new(ctx, described);
    health::check_now(ctx, &mut connector)?;
    match ctx.tx.insert(&connector) {
        Ok(()) => {}
        Err(Error::Exists { .. }) => {
            let message = format!(
                "A connector with the name {} exists. Names are unique in an account and region.",
                connector.name
            );
            return Err(Failure::conflict(KIND, connector.name, message));
        }
        Err(error) => return Err(error.into()),
    }
    let tags = input.tags.unwrap_or_default();
    tags::put(ctx.tx, &connector.account, &arn, &tags)?;
    let body = json!({"name": connector.name, "provider": connector.provider});
    ctx.changed("connector.created", &arn, &body)?;
    Ok(CreateConnectorV2Response {
        auth_url: None,
        connector_arn: arn,
        connector_id: id,
        connector_status: Some(status),
        enablement_status: None,
    })
}

fn must_be_at_home(ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
    let message = match aggregator::own(ctx)? {
        Some(aggregator) if aggregator.region == ctx.region => return Ok(()),
        Some(aggregator) => format!(
            "Connectors are made in the home region of the aggregator, which is {}.",
            aggregator.region
        ),
        None => "Connectors are made in the home region of an aggregator, and there is none yet: make one \
                 with CreateAggregatorV2."
            .into(),
    };
    Err(Failure::conflict(aggregator::KIND, ctx.region, message))
}
