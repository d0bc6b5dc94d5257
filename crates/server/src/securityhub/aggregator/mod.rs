//! The aggregator of an account: which region is its home, and which others are linked to it.

mod create_aggregator_v2;
mod delete_aggregator_v2;
mod get_aggregator_v2;
mod linking;
mod list_aggregators_v2;
#[cfg(test)]
mod tests;
mod update_aggregator_v2;

pub use create_aggregator_v2::create_aggregator_v2;
pub use delete_aggregator_v2::delete_aggregator_v2;
pub use get_aggregator_v2::get_aggregator_v2;
pub use list_aggregators_v2::list_aggregators_v2;
pub use update_aggregator_v2::update_aggregator_v2;

use balefire_api::generated::securityhub::{
    GET_AGGREGATOR_V2_RESPONSE, GetAggregatorV2Response as Described,
};
use balefire_store::{Error, Kept, Record, Row, Table, Value};

use super::arn::{self, Arn};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::wire_form;

/// What an aggregator is called in errors and in the change log.
pub const KIND: &str = "AGGREGATOR_V2";
/// What it is called in ARNs.
pub const NOUN: &str = "aggregatorv2";
/// How a refusal of a member begins.
const SET_UP: &str = "Aggregators";

/// The aggregator of an account.
pub struct Aggregator {
    pub account: String,
    /// The home region.
    pub region: String,
    pub id: String,
    /// The model's `GetAggregatorV2Response`, which holds all there is of an aggregator.
    body: Vec<u8>,
}

impl Record for Aggregator {
    const TABLE: Table = Table {
        name: "aggregator",
        key: &["account"],
        columns: &["region", "id", "body"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.account).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            (&self.region).into(),
            (&self.id).into(),
            self.body.clone().into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Aggregator {
            account: row.text(0)?.into(),
            region: row.text(1)?.into(),
            id: row.text(2)?.into(),
            body: row.blob(3)?.into(),
        })
    }
}

impl Aggregator {
    /// An aggregator whose home is the region of the call.
    fn new(ctx: &Ctx<'_, '_>, id: String, mode: String, linked: Option<Vec<String>>) -> Aggregator {
        let arn = Arn {
            region: ctx.region,
            account: ctx.account(),
            noun: NOUN,
            id: &id,
        };
        let described = Described {
            aggregation_region: Some(ctx.region.into()),
            aggregator_v2_arn: Some(arn.to_string()),
            linked_regions: linked,
            region_linking_mode: Some(mode),
        };
        Aggregator {
            account: ctx.account().into(),
            region: ctx.region.into(),
            id,
            body: wire_form::write(&GET_AGGREGATOR_V2_RESPONSE, described),
        }
    }

    fn described(&self) -> Result<Described, Failure> {
        wire_form::read(&GET_AGGREGATOR_V2_RESPONSE, &self.body)
    }

    pub fn arn(&self) -> String {
        let arn = Arn {
            region: &self.region,
            account: &self.account,
            noun: NOUN,
            id: &self.id,
        };
        arn.to_string()
    }
}

/// The caller's aggregator, wherever its home is.
pub fn own(ctx: &mut Ctx<'_, '_>) -> Result<Option<Kept<Aggregator>>, Failure> {
    let key = [ctx.account().into()];
    Ok(ctx.tx.get(&key)?)
}

/// Whether the caller's aggregator has this id, and its home in the region of the call.
pub fn exists(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<bool, Failure> {
    let home = ctx.region;
    Ok(own(ctx)?.is_some_and(|aggregator| aggregator.region == home && aggregator.id == id))
}

/// The caller's aggregator that an ARN names. It may be read from every region.
fn by_arn(ctx: &mut Ctx<'_, '_>, text: &str) -> Result<Kept<Aggregator>, Failure> {
    arn::parse_at("/AggregatorV2Arn", text, NOUN)?;
    let found = own(ctx)?.filter(|aggregator| aggregator.arn() == text);
    found.ok_or_else(|| Failure::not_found(KIND, text))
}

/// As `by_arn`, for a change, which is made at home alone.
fn by_arn_at_home(ctx: &mut Ctx<'_, '_>, text: &str) -> Result<Kept<Aggregator>, Failure> {
    let aggregator = by_arn(ctx, text)?;
    if aggregator.region == ctx.region {
        return Ok(aggregator);
    }
    let rule = format!(
        "Member must be of an aggregator of the region of the call; the home of this one is {}",
        aggregator.region
    );
    Err(Failure::invalid("/AggregatorV2Arn", rule))
}
