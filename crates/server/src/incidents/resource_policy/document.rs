//! Reads a policy strictly: what would not be kept to the letter is refused.

use std::collections::{BTreeMap, BTreeSet};

use balefire_api::json::Object;
use serde::Deserialize;

use super::action::SharedAction;
use super::one_or_many::OneOrMany;
use crate::failure::Failure;
use crate::incidents::arn;

/// What a policy allows each account that it names.
pub type Grants = BTreeMap<String, BTreeSet<SharedAction>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Policy {
    version: Option<String>,
    /// The owner's name for it.
    #[serde(rename = "Id")]
    _id: Option<String>,
    statement: OneOrMany<Object<Statement>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Statement {
    #[serde(rename = "Sid")]
    _sid: Option<String>,
    effect: String,
    principal: Object<Principal>,
    action: OneOrMany<String>,
    resource: OneOrMany<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Principal {
    #[serde(rename = "AWS")]
    aws: OneOrMany<String>,
}

/// The grants of a policy of this account's plan.
pub fn read(policy: &str, account: &str, plan: &str) -> Result<Grants, Failure> {
    let refused = |why: String| Failure::invalid("/policy", format!("Member must {why}"));
    let Object(policy): Object<Policy> = serde_json::from_str(policy).map_err(|error| {
        refused(format!(
            "be an IAM policy of statements with Effect, Principal (with accounts under AWS), Action and \
             Resource alone: {error}"
        ))
    })?;
    if let Some(version) = policy.version
        && !["2012-10-17", "2008-10-17"].contains(&version.as_str())
    {
        return Err(refused(format!(
            "have the Version 2012-10-17, not '{version}'"
        )));
    }
    let OneOrMany(statements) = policy.statement;
    if statements.is_empty() {
        return Err(refused("have a statement".into()));
    }
    let mut grants = Grants::new();
    for (place, Object(statement)) in statements.iter().enumerate() {
        let read = statement.read(account, plan);
        let (consumers, actions) =
            read.map_err(|why| refused(format!("{why} (in Statement {place})")))?;
        for consumer in consumers {
            grants.entry(consumer).or_default().extend(&actions);
        }
    }
    Ok(grants)
}

impl Statement {
    /// The accounts it names and what it allows them; or what it must be.
    fn read(&self, account: &str, plan: &str) -> Result<(Vec<String>, Vec<SharedAction>), String> {
        if self.effect != "Allow" {
            return Err(format!("have the Effect Allow, not '{}'", self.effect));
        }
        let consumers = each(&self.principal.0.aws, "Principal", |text| {
            consumer(text).ok_or_else(|| {
                format!(
                    "name whole accounts in Principal, as 111122223333 or arn:aws:iam::111122223333:root, \
                     not '{text}'"
                )
            })
        })?;
        let actions = each(&self.action, "Action", |text| {
            SharedAction::parse(text).ok_or_else(|| {
                let names = SharedAction::ALL.map(SharedAction::name).join(", ");
                format!("name actions of ssm-incidents that can be shared ({names}), not '{text}'")
            })
        })?;
        let (on_plan, on_incidents) = self.resources(account, plan)?;
        for action in &actions {
            if !(if action.is_on_plan() {
                on_plan
            } else {
                on_incidents
            }) {
                let [plan, incidents] = resource_arns(account, plan);
                let missing = if action.is_on_plan() { plan } else { incidents };
                return Err(format!(
                    "have the Resource {missing} too, on which {} acts",
                    action.name()
                ));
            }
        }
        Ok((consumers, actions))
    }

    /// Whether it is about the plan, and whether it is about the plan's incidents.
    fn resources(&self, account: &str, plan: &str) -> Result<(bool, bool), String> {
        let [plan, incidents] = resource_arns(account, plan);
        let (mut on_plan, mut on_incidents) = (false, false);
        each(&self.resource, "Resource", |text| {
            // Shares made by AWS RAM have a star for the region.
            let text = text.replacen(":ssm-incidents:*:", ":ssm-incidents::", 1);
            on_plan |= text == plan;
            on_incidents |= text == incidents;
            if text != plan && text != incidents {
                return Err(format!(
                    "have no Resource but {plan} and {incidents}, not '{text}'"
                ));
            }
            Ok(())
        })?;
        Ok((on_plan, on_incidents))
    }
}

/// Reads every value of a member, which must have one.
fn each<T>(
    values: &OneOrMany<String>,
    member: &str,
    read: impl FnMut(&String) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    if values.0.is_empty() {
        return Err(format!("have a value in {member}"));
    }
    values.0.iter().map(read).collect()
}

/// The account that a principal names.
fn consumer(text: &str) -> Option<String> {
    let root = text
        .strip_prefix("arn:aws:iam::")
        .and_then(|rest| rest.strip_suffix(":root"));
    let account = root.unwrap_or(text);
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then(|| account.to_owned())
}

/// The plan, and all its incidents.
fn resource_arns(account: &str, plan: &str) -> [String; 2] {
    [
        arn::response_plan(account, plan),
        arn::incident(account, plan, "*"),
    ]
}
