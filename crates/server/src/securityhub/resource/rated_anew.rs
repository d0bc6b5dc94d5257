//! How many of the resources that are there a rule would rate anew.

use std::collections::HashMap;

use balefire_api::generated::securityhub::{ResourceCriticality, ResourcesStringField};
use balefire_api::own::{RuleSubject, TestAutomationRuleOutput};
use balefire_columns::Plan;
use balefire_store::Kept;

use super::Resource;
use super::index::Inventory;
use super::joined::Joined;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::index::uid_of;
use crate::securityhub::finding::{Filters, records_of};

const CRITICALITY: &str = ResourcesStringField::ResourceCriticality.as_str();

/// Of all that the caller may see: a rule rates what is named next, however long nothing was new of it.
/// Those that are as critical already are not rated anew, whichever rule said so.
pub fn rated_anew(
    ctx: &mut Ctx<'_, '_>,
    inventory: &Inventory,
    (filters, criticality): (&Filters, ResourceCriticality),
    samples_max: usize,
) -> Result<TestAutomationRuleOutput, Failure> {
    let fields = inventory.fields();
    let Some(field) = fields.text(CRITICALITY) else {
        return Err(Failure::Internal(format!("{CRITICALITY} has no column")));
    };
    let (current, visible) = (inventory.current(ctx.tx)?, ctx.caller.visible());
    // Rules know no more of a resource than what it is itself.
    let joined = Joined::none(fields);
    let matching = || filters.plan(&joined);
    let rated = Plan::OneOf {
        field,
        texts: vec![criticality.as_str()],
    };
    let anew = Plan::All(vec![matching(), Plan::Not(Box::new(rated))]);
    let count = |plan: Plan<'_>| i64::try_from(current.count(visible, plan)).unwrap_or(i64::MAX);
    let mut output = TestAutomationRuleOutput {
        subject: RuleSubject::Resources,
        examined: count(Plan::All(Vec::new())),
        matched: count(matching()),
        changed: count(anew),
        sample_uids: Vec::new(),
    };
    let hits = current.search(visible, matching(), &[], None, samples_max);
    let uids: Vec<String> = hits.iter().map(|hit| uid_of(&hit.key)).collect();
    let uids: Vec<&str> = uids.iter().map(String::as_str).collect();
    let mut known: HashMap<String, Kept<Resource>> = records_of(ctx.tx, &uids)?;
    let found = uids.iter().filter_map(|uid| known.remove(*uid));
    output.sample_uids = found.map(|kept| kept.record.facts.id).collect();
    Ok(output)
}
