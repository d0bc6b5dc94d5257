//! Insights: filters that are kept under a name, and the findings they match by group.

mod create_insight;
mod delete_insight;
mod get_insight_results;
mod get_insights;
#[cfg(test)]
mod tests;
mod update_insight;

pub use create_insight::create_insight;
pub use delete_insight::delete_insight;
pub use get_insight_results::get_insight_results;
pub use get_insights::get_insights;
pub use update_insight::update_insight;

use balefire_api::generated::securityhub::{
    AWS_SECURITY_FINDING_FILTERS, AwsSecurityFindingFilters, Insight as Shown,
};
use balefire_api::{Timestamp, Typed, json, shape};
use balefire_store::{Error, Kept, Record, Row, Table, Value};

use super::finding::filter::{Attribute, AttributeKind, Filters, attribute};
use crate::context::Ctx;
use crate::failure::Failure;

const KIND: &str = "INSIGHT";

/// An insight that an account has made in a region.
#[derive(Clone, Debug, PartialEq)]
pub struct Insight {
    pub account: String,
    pub region: String,
    pub id: String,
    pub name: String,
    /// In wire form.
    pub filters: String,
    /// The flattened name of an attribute.
    pub group_by: String,
}

impl Record for Insight {
    const TABLE: Table = Table {
        name: "insight",
        key: &["account", "region", "id"],
        columns: &["name", "filters", "group_by"],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.region).into(),
            (&self.id).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            (&self.name).into(),
            (&self.filters).into(),
            (&self.group_by).into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Insight {
            account: row.text(0)?.into(),
            region: row.text(1)?.into(),
            id: row.text(2)?.into(),
            name: row.text(3)?.into(),
            filters: row.text(4)?.into(),
            group_by: row.text(5)?.into(),
        })
    }
}

impl Insight {
    pub fn arn(&self) -> String {
        let Insight {
            account,
            region,
            id,
            ..
        } = self;
        format!("arn:aws:securityhub:{region}:{account}:insight/{account}/custom/{id}")
    }

    fn shown(&self) -> Result<Shown, Failure> {
        Ok(Shown {
            filters: self.filters()?,
            group_by_attribute: self.group_by.clone(),
            insight_arn: self.arn(),
            name: self.name.clone(),
        })
    }

    fn filters(&self) -> Result<AwsSecurityFindingFilters, Failure> {
        let structure = shape::structure(&AWS_SECURITY_FINDING_FILTERS);
        let node = json::read(structure, self.filters.as_bytes()).map_err(|rejection| {
            let message = rejection.message();
            Failure::Internal(format!("an insight's filters cannot be read: {message}"))
        })?;
        Ok(AwsSecurityFindingFilters::from_node(node)?)
    }
}

/// The wire form of filters that keep all rules.
fn written(filters: AwsSecurityFindingFilters, now: Timestamp) -> Result<String, Failure> {
    Filters::compile_attributes(&filters, now)?;
    let mut text = Vec::new();
    let structure = shape::structure(&AWS_SECURITY_FINDING_FILTERS);
    json::write_members(structure, &filters.into_node(), &mut text);
    String::from_utf8(text).map_err(|error| Failure::Internal(error.to_string()))
}

/// The attribute that findings are grouped by.
fn group(name: &str) -> Result<&'static Attribute, Failure> {
    let known = attribute(name);
    let has_values = |kind| !matches!(kind, AttributeKind::Map | AttributeKind::Keyword);
    known
        .filter(|attribute| has_values(attribute.kind))
        .ok_or_else(|| {
            let rule =
                "Member must be an attribute of findings, such as ResourceId or SeverityLabel";
            Failure::invalid("/GroupByAttribute", rule)
        })
}

/// The caller's insight with an ARN.
fn named(ctx: &mut Ctx<'_, '_>, arn: &str) -> Result<Kept<Insight>, Failure> {
    let missing = || Failure::not_found(KIND, arn);
    let (_, id) = arn.rsplit_once('/').ok_or_else(missing)?;
    let key = [ctx.account().into(), ctx.region.into(), id.into()];
    let insight: Option<Kept<Insight>> = ctx.tx.get(&key)?;
    insight
        .filter(|insight| insight.arn() == arn)
        .ok_or_else(missing)
}
