//! How critical rules find a resource.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::applying::Rules;
use super::definition::Action;

/// What a rule set in a resource.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Rating {
    /// The model's `ResourceCriticality`.
    pub criticality: String,
    pub rule_arn: String,
    pub rule_name: String,
}

impl Rules {
    /// What the rules that match a resource of an account set; one of higher order has the last word.
    pub fn rate(&self, account: &str, resource: impl Fn() -> Json) -> Option<Rating> {
        let rules = self.rules.iter().rev();
        let rating = rules.filter_map(|rule| match rule.action {
            Action::Rate(criticality) if rule.covers(account) => Some((rule, criticality)),
            _ => None,
        });
        let mut rating = rating.peekable();
        // Most resources are rated by nobody, and need not be laid out.
        rating.peek()?;
        let resource = resource();
        let (rule, criticality) = rating.find(|(rule, _)| rule.filters.matches(&resource))?;
        Some(Rating {
            criticality: criticality.as_str().to_owned(),
            rule_arn: rule.arn.clone(),
            rule_name: rule.name.clone(),
        })
    }
}
