//! How many resources there were on past days, kept as the changes of each day.

use serde_json::json;

use super::category;
use super::facts::Facts;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::trend::{Added, Days, day_of};

/// The one counter: all resources.
pub const RESOURCES: Days<1> = Days {
    table: "resource_trend",
    counters: ["resources"],
};

/// What a request changes.
#[derive(Debug, Default)]
pub struct Changes(Added<1>);

impl Changes {
    /// A resource comes, or becomes another.
    pub fn take(&mut self, account: &str, before: Option<&Facts>, after: &Facts) {
        let was = before.map(|facts| fields(account, facts));
        let is = fields(account, after);
        if was.as_ref() == Some(&is) {
            return;
        }
        if let Some(was) = was {
            self.0.add(account.to_owned(), was, 0, -1);
        }
        self.0.add(account.to_owned(), is, 0, 1);
    }

    pub fn record(self, ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
        RESOURCES.record(ctx.tx, day_of(ctx.now.0), self.0)
    }
}

/// What trends of resources are asked by, as JSON.
fn fields(account: &str, facts: &Facts) -> String {
    let fields = json!({
        "account_id": account,
        "region": facts.region,
        "resource_type": facts.r#type,
        "resource_category": category::category(&facts.r#type).as_str(),
        "resource_cloud_provider": facts.provider,
        "resource_region": facts.resource_region,
        "resource_owner_id": facts.owner,
        "resource_owner_organization_id": facts.organization,
    });
    fields.to_string()
}
