//! The one place that decides what an account may do with another's plan and its incidents.

use balefire_store::{Error, Record, Row, Table, Value};

use super::action::SharedAction;
use crate::context::Ctx;
use crate::failure::Failure;

/// What a policy allows one account.
pub struct PlanShare {
    /// Who may.
    pub consumer: String,
    /// Whose plan it is.
    pub account: String,
    pub plan: String,
    pub policy: String,
    pub actions: Vec<SharedAction>,
}

impl Record for PlanShare {
    const TABLE: Table = Table {
        name: "plan_share",
        key: &["consumer", "account", "plan", "policy"],
        columns: &["actions"],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.consumer).into(),
            (&self.account).into(),
            (&self.plan).into(),
            (&self.policy).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        let names: Vec<&str> = self.actions.iter().map(|action| action.name()).collect();
        vec![format!(" {} ", names.join(" ")).into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        let names: Vec<&str> = row.text(4)?.split_whitespace().collect();
        let mut actions = SharedAction::ALL.to_vec();
        actions.retain(|action| names.contains(&action.name()));
        Ok(PlanShare {
            consumer: row.text(0)?.into(),
            account: row.text(1)?.into(),
            plan: row.text(2)?.into(),
            policy: row.text(3)?.into(),
            actions,
        })
    }
}

/// Whether the caller may do this with a plan, or with the incidents of a plan, of the account `owner`.
/// `None` stands for what is the owner's alone.
///
/// False means that nothing of it is shared with the caller, to whom it must look as if it were not
/// there. A caller with whom other actions are shared knows of it, and is refused openly.
pub fn may(
    ctx: &mut Ctx<'_, '_>,
    owner: &str,
    plan: &str,
    action: Option<SharedAction>,
) -> Result<bool, Failure> {
    if owner == ctx.account() {
        return Ok(true);
    }
    let rows = ctx.tx.query(
        "SELECT consumer, account, plan, policy, actions FROM plan_share \
         WHERE consumer = $1 AND account = $2 AND plan = $3",
        &[ctx.account().into(), owner.into(), plan.into()],
    )?;
    for row in &rows {
        let share = PlanShare::from_row(row)?;
        if action.is_some_and(|action| share.actions.contains(&action)) {
            return Ok(true);
        }
    }
    match action {
        _ if rows.is_empty() => Ok(false),
        Some(action) => Err(Failure::Denied(format!(
            "The response plan {plan} of account {owner} is shared with this account, but not {}.",
            action.name()
        ))),
        None => Err(Failure::Denied(format!(
            "The response plan {plan} is shared by account {owner}, and only that account may do this."
        ))),
    }
}

/// The account and name of plans that the caller may read and does not own, in that order.
pub fn shared_plans(
    ctx: &mut Ctx<'_, '_>,
    after: (&str, &str),
    limit: usize,
) -> Result<Vec<(String, String)>, Failure> {
    let rows = ctx.tx.query(
        "SELECT account, plan FROM plan_share WHERE consumer = $1 AND actions LIKE $2 \
         AND (account, plan) > ($3, $4) GROUP BY account, plan ORDER BY account, plan LIMIT $5",
        &[
            ctx.account().into(),
            format!("% {} %", SharedAction::GetResponsePlan.name()).into(),
            after.0.into(),
            after.1.into(),
            i64::try_from(limit).unwrap_or(i64::MAX).into(),
        ],
    )?;
    rows.iter()
        .map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())))
        .collect()
}
