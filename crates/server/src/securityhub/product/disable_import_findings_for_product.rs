//! DisableImportFindingsForProduct: findings of a product are taken no more; those that are there stay.

use balefire_api::generated::securityhub::{
    DisableImportFindingsForProductRequest, DisableImportFindingsForProductResponse,
};
use balefire_store::Record;
use serde_json::json;

use super::{KIND, Subscription};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

pub fn disable_import_findings_for_product(
    ctx: &mut Ctx<'_, '_>,
    input: DisableImportFindingsForProductRequest,
) -> Result<DisableImportFindingsForProductResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let arn = input.product_subscription_arn;
    let missing = || Failure::not_found(KIND, arn.as_str());
    let (_, product) = arn
        .split_once(":product-subscription/")
        .ok_or_else(missing)?;
    let subscription = Subscription::of(ctx, product);
    if subscription.arn() != arn || !ctx.tx.delete::<Subscription>(&subscription.key())? {
        return Err(missing());
    }
    ctx.changed("product.disabled", &arn, &json!({}))?;
    Ok(DisableImportFindingsForProductResponse {})
}
