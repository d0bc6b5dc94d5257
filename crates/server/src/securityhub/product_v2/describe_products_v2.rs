//! DescribeProductsV2: the catalogue, by name.

use balefire_api::generated::securityhub::{
    DescribeProductsV2Request, DescribeProductsV2Response, ProductV2,
};
use balefire_store::Value;

use super::catalogue::{PRODUCTS, Product};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

const PRODUCTS_PER_PAGE: usize = 100;

pub fn describe_products_v2(
    ctx: &mut Ctx<'_, '_>,
    _: DescribeProductsV2Request,
) -> Result<DescribeProductsV2Response, Failure> {
    hub::require_on(ctx)?;
    let limit = ctx.page.limit(PRODUCTS_PER_PAGE, PRODUCTS_PER_PAGE);
    let after = match ctx.page.after.as_deref() {
        Some([Value::Text(name)]) => name.as_str(),
        _ => "",
    };
    let rest = PRODUCTS.iter().filter(|product| product.name > after);
    let mut rows: Vec<&Product> = rest.take(limit + 1).collect();
    let next_token = ctx
        .page
        .cut(&mut rows, limit, |product| vec![product.name.into()]);
    Ok(DescribeProductsV2Response {
        next_token,
        products_v2: rows.into_iter().map(described).collect(),
    })
}

fn described(product: &Product) -> ProductV2 {
    let categories = product.categories.iter().map(|name| (*name).to_owned());
    ProductV2 {
        activation_url: Some(product.url.into()),
        categories: Some(categories.collect()),
        company_name: Some(product.company.into()),
        description: Some(product.description.into()),
        integration_v2_types: Some(product.integrations.to_vec()),
        product_v2_name: Some(product.name.into()),
        ..ProductV2::default()
    }
}
