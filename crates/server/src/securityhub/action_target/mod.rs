//! Action targets: what a customer's own actions on findings are called.

mod create_action_target;
mod delete_action_target;
mod describe_action_targets;
#[cfg(test)]
mod tests;
mod update_action_target;

pub use create_action_target::create_action_target;
pub use delete_action_target::delete_action_target;
pub use describe_action_targets::describe_action_targets;
pub use update_action_target::update_action_target;

use balefire_api::generated::securityhub::ActionTarget as Shown;
use balefire_api::{Violation, rejection};
use balefire_store::{Error, Kept, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;

const KIND: &str = "ACTION_TARGET";
const NAME_CHARS_MAX: usize = 20;
const DESCRIPTION_CHARS_MAX: usize = 500;

/// An action target of an account in a region.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionTarget {
    pub account: String,
    pub region: String,
    pub id: String,
    pub name: String,
    pub description: String,
}

impl Record for ActionTarget {
    const TABLE: Table = Table {
        name: "action_target",
        key: &["account", "region", "id"],
        columns: &["name", "description"],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.region).into(),
            (&self.id).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        vec![(&self.name).into(), (&self.description).into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(ActionTarget {
            account: row.text(0)?.into(),
            region: row.text(1)?.into(),
            id: row.text(2)?.into(),
            name: row.text(3)?.into(),
            description: row.text(4)?.into(),
        })
    }
}

impl ActionTarget {
    pub fn arn(&self) -> String {
        let ActionTarget {
            account,
            region,
            id,
            ..
        } = self;
        format!("arn:aws:securityhub:{region}:{account}:action/custom/{id}")
    }

    fn shown(&self) -> Shown {
        Shown {
            action_target_arn: self.arn(),
            description: self.description.clone(),
            name: self.name.clone(),
        }
    }

    /// Says everything that is wrong with the texts.
    fn check(&self) -> Result<(), Failure> {
        let mut violations: Vec<Violation> = Vec::new();
        for (at, text, most) in [
            ("/Name", &self.name, NAME_CHARS_MAX),
            ("/Description", &self.description, DESCRIPTION_CHARS_MAX),
        ] {
            if text.chars().count() > most || text.contains('\0') {
                let rule = format!("Member must have at most {most} characters, none of them NUL");
                violations.push(rejection::violation(at, rule));
            }
        }
        match violations.is_empty() {
            true => Ok(()),
            false => Err(Failure::Invalid(violations.into())),
        }
    }
}

/// The caller's action target with an ARN.
fn named(ctx: &mut Ctx<'_, '_>, arn: &str) -> Result<Kept<ActionTarget>, Failure> {
    let missing = || Failure::not_found(KIND, arn);
    let (_, id) = arn.rsplit_once('/').ok_or_else(missing)?;
    let key = [ctx.account().into(), ctx.region.into(), id.into()];
    let target: Option<Kept<ActionTarget>> = ctx.tx.get(&key)?;
    target
        .filter(|target| target.arn() == arn)
        .ok_or_else(missing)
}
