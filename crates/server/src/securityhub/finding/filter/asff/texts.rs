//! Texts of ASFF by the columns of OCSF.

use std::collections::BTreeSet;

use balefire_columns::Plan;

use super::super::plan::texts as any_text;
use super::super::text::Test;
use super::{Extent, everything, irregular, nothing, standing};
use crate::securityhub::asff;
use crate::securityhub::finding::index::Fields;

/// Attributes of ASFF that are the very texts of columns, but for blank ones, which ASFF does not show.
const COLUMNS: [(&str, &str); 12] = [
    ("AwsAccountId", "cloud.account.uid"),
    ("AwsAccountName", "cloud.account.name"),
    ("CompanyName", "metadata.product.vendor_name"),
    (
        "Compliance.AssociatedStandards.StandardsId",
        "compliance.standards",
    ),
    ("Compliance.SecurityControlId", "compliance.control"),
    ("Id", "finding_info.uid"),
    ("ProductName", "metadata.product.name"),
    ("Region", "cloud.region"),
    ("Remediation.Recommendation.Text", "remediation.desc"),
    ("Resources.Region", "resources.region"),
    ("SourceUrl", "finding_info.src_url"),
    ("Title", "finding_info.title"),
];
/// Where a provider of OCSF may have what ASFF calls the generator.
const GENERATORS: [&str; 4] = [
    "metadata.product.feature.uid",
    "finding_info.analytic.uid",
    "metadata.event_code",
    "metadata.product.uid",
];

/// The column of an attribute that is the same there.
pub fn column(path: &str) -> Option<&'static str> {
    let known = COLUMNS.iter().find(|(name, _)| *name == path);
    known.map(|(_, column)| *column)
}

/// Whether some text of an attribute passes one of the tests; nothing, where the columns do not know.
pub fn plan<'f>(
    path: &str,
    tests: &'f [Test],
    fields: &Fields,
    extent: Extent,
) -> Option<Plan<'f>> {
    if tests.iter().any(Test::is_blank) {
        return None;
    }
    if let Some(column) = column(path) {
        return Some(any_text(tests, fields.text(column)?));
    }
    let passes = |text: &str| tests.iter().any(|test| test.passes(text));
    match path {
        "Description" => description(tests, fields, extent),
        "GeneratorId" => generators(tests, fields, extent),
        "ProductArn" => products(tests, fields, extent),
        "Resources.Id" => resource_ids(tests, fields),
        "Resources.Type" => resource_types(tests, fields, extent),
        "Resources.Partition" if extent == Extent::Possible => {
            Some(any_text(tests, fields.text("resources.cloud_partition")?))
        }
        "Vulnerabilities.FixAvailable" if extent == Extent::Possible => {
            let yes = passes("YES") || passes("PARTIAL");
            flags(
                fields.number("vulnerabilities.is_fix_available")?,
                yes,
                passes("NO"),
            )
        }
        "Vulnerabilities.ExploitAvailable" if extent == Extent::Possible => {
            let field = fields.number("vulnerabilities.is_exploit_available")?;
            flags(field, passes("YES"), passes("NO"))
        }
        _ => standing::plan(path, &passes, fields, extent),
    }
}

/// The ids of findings and the ARNs of products that they are looked for by.
pub struct Names<'i> {
    ids: Vec<&'i str>,
    products: Vec<Test>,
}

impl<'i> Names<'i> {
    /// Of pairs of a product's ARN and an id.
    pub fn of(pairs: &BTreeSet<(&'i str, &'i str)>) -> Names<'i> {
        let products: BTreeSet<&str> = pairs.iter().map(|(product, _)| *product).collect();
        let exactly = |arn: &str| Test::Equals(arn.to_owned());
        Names {
            ids: pairs.iter().map(|(_, id)| *id).collect(),
            products: products.into_iter().map(exactly).collect(),
        }
    }

    /// Findings that ASFF may show with one of these ids and one of these products. The columns know the id
    /// of each, and the product of those that are regular.
    pub fn plan(&self, fields: &Fields) -> Option<Plan<'_>> {
        let ids = Plan::OneOf {
            field: fields.text("finding_info.uid")?,
            texts: self.ids.clone(),
        };
        let products = products(&self.products, fields, Extent::Possible)?;
        let products = Plan::Any(vec![irregular(fields), products]);
        Some(Plan::All(vec![ids, products]))
    }
}

fn flags<'p>(field: usize, yes: bool, no: bool) -> Option<Plan<'p>> {
    Some(Plan::Number {
        field,
        passes: Box::new(move |number| if number == 1.0 { yes } else { no }),
    })
}

