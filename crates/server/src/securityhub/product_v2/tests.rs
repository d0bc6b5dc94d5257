//! The catalogue is whole over its pages, and every row says something.

use serde_json::json;

use super::catalogue::PRODUCTS;
use crate::failure::Failure;
use crate::testing::{MEMBER, Testing};

#[test]
fn the_rows_are_in_order_and_full() {
    assert!(PRODUCTS.windows(2).all(|two| two[0].name < two[1].name));
    for product in PRODUCTS {
        let texts = [product.company, product.description, product.url];
        assert!(texts.iter().all(|text| !text.trim().is_empty()));
        assert!(!product.integrations.is_empty() && !product.categories.is_empty());
        assert!(product.url.starts_with("https://"), "{}", product.url);
    }
}

#[test]
fn pages_show_each_product_once() {
    let t = Testing::new();
    let describe = |input| t.call_as(MEMBER, "securityhub", "DescribeProductsV2", input);
    let off = describe(json!({})).unwrap_err();
    assert!(matches!(off, Failure::Denied(_)), "{off:?}");
    t.call_as(MEMBER, "securityhub", "EnableSecurityHubV2", json!({}))
        .unwrap();
    let whole = describe(json!({})).unwrap();
    let whole = whole["ProductsV2"].as_array().unwrap();
    assert_eq!(whole.len(), PRODUCTS.len());
    let mut paged = Vec::new();
    let mut input = json!({"MaxResults": 2});
    loop {
        let page = describe(input.clone()).unwrap();
        let products = page["ProductsV2"].as_array().unwrap();
        assert!(products.len() <= 2);
        paged.extend(products.clone());
        let Some(token) = page.get("NextToken").filter(|token| !token.is_null()) else {
            break;
        };
        input["NextToken"] = token.clone();
    }
    assert_eq!(&paged, whole);
}
