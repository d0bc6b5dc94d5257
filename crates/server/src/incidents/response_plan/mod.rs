//! Response plans: what an incident starts from.

mod create_response_plan;
mod delete_response_plan;
mod get_response_plan;
mod list_response_plans;
mod update_response_plan;

pub use create_response_plan::create_response_plan;
pub use delete_response_plan::delete_response_plan;
pub use get_response_plan::get_response_plan;
pub use list_response_plans::list_response_plans;
pub use update_response_plan::update_response_plan;

use balefire_api::generated::ssm_incidents::{GET_RESPONSE_PLAN_OUTPUT, GetResponsePlanOutput};
use balefire_store::{Error, Kept, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::arn::{self, Resource};
use crate::incidents::replication_set;
use crate::incidents::resource_policy::{self, SharedAction};
use crate::wire_form;

/// The length of a name, as the model says.
const NAME_LENGTH_MAX: usize = 200;

/// A plan of an account.
pub struct ResponsePlan {
    pub account: String,
    pub name: String,
    /// The model's `GetResponsePlanOutput`, which holds all there is of a plan.
    body: Vec<u8>,
}

impl Record for ResponsePlan {
    const TABLE: Table = Table {
        name: "response_plan",
        key: &["account", "name"],
        columns: &["body"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.account).into(), (&self.name).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![self.body.clone().into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(ResponsePlan {
            account: row.text(0)?.into(),
            name: row.text(1)?.into(),
            body: row.blob(2)?.into(),
        })
    }
}

impl ResponsePlan {
    pub fn new(account: &str, plan: GetResponsePlanOutput) -> ResponsePlan {
        ResponsePlan {
            account: account.into(),
            name: plan.name.clone(),
            body: wire_form::write(&GET_RESPONSE_PLAN_OUTPUT, plan),
        }
    }

    pub fn plan(&self) -> Result<GetResponsePlanOutput, Failure> {
        wire_form::read(&GET_RESPONSE_PLAN_OUTPUT, &self.body)
    }

    /// The account's plan of this name, unless its replication set is on the move.
    pub fn find(
        ctx: &mut Ctx<'_, '_>,
        account: &str,
        name: &str,
    ) -> Result<Option<Kept<ResponsePlan>>, Failure> {
        // Without a join, as for an incident.
        const FIND: &str = "SELECT account, name, body, version, \
                            (SELECT s.status FROM replication_set s WHERE s.account = $1) \
                            FROM response_plan WHERE account = $1 AND name = $2";
        replication_set::get_settled(ctx, FIND, &[account.into(), name.into()])
    }

    /// The plan that an ARN names, with which the caller may do this; `None` stands for what is the
    /// owner's alone. One that is not shared with the caller is as unknown as one that never was.
    pub fn by_arn(
        ctx: &mut Ctx<'_, '_>,
        path: &str,
        text: &str,
        action: Option<SharedAction>,
    ) -> Result<Kept<ResponsePlan>, Failure> {
        let (account, name) = name_in(path, text)?;
        let found = if resource_policy::may(ctx, account, name, action)? {
            ResponsePlan::find(ctx, account, name)?
        } else {
            None
        };
        found.ok_or_else(|| Failure::not_found("RESPONSE_PLAN", text))
    }
}

/// The caller's plan that a target names. Nothing for another account's, nor for what is no plan's ARN:
/// targets that an older version took may be any.
pub fn own_target(
    ctx: &mut Ctx<'_, '_>,
    text: &str,
) -> Result<Option<Kept<ResponsePlan>>, Failure> {
    match name_in("/Arn", text) {
        Ok((account, name)) if account == ctx.account() => ResponsePlan::find(ctx, account, name),
        _ => Ok(None),
    }
}

/// The account and name in a plan's ARN.
pub fn name_in<'a>(path: &str, text: &'a str) -> Result<(&'a str, &'a str), Failure> {
    match arn::parse(text) {
        Some((account, Resource::ResponsePlan { name })) => Ok((account, name)),
        _ => {
            let form = "arn:aws:ssm-incidents::111122223333:response-plan/name";
            Err(arn::not_an_arn(path, "a response plan", form))
        }
    }
}

/// Whether a plan can have this name, by the rule of the model.
pub fn is_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=NAME_LENGTH_MAX).contains(&text.len()) && text.bytes().all(is_plain)
}
