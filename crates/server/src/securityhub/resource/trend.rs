//! How many resources there were on past days, kept as the changes of each day.

use serde::Serialize;

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

/// What trends of resources are asked by.
///
/// Invariant: in the order of the names, as rows were written at all times.
#[derive(Serialize)]
struct Fields<'f> {
    account_id: &'f str,
    region: &'f str,
    resource_category: &'f str,
    resource_cloud_provider: &'f str,
    resource_owner_id: &'f str,
    resource_owner_organization_id: Option<&'f str>,
    resource_region: &'f str,
    resource_type: &'f str,
}

/// These fields as JSON.
fn fields(account: &str, facts: &Facts) -> String {
    let fields = Fields {
        account_id: account,
        region: &facts.region,
        resource_category: category::category(&facts.r#type).as_str(),
        resource_cloud_provider: &facts.provider,
        resource_owner_id: &facts.owner,
        resource_owner_organization_id: facts.organization.as_deref(),
        resource_region: &facts.resource_region,
        resource_type: &facts.r#type,
    };
    // Texts are always JSON.
    serde_json::to_string(&fields).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn fields_are_in_the_order_of_their_names() {
        for organization in [None, Some("o".to_owned())] {
            let facts = Facts {
                region: "r".into(),
                organization,
                ..Facts::default()
            };
            let text = fields("a", &facts);
            let sorted: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(text, sorted.to_string());
            assert_eq!(
                sorted["resource_owner_organization_id"],
                json!(facts.organization)
            );
        }
    }
}
