//! Products whose findings Security Hub takes, and which of them an account has turned on in a region.

mod describe_products;
mod disable_import_findings_for_product;
mod enable_import_findings_for_product;
mod list_enabled_products_for_import;
#[cfg(test)]
mod tests;

pub use describe_products::describe_products;
pub use disable_import_findings_for_product::disable_import_findings_for_product;
pub use enable_import_findings_for_product::enable_import_findings_for_product;
pub use list_enabled_products_for_import::list_enabled_products_for_import;

use balefire_store::{Error, Record, Row, Table, Value};

use crate::access::Account;
use crate::context::Ctx;
use crate::failure::Failure;

const KIND: &str = "PRODUCT_SUBSCRIPTION";
const AWS: &str = "aws";
const DEFAULT: &str = "default";

/// Products with names of their own: company and id, the names of company and product, and what it does.
const KNOWN: &[(&str, [&str; 3])] = &[
    (
        "aquasecurity/aquasecurity",
        ["Aqua Security", "Aqua", "Container and cloud workloads"],
    ),
    (
        "aws/access-analyzer",
        ["AWS", "IAM Access Analyzer", "Resources shared with others"],
    ),
    (
        "aws/config",
        ["AWS", "Config", "Rules of resources' configuration"],
    ),
    (
        "aws/firewall-manager",
        ["AWS", "Firewall Manager", "Policies of firewalls"],
    ),
    ("aws/guardduty", ["AWS", "GuardDuty", "Threats"]),
    ("aws/health", ["AWS", "Health", "Events of AWS services"]),
    ("aws/inspector", ["AWS", "Inspector", "Vulnerabilities"]),
    ("aws/macie", ["AWS", "Macie", "Sensitive data"]),
    (
        "aws/securityhub",
        ["AWS", "Security Hub", "Controls of standards"],
    ),
    (
        "aws/ssm-patch-manager",
        ["AWS", "Systems Manager Patch Manager", "Patches"],
    ),
    (
        "cloud-custodian/cloud-custodian",
        [
            "Cloud Custodian",
            "Cloud Custodian",
            "Policies of resources",
        ],
    ),
    (
        "prowler/prowler",
        ["Prowler", "Prowler", "Checks of cloud accounts"],
    ),
];

/// A product, as its ARN names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product<'a> {
    company: &'a str,
    id: &'a str,
    /// Both, as in the ARN.
    pub path: &'a str,
}

impl<'a> Product<'a> {
    /// `None` where the text is no ARN of a product.
    pub fn of_arn(arn: &'a str) -> Option<Product<'a>> {
        let mut parts = arn.splitn(6, ':');
        let (head, _partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (_region, _account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        let path = resource.strip_prefix("product/")?;
        let (company, id) = path.split_once('/')?;
        let is_name = |text: &str| !text.is_empty() && !text.contains(['/', ':', ' ']);
        let is_product =
            head == "arn" && service == "securityhub" && is_name(company) && is_name(id);
        is_product.then_some(Product { company, id, path })
    }

    /// The account whose own product it is, for findings that come from no product.
    pub fn owner(&self) -> Option<&'a str> {
        (self.id == DEFAULT && Account::is_id(self.company)).then_some(self.company)
    }

    /// Whether findings are taken of it without turning it on.
    fn is_always_on(&self) -> bool {
        self.owner().is_some() || self.company == AWS
    }
}

/// The names of a product's company and of the product itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    pub company: String,
    pub product: String,
    /// It is an account's own product, whose findings may bring names.
    pub is_own: bool,
}

pub fn names_of(arn: &str) -> Names {
    let product = Product::of_arn(arn);
    let is_own = product.is_some_and(|product| product.owner().is_some());
    let path = product.map_or("", |product| product.path);
    let known = KNOWN.iter().find(|(known, _)| *known == path);
    let (company, product) = match (known, product) {
        (Some((_, [company, product, _])), _) => ((*company).into(), (*product).into()),
        (None, Some(product)) if !is_own => (capital(product.company), capital(product.id)),
        _ => ("Personal".into(), "Default".into()),
    };
    Names {
        company,
        product,
        is_own,
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// A product that an account has turned on in a region.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    pub account: String,
    pub region: String,
    /// Company and id, as in the product's ARN.
    pub product: String,
}

impl Record for Subscription {
    const TABLE: Table = Table {
        name: "product_subscription",
        key: &["account", "region", "product"],
        columns: &[],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.region).into(),
            (&self.product).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        Vec::new()
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Subscription {
            account: row.text(0)?.into(),
            region: row.text(1)?.into(),
            product: row.text(2)?.into(),
        })
    }
}

impl Subscription {
    fn of(ctx: &Ctx<'_, '_>, product: &str) -> Subscription {
        Subscription {
            account: ctx.account().into(),
            region: ctx.region.into(),
            product: product.into(),
        }
    }

    pub fn arn(&self) -> String {
        let Subscription {
            account,
            region,
            product,
        } = self;
        format!("arn:aws:securityhub:{region}:{account}:product-subscription/{product}")
    }
}

/// Whether the caller takes findings of a product in the region of the request.
pub fn is_on(ctx: &mut Ctx<'_, '_>, product: &Product<'_>) -> Result<bool, Failure> {
    if product.is_always_on() {
        return Ok(true);
    }
    let key = Subscription::of(ctx, product.path).key();
    Ok(ctx.tx.get::<Subscription>(&key)?.is_some())
}
