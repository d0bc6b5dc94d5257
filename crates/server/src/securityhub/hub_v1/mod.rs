//! Security Hub of the first version, in a region: while it is off, its operations are refused.

mod describe_hub;
mod disable_security_hub;
mod enable_security_hub;
#[cfg(test)]
mod tests;
mod update_security_hub_configuration;

pub use describe_hub::describe_hub;
pub use disable_security_hub::disable_security_hub;
pub use enable_security_hub::enable_security_hub;
pub use update_security_hub_configuration::update_security_hub_configuration;

use balefire_api::generated::securityhub::ControlFindingGenerator;
use balefire_store::{Error, Kept, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::arn::Arn;

/// What a hub is called in errors and in the change log.
pub const KIND: &str = "HUB";
/// What it is called in ARNs.
pub const NOUN: &str = "hub";
/// The id of every hub.
const ID: &str = "default";

/// A hub that is on.
#[derive(Clone, Debug, PartialEq)]
pub struct HubV1 {
    pub account: String,
    pub region: String,
    pub subscribed_ms: i64,
    pub auto_enable_controls: bool,
    /// The wire's name of a `ControlFindingGenerator`.
    pub control_finding_generator: String,
}

impl Record for HubV1 {
    const TABLE: Table = Table {
        name: "hub_v1",
        key: &["account", "region"],
        columns: &[
            "subscribed_ms",
            "auto_enable_controls",
            "control_finding_generator",
        ],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.account).into(), (&self.region).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.subscribed_ms.into(),
            i64::from(self.auto_enable_controls).into(),
            (&self.control_finding_generator).into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(HubV1 {
            account: row.text(0)?.into(),
            region: row.text(1)?.into(),
            subscribed_ms: row.int(2)?,
            auto_enable_controls: row.int(3)? != 0,
            control_finding_generator: row.text(4)?.into(),
        })
    }
}

impl HubV1 {
    pub fn arn(&self) -> String {
        let HubV1 {
            account, region, ..
        } = self;
        let arn = Arn {
            region,
            account,
            noun: NOUN,
            id: ID,
        };
        arn.to_string()
    }

    fn generator(&self) -> Option<ControlFindingGenerator> {
        ControlFindingGenerator::parse(&self.control_finding_generator)
    }
}

/// The caller's hub in the region of the request, if it is on.
fn own(ctx: &mut Ctx<'_, '_>) -> Result<Option<Kept<HubV1>>, Failure> {
    let key = [ctx.account().into(), ctx.region.into()];
    Ok(ctx.tx.get(&key)?)
}

/// Whether the caller's hub has this id and is on.
pub fn exists(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<bool, Failure> {
    Ok(id == ID && own(ctx)?.is_some())
}

/// The caller's hub in the region of the request; where it is off, the call is refused, in words that clients
/// of AWS look for.
pub fn require_on(ctx: &mut Ctx<'_, '_>) -> Result<Kept<HubV1>, Failure> {
    own(ctx)?.ok_or_else(|| {
        Failure::NotSubscribed(format!(
            "Account {} is not subscribed to AWS Security Hub in {}. Turn it on with EnableSecurityHub.",
            ctx.account(),
            ctx.region
        ))
    })
}
