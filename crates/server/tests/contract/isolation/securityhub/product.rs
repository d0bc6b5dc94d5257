//! The rows of products, and those whose findings the owner takes.

use serde_json::json;

use crate::isolation::row::{Foreign, NOT_FOUND, Own, Row, nothing, row, text};
use crate::server::{OWNER, REGION, Server};

/// A product that both accounts may turn on.
const PRODUCT: &str = "arn:aws:securityhub:eu-central-1::product/prowler/prowler";

/// The ARN of the second of two subscriptions: lists have pages.
pub fn make(server: &Server) -> String {
    let made = ["1", "2"].map(|number| {
        let product = format!("arn:aws:securityhub:{REGION}::product/lantern/p{number}");
        let product = json!({"ProductArn": product});
        server.done(
            OWNER,
            "securityhub:EnableImportFindingsForProduct",
            &product,
        )
    });
    text(&made[1]["ProductSubscriptionArn"])
}

pub const ROWS: &[Row] = &[
    row(
        "securityhub:DescribeProductsV2",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:DescribeProducts",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:EnableImportFindingsForProduct",
        |_| json!({"ProductArn": PRODUCT}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:ListEnabledProductsForImport",
        nothing,
        Foreign::Nothing,
        Own::May,
    )
    .watched_by(OWNER),
    row(
        "securityhub:DisableImportFindingsForProduct",
        |w| json!({"ProductSubscriptionArn": w.hub.subscription}),
        NOT_FOUND,
        Own::May,
    ),
];
