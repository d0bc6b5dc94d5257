//! EnableImportFindingsForProduct: from now on findings of a product are taken.

use balefire_api::generated::securityhub::{
    EnableImportFindingsForProductRequest, EnableImportFindingsForProductResponse,
};
use balefire_store::Error;
use serde_json::json;

use super::{KIND, Product, Subscription};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

/// Any product may be turned on, whether its name is known here or not.
pub fn enable_import_findings_for_product(
    ctx: &mut Ctx<'_, '_>,
    input: EnableImportFindingsForProductRequest,
) -> Result<EnableImportFindingsForProductResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let Some(product) = Product::of_arn(&input.product_arn) else {
        let rule = "Member must be the ARN of a product of Security Hub";
        return Err(Failure::invalid("/ProductArn", rule));
    };
    let subscription = Subscription::of(ctx, product.path);
    let arn = subscription.arn();
    match ctx.tx.insert(&subscription) {
        Err(Error::Exists { .. }) => {
            let message = format!("Findings of {} are taken already.", product.path);
            return Err(Failure::conflict(KIND, arn, message));
        }
        done => done?,
    }
    ctx.changed("product.enabled", &arn, &json!({}))?;
    Ok(EnableImportFindingsForProductResponse {
        product_subscription_arn: Some(arn),
    })
}