/// A provider of OCSF that has none gets another text for it.
fn description<'f>(tests: &'f [Test], fields: &Fields, extent: Extent) -> Option<Plan<'f>> {
    let field = fields.text("finding_info.desc")?;
    let own = any_text(tests, field);
    Some(match extent {
        Extent::Certain => own,
        Extent::Possible => {
            let texts = vec![""];
            Plan::Any(vec![
                own,
                Plan::Missing { field },
                Plan::OneOf { field, texts },
            ])
        }
    })
}

fn generators<'f>(tests: &'f [Test], fields: &Fields, extent: Extent) -> Option<Plan<'f>> {
    let places = match extent {
        Extent::Certain => &GENERATORS[..1],
        Extent::Possible => &GENERATORS[..],
    };
    let plans = places
        .iter()
        .map(|name| Some(any_text(tests, fields.text(name)?)));
    Some(Plan::Any(plans.collect::<Option<_>>()?))
}

/// Products with an ARN have it in ASFF too; the ARN of others is made of their name and the region.
fn products<'f>(tests: &'f [Test], fields: &Fields, extent: Extent) -> Option<Plan<'f>> {
    let field = fields.text("metadata.product.uid")?;
    let region = fields.text("cloud.region")?;
    let with_arn = Plan::Text {
        field,
        passes: Box::new(|uid| {
            has_arn(uid) && {
                let arn = asff::product_arn(uid, "");
                tests.iter().any(|test| test.passes(&arn))
            }
        }),
    };
    let made = tests.iter().map(|test| match test.exact() {
        Some(arn) => made_product(arn, field, region),
        // Whether a beginning fits depends on the region of each.
        None if extent == Extent::Possible => Plan::Text {
            field,
            passes: Box::new(|uid| !has_arn(uid)),
        },
        None => nothing(),
    });
    Some(Plan::Any(std::iter::once(with_arn).chain(made).collect()))
}

pub fn has_arn(product_uid: &str) -> bool {
    product_uid.starts_with("arn:")
}

fn made_product(arn: &str, field: usize, region_field: usize) -> Plan<'_> {
    const DEFAULT: &str = "us-east-1";
    let region = arn
        .strip_prefix("arn:aws:securityhub:")
        .and_then(|rest| rest.split_once("::product/"));
    let Some((region, _)) = region else {
        return nothing();
    };
    let named = Plan::Text {
        field,
        passes: Box::new(move |uid| !has_arn(uid) && asff::product_arn(uid, region) == arn),
    };
    let mut regions = vec![Plan::OneOf {
        field: region_field,
        texts: vec![region],
    }];
    if region == DEFAULT {
        let some = Plan::Text {
            field: region_field,
            passes: Box::new(|text| !text.trim().is_empty()),
        };
        regions.push(Plan::Not(Box::new(some)));
    }
    Plan::All(vec![named, Plan::Any(regions)])
}

/// A finding without resources is about its account.
fn resource_ids<'f>(tests: &'f [Test], fields: &Fields) -> Option<Plan<'f>> {
    let field = fields.text("resources.uid")?;
    let own = any_text(tests, field);
    let is_account = |test: &Test| {
        let exact = test
            .exact()
            .is_some_and(|id| id.starts_with(asff::ACCOUNT_ID));
        exact
            || test.prefix().is_some_and(|id| {
                id.starts_with(asff::ACCOUNT_ID) || asff::ACCOUNT_ID.starts_with(id)
            })
    };
    if !tests.iter().any(is_account) {
        return Some(own);
    }
    let account = Plan::Text {
        field: fields.account,
        passes: Box::new(|account| {
            let id = format!("{}{account}", asff::ACCOUNT_ID);
            tests.iter().any(|test| test.passes(&id))
        }),
    };
    let account = Plan::All(vec![Plan::Missing { field }, account]);
    Some(Plan::Any(vec![own, account]))
}

fn resource_types<'f>(tests: &'f [Test], fields: &Fields, extent: Extent) -> Option<Plan<'f>> {
    let passes = |text: &str| tests.iter().any(|test| test.passes(text));
    // What resources without a type have.
    if extent == Extent::Possible && passes("Other") {
        return Some(everything());
    }
    let mut plans = vec![Plan::Text {
        field: fields.text("resources.type")?,
        passes: Box::new(move |kind| {
            let kind = asff::resource_type_of_ocsf(kind);
            tests.iter().any(|test| test.passes(&kind))
        }),
    }];
    if passes(asff::ACCOUNT_TYPE) {
        let field = fields.text("resources.uid")?;
        plans.push(Plan::Missing { field });
    }
    Some(Plan::Any(plans))
}
