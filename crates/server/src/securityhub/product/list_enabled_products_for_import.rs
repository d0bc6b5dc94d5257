//! ListEnabledProductsForImport: the products whose findings the caller has turned on.

use balefire_api::generated::securityhub::{
    ListEnabledProductsForImportRequest, ListEnabledProductsForImportResponse,
};
use balefire_store::{Page, Value};

use super::Subscription;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

const PAGE_MAX: usize = 100;

pub fn list_enabled_products_for_import(
    ctx: &mut Ctx<'_, '_>,
    _: ListEnabledProductsForImportRequest,
) -> Result<ListEnabledProductsForImportResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let limit = ctx.page.limit(PAGE_MAX, PAGE_MAX);
    let mut rows = ctx.tx.page::<Subscription>(&Page {
        equal: &[
            ("account", ctx.caller.account.as_str().into()),
            ("region", ctx.region.into()),
        ],
        order: &["product"],
        descending: false,
        after: ctx.page.after.clone(),
        limit: limit + 1,
    })?;
    let key =
        |row: &balefire_store::Kept<Subscription>| -> Vec<Value> { vec![(&row.product).into()] };
    let next_token = ctx.page.cut(&mut rows, limit, key);
    let arns = rows.iter().map(|row| row.arn());
    Ok(ListEnabledProductsForImportResponse {
        next_token,
        product_subscriptions: Some(arns.collect()),
    })
}
