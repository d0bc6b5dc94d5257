//! The hub of an account in a region: while it is off, findings are taken but not shown.

mod describe_security_hub_v2;
mod disable_security_hub_feature_v2;
mod disable_security_hub_v2;
mod enable_security_hub_feature_v2;
mod enable_security_hub_v2;
mod feature;
#[cfg(test)]
mod tests;

pub use describe_security_hub_v2::describe_security_hub_v2;
pub use disable_security_hub_feature_v2::disable_security_hub_feature_v2;
pub use disable_security_hub_v2::disable_security_hub_v2;
pub use enable_security_hub_feature_v2::enable_security_hub_feature_v2;
pub use enable_security_hub_v2::enable_security_hub_v2;

use balefire_store::{Error, Kept, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::arn::Arn;

/// What a hub is called in errors and in the change log.
pub const KIND: &str = "HUB_V2";
/// What it is called in ARNs.
pub const NOUN: &str = "hubv2";

/// A hub that is on.
#[derive(Clone, Debug, PartialEq)]
pub struct Hub {
    pub account: String,
    pub region: String,
    /// New each time the hub is turned on.
    pub id: String,
    pub subscribed_ms: i64,
}

impl Record for Hub {
    const TABLE: Table = Table {
        name: "hub",
        key: &["account", "region"],
        columns: &["id", "subscribed_ms"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.account).into(), (&self.region).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![(&self.id).into(), self.subscribed_ms.into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Hub {
            account: row.text(0)?.into(),
            region: row.text(1)?.into(),
            id: row.text(2)?.into(),
            subscribed_ms: row.int(3)?,
        })
    }
}

impl Hub {
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

/// The caller's hub in the region of the request, if it is on.
fn own(ctx: &mut Ctx<'_, '_>) -> Result<Option<Kept<Hub>>, Failure> {
    let key = [ctx.account().into(), ctx.region.into()];
    Ok(ctx.tx.get(&key)?)
}

/// As `own`; where it is off, it is not found.
pub fn find(ctx: &mut Ctx<'_, '_>) -> Result<Hub, Failure> {
    let hub = own(ctx)?.map(|hub| hub.record);
    hub.ok_or_else(|| Failure::not_found(KIND, format!("in {}", ctx.region)))
}

/// Whether the caller's hub in the region of the request has this id.
pub fn exists(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<bool, Failure> {
    Ok(own(ctx)?.is_some_and(|hub| hub.id == id))
}

/// The caller's hub in the region of the request; where it is off, the call is denied.
pub fn require_on(ctx: &mut Ctx<'_, '_>) -> Result<Hub, Failure> {
    match own(ctx)? {
        Some(hub) => Ok(hub.record),
        None => Err(Failure::Denied(format!(
            "Security Hub is off in {} for account {}. Turn it on with EnableSecurityHubV2.",
            ctx.region,
            ctx.account()
        ))),
    }
}
