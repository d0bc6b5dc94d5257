//! DescribeProducts: the products that are known by name.

use balefire_api::generated::securityhub::{
    DescribeProductsRequest, DescribeProductsResponse, IntegrationType, Product as Described,
};
use balefire_store::Value;

use super::{KNOWN, Product};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

const PAGE_MAX: usize = 100;

/// A product that is not known by name is described as such; what is no product is refused.
pub fn describe_products(
    ctx: &mut Ctx<'_, '_>,
    input: DescribeProductsRequest,
) -> Result<DescribeProductsResponse, Failure> {
    hub_v1::require_on(ctx)?;
    if let Some(arn) = input.product_arn {
        let Some(product) = Product::of_arn(&arn) else {
            let rule = "Member must be the ARN of a product of Security Hub";
            return Err(Failure::invalid("/ProductArn", rule));
        };
        let known = KNOWN.iter().find(|(path, _)| *path == product.path);
        return Ok(DescribeProductsResponse {
            products: vec![described(&arn, known.map(|(_, texts)| texts[2]))],
            next_token: None,
        });
    }
    let after = match ctx.page.after.as_deref() {
        Some([Value::Text(path)]) => path.clone(),
        _ => String::new(),
    };
    let limit = ctx.page.limit(PAGE_MAX, PAGE_MAX);
    let rows = KNOWN.iter().filter(|(path, _)| *path > after.as_str());
    let mut rows: Vec<_> = rows.take(limit + 1).collect();
    let next_token = ctx
        .page
        .cut(&mut rows, limit, |(path, _)| vec![(*path).into()]);
    let products = rows.into_iter().map(|(path, texts)| {
        let arn = format!("arn:aws:securityhub:{}::product/{path}", ctx.region);
        described(&arn, Some(texts[2]))
    });
    Ok(DescribeProductsResponse {
        products: products.collect(),
        next_token,
    })
}

fn described(arn: &str, description: Option<&str>) -> Described {
    let names = super::names_of(arn);
    Described {
        company_name: Some(names.company),
        product_name: Some(names.product),
        description: description.map(str::to_owned),
        integration_types: Some(vec![IntegrationType::SendFindingsToSecurityHub]),
        product_arn: arn.to_owned(),
        ..Described::default()
    }
}
