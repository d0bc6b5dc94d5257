//! Products are turned on and off, for each account by itself.

use serde_json::{Value, json};

use super::*;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

const PROWLER: &str = "arn:aws:securityhub:eu-central-1::product/prowler/prowler";

#[test]
fn arns_name_products() {
    let cases = [
        (PROWLER, Some("prowler/prowler"), "Prowler", "Prowler"),
        (
            "arn:aws:securityhub:x:1:product/a-b/c",
            Some("a-b/c"),
            "A-b",
            "C",
        ),
        (
            "arn:aws:securityhub:x::product/aws/guardduty",
            Some("aws/guardduty"),
            "AWS",
            "GuardDuty",
        ),
        (
            "arn:aws:securityhub:x:111111111111:product/111111111111/default",
            Some("111111111111/default"),
            "Personal",
            "Default",
        ),
        (
            "arn:aws:securityhub:x::product/a",
            None,
            "Personal",
            "Default",
        ),
        (
            "arn:aws:securityhub:x::product/a/b/c",
            None,
            "Personal",
            "Default",
        ),
        (
            "arn:aws:inspector:x::product/a/b",
            None,
            "Personal",
            "Default",
        ),
        ("prowler", None, "Personal", "Default"),
    ];
    for (arn, path, company, product) in cases {
        assert_eq!(
            Product::of_arn(arn).map(|product| product.path),
            path,
            "{arn}"
        );
        let names = names_of(arn);
        assert_eq!(
            (names.company.as_str(), names.product.as_str()),
            (company, product)
        );
    }
    assert!(KNOWN.is_sorted_by_key(|(path, _)| *path));
}

#[test]
fn products_are_turned_on_listed_and_turned_off() {
    let t = Testing::new();
    let call = |account: &str, operation: &str, input: Value| {
        t.call_as(account, "securityhub", operation, input)
    };
    let listed = |account: &str| {
        let listed = call(account, "ListEnabledProductsForImport", json!({})).unwrap();
        listed["ProductSubscriptions"].clone()
    };
    let off = call(ADMINISTRATOR, "ListEnabledProductsForImport", json!({}));
    assert!(matches!(off, Err(Failure::NotSubscribed(_))));
    for account in [ADMINISTRATOR, MEMBER] {
        call(account, "EnableSecurityHub", json!({})).unwrap();
    }
    let enable = json!({"ProductArn": PROWLER});
    let on = call(
        ADMINISTRATOR,
        "EnableImportFindingsForProduct",
        enable.clone(),
    )
    .unwrap();
    let arn = on["ProductSubscriptionArn"].clone();
    let expected = format!(
        "arn:aws:securityhub:{REGION}:{ADMINISTRATOR}:product-subscription/prowler/prowler"
    );
    assert_eq!(arn, expected);
    let again = call(ADMINISTRATOR, "EnableImportFindingsForProduct", enable);
    assert!(matches!(again, Err(Failure::Conflict { .. })));
    let wrong = json!({"ProductArn": "arn:aws:s3:::b"});
    let wrong = call(ADMINISTRATOR, "EnableImportFindingsForProduct", wrong);
    assert!(matches!(wrong, Err(Failure::Invalid(_))));
    assert_eq!(
        (listed(ADMINISTRATOR), listed(MEMBER)),
        (json!([arn]), json!([]))
    );

    let disable = json!({"ProductSubscriptionArn": arn});
    let foreign = call(MEMBER, "DisableImportFindingsForProduct", disable.clone());
    assert!(matches!(foreign, Err(Failure::NotFound { .. })));
    call(
        ADMINISTRATOR,
        "DisableImportFindingsForProduct",
        disable.clone(),
    )
    .unwrap();
    assert_eq!(listed(ADMINISTRATOR), json!([]));
    assert!(call(ADMINISTRATOR, "DisableImportFindingsForProduct", disable).is_err());
}

#[test]
fn products_are_described_page_by_page() {
    let t = Testing::new();
    t.call("securityhub", "EnableSecurityHub", json!({}))
        .unwrap();
    let page = |input: Value| t.call("securityhub", "DescribeProducts", input).unwrap();
    let (mut seen, mut token) = (0, Value::Null);
    loop {
        let answer = page(json!({"MaxResults": 5, "NextToken": token}));
        seen += answer["Products"].as_array().unwrap().len();
        token = answer["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(seen, KNOWN.len());
    let one = page(json!({"ProductArn": PROWLER}));
    assert_eq!(one["Products"][0]["ProductName"], "Prowler");
}
