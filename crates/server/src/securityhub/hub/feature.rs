//! Features of a hub that customers turn on: off until then, and off again with the hub.

use std::collections::BTreeMap;

use balefire_api::Timestamp;
use balefire_api::generated::securityhub::{FeatureDetail, FeatureName, FeatureStatus};
use balefire_store::{Error, Kept, Record, Row, Table, Value};
use serde_json::json;

use super::Hub;
use crate::context::Ctx;
use crate::failure::Failure;

const ALL: &[FeatureName] = &[FeatureName::NetworkScanning];

/// A feature that was turned on or off.
struct HubFeature {
    account: String,
    region: String,
    name: String,
    is_on: bool,
    updated_ms: i64,
}

impl Record for HubFeature {
    const TABLE: Table = Table {
        name: "hub_feature",
        key: &["account", "region", "name"],
        columns: &["is_on", "updated_ms"],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.region).into(),
            (&self.name).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        vec![i64::from(self.is_on).into(), self.updated_ms.into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(HubFeature {
            account: row.text(0)?.into(),
            region: row.text(1)?.into(),
            name: row.text(2)?.into(),
            is_on: row.int(3)? != 0,
            updated_ms: row.int(4)?,
        })
    }
}

/// Turns a feature of the caller's hub on or off. One that is so already stays as it is.
pub fn set(ctx: &mut Ctx<'_, '_>, name: FeatureName, is_on: bool) -> Result<(), Failure> {
    let hub = super::find(ctx)?;
    let key = [
        (&hub.account).into(),
        (&hub.region).into(),
        name.as_str().into(),
    ];
    let kept: Option<Kept<HubFeature>> = ctx.tx.get(&key)?;
    if kept.as_ref().is_some_and(|feature| feature.is_on) == is_on {
        return Ok(());
    }
    match kept {
        Some(mut feature) => {
            feature.is_on = is_on;
            feature.updated_ms = ctx.now.0;
            ctx.tx.replace(&mut feature)?;
        }
        None => ctx.tx.insert(&HubFeature {
            account: hub.account.clone(),
            region: hub.region.clone(),
            name: name.as_str().into(),
            is_on,
            updated_ms: ctx.now.0,
        })?,
    }
    let kind = if is_on {
        "hub.feature_enabled"
    } else {
        "hub.feature_disabled"
    };
    ctx.changed(kind, &hub.arn(), &json!({"feature": name.as_str()}))
}

/// Every feature there is, as DescribeSecurityHubV2 shows it.
pub fn all(ctx: &mut Ctx<'_, '_>, hub: &Hub) -> Result<BTreeMap<String, FeatureDetail>, Failure> {
    let mut details = BTreeMap::new();
    for name in ALL {
        let key = [
            (&hub.account).into(),
            (&hub.region).into(),
            name.as_str().into(),
        ];
        let kept: Option<Kept<HubFeature>> = ctx.tx.get(&key)?;
        let (is_on, updated_ms) = kept.map_or((false, hub.subscribed_ms), |feature| {
            (feature.is_on, feature.updated_ms)
        });
        let status = if is_on {
            FeatureStatus::Enabled
        } else {
            FeatureStatus::Disabled
        };
        let detail = FeatureDetail {
            feature_status: Some(status),
            updated_at: Some(Timestamp(updated_ms)),
        };
        details.insert(name.as_str().to_owned(), detail);
    }
    Ok(details)
}

/// Forgets the features of a hub that goes.
pub fn clear(ctx: &mut Ctx<'_, '_>, hub: &Hub) -> Result<(), Failure> {
    ctx.tx.execute(
        "DELETE FROM hub_feature WHERE account = $1 AND region = $2",
        &[(&hub.account).into(), (&hub.region).into()],
    )?;
    Ok(())
}
