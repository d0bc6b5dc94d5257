//! Connectors: ticket systems that an account works with, and how well they can be reached.

mod create_connector_v2;
mod delete_connector_v2;
mod get_connector_v2;
mod health;
mod list_connectors_v2;
mod miss;
mod provider;
mod register_connector_v2;
#[cfg(test)]
mod tests;
mod update_connector_v2;

pub use create_connector_v2::create_connector_v2;
pub use delete_connector_v2::delete_connector_v2;
pub use get_connector_v2::get_connector_v2;
pub use health::{CHECK, Found, checked, to_check};
pub use list_connectors_v2::list_connectors_v2;
pub use miss::{Missed, missed};
pub use provider::Detail;
pub use register_connector_v2::register_connector_v2;
pub use update_connector_v2::update_connector_v2;

use balefire_api::generated::securityhub::{
    ConnectorStatus, GET_CONNECTOR_V2_RESPONSE, GetConnectorV2Response as Described, HealthCheck,
};
use balefire_store::{Error, Kept, Record, Row, Table, Value};

use super::arn::{self, Arn};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::wire_form;

/// What a connector is called in errors and in the change log.
pub const KIND: &str = "CONNECTOR_V2";
/// What it is called in ARNs.
pub const NOUN: &str = "connectorv2";
/// How a refusal of a member begins.
const SET_UP: &str = "Connectors";

/// A connector of an account in its home region.
pub struct Connector {
    pub account: String,
    pub region: String,
    pub id: String,
    /// By which balefire.toml knows it too.
    pub name: String,
    /// The model's `ConnectorProviderName`.
    provider: String,
    /// The model's `ConnectorStatus`.
    status: String,
    /// The id of the health check that is under way or due next.
    latest_check: String,
    /// The model's `GetConnectorV2Response`, which holds all there is of a connector.
    body: Vec<u8>,
}

impl Record for Connector {
    const TABLE: Table = Table {
        name: "connector",
        key: &["account", "region", "id"],
        columns: &["name", "provider", "status", "latest_check", "body"],
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
            (&self.provider).into(),
            (&self.status).into(),
            (&self.latest_check).into(),
            self.body.clone().into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Connector {
            account: row.text(0)?.into(),
            region: row.text(1)?.into(),
            id: row.text(2)?.into(),
            name: row.text(3)?.into(),
            provider: row.text(4)?.into(),
            status: row.text(5)?.into(),
            latest_check: row.text(6)?.into(),
            body: row.blob(7)?.into(),
        })
    }
}

impl Connector {
    /// A connector of the caller's, in the region of the call.
    fn new(ctx: &Ctx<'_, '_>, described: Described) -> Connector {
        let mut connector = Connector {
            account: ctx.account().into(),
            region: ctx.region.into(),
            id: described.connector_id.clone(),
            name: described.name.clone(),
            provider: provider::name(&described.provider_detail).as_str().into(),
            status: String::new(),
            latest_check: String::new(),
            body: Vec::new(),
        };
        connector.describe(described);
        connector
    }

    fn described(&self) -> Result<Described, Failure> {
        wire_form::read(&GET_CONNECTOR_V2_RESPONSE, &self.body)
    }

    fn describe(&mut self, described: Described) {
        self.status = described.health.connector_status.as_str().into();
        self.body = wire_form::write(&GET_CONNECTOR_V2_RESPONSE, described);
    }

    pub fn arn(&self) -> String {
        arn_of(&self.region, &self.account, &self.id)
    }

    /// Whether its system was well when it was asked last, or has gone away since it was; else what it is
    /// and why.
    pub fn unfit(&self) -> Result<Option<String>, Failure> {
        let health = self.described()?.health;
        Ok(match health.connector_status {
            ConnectorStatus::Connected | ConnectorStatus::Degraded => None,
            _ => Some(self.standing(health)),
        })
    }

    fn standing(&self, health: HealthCheck) -> String {
        format!(
            "The connector {} is {}: {}",
            self.name,
            health.connector_status.as_str(),
            health.message.unwrap_or_default()
        )
    }

    /// The subject of jobs that call the system.
    pub fn subject(&self) -> String {
        format!("connector/{}", self.name)
    }
}

pub fn arn_of(region: &str, account: &str, id: &str) -> String {
    let arn = Arn {
        region,
        account,
        noun: NOUN,
        id,
    };
    arn.to_string()
}

/// The caller's connector in the region of the call, by its id or ARN.
fn by_id(ctx: &mut Ctx<'_, '_>, text: &str) -> Result<Kept<Connector>, Failure> {
    let id = match arn::parse(text) {
        Some(arn) if arn.is_here(ctx) && arn.noun == NOUN => arn.id,
        _ => text,
    };
    find(ctx, id)?.ok_or_else(|| Failure::not_found(KIND, text))
}

/// The caller's connector in the region of the call, by its ARN.
pub fn by_arn(ctx: &mut Ctx<'_, '_>, text: &str) -> Result<Option<Connector>, Failure> {
    match arn::parse(text) {
        Some(arn) if arn.is_here(ctx) && arn.noun == NOUN => {
            Ok(find(ctx, arn.id)?.map(|row| row.record))
        }
        _ => Ok(None),
    }
}

fn find(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<Option<Kept<Connector>>, Failure> {
    let key = [ctx.account().into(), ctx.region.into(), id.into()];
    Ok(ctx.tx.get(&key)?)
}

/// Whether the caller has a connector with this id in the region of the call.
pub fn exists(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<bool, Failure> {
    Ok(find(ctx, id)?.is_some())
}

/// The caller's connector whose system was well when it was asked last.
pub fn connected(ctx: &mut Ctx<'_, '_>, text: &str) -> Result<Connector, Failure> {
    let row = by_id(ctx, text)?;
    let health = row.described()?.health;
    if health.connector_status == ConnectorStatus::Connected {
        return Ok(row.record);
    }
    Err(Failure::conflict(KIND, text, row.standing(health)))
}

/// The name of the caller's connector, and how its system is known.
pub fn system(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<Option<(String, Detail)>, Failure> {
    let row = find(ctx, id)?;
    row.map(|row| Ok((row.name.clone(), row.described()?.provider_detail)))
        .transpose()
}

/// Before anyone has asked the system: what is missing is an authorization, or credentials.
fn resting_status(detail: &Detail) -> ConnectorStatus {
    match detail {
        Detail::ServiceNow(_) => ConnectorStatus::PendingConfiguration,
        _ => ConnectorStatus::PendingAuthorization,
    }
}
