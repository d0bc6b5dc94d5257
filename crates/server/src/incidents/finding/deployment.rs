//! Deployments and stack updates as their events tell of them, in whatever order the events come.

use balefire_store::{Error, Kept, Record, Row, Table, Value};
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::failure::Failure;

/// A deployment or stack update of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    pub account: String,
    /// What its events call it; unique in the account.
    pub name: String,
    /// The finding's id.
    pub id: String,
    pub kind: Kind,
    /// The ARN of the deployment group or the stack.
    pub resource: String,
    /// Empty for stacks.
    pub deployment_id: String,
    pub started_ms: i64,
    pub ended_ms: Option<i64>,
    /// When the first event arrived.
    pub seen_ms: i64,
    pub modified_ms: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    CodeDeploy,
    CloudFormation,
}

/// What one event says of a deployment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeploymentEvent {
    pub name: String,
    pub kind: Kind,
    pub resource: String,
    pub deployment_id: String,
    /// The event's own time.
    pub at_ms: i64,
    pub ended: bool,
}

impl Record for Deployment {
    const TABLE: Table = Table {
        name: "deployment",
        key: &["account", "name"],
        columns: &[
            "id",
            "kind",
            "resource",
            "deployment_id",
            "started_ms",
            "ended_ms",
            "seen_ms",
            "modified_ms",
        ],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.account).into(), (&self.name).into()]
    }

    fn values(&self) -> Vec<Value> {
        let kind = match self.kind {
            Kind::CodeDeploy => "CODE_DEPLOY",
            Kind::CloudFormation => "CLOUD_FORMATION",
        };
        vec![
            (&self.id).into(),
            kind.into(),
            (&self.resource).into(),
            (&self.deployment_id).into(),
            self.started_ms.into(),
            self.ended_ms.into(),
            self.seen_ms.into(),
            self.modified_ms.into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Deployment {
            account: row.text(0)?.into(),
            name: row.text(1)?.into(),
            id: row.text(2)?.into(),
            kind: if row.text(3)? == "CODE_DEPLOY" {
                Kind::CodeDeploy
            } else {
                Kind::CloudFormation
            },
            resource: row.text(4)?.into(),
            deployment_id: row.text(5)?.into(),
            started_ms: row.int(6)?,
            ended_ms: row.optional_int(7)?,
            seen_ms: row.int(8)?,
            modified_ms: row.int(9)?,
        })
    }
}

/// Takes an event in: begins a deployment, or says more of one that is known.
pub fn take(ctx: &mut Ctx<'_, '_>, event: &DeploymentEvent) -> Result<(), Failure> {
    let account = ctx.caller.account.clone();
    let Some(mut known) = ctx
        .tx
        .get::<Deployment>(&[(&account).into(), (&event.name).into()])?
    else {
        let deployment = Deployment {
            account,
            name: event.name.clone(),
            id: ctx.new_id(),
            kind: event.kind,
            resource: event.resource.clone(),
            deployment_id: event.deployment_id.clone(),
            started_ms: event.at_ms,
            ended_ms: event.ended.then_some(event.at_ms),
            seen_ms: ctx.now.0,
            modified_ms: ctx.now.0,
        };
        ctx.tx.insert(&deployment)?;
        return ctx.changed("deployment.seen", &event.resource, event);
    };
    if apply(&mut known, event) {
        known.modified_ms = ctx.now.0;
        ctx.tx.replace(&mut known)?;
        ctx.changed("deployment.modified", &event.resource, event)?;
    }
    Ok(())
}

/// Events may arrive late: the earliest time is the start, the last end is the end.
fn apply(known: &mut Kept<Deployment>, event: &DeploymentEvent) -> bool {
    let before = known.record.clone();
    known.started_ms = known.started_ms.min(event.at_ms);
    if event.ended {
        known.ended_ms = Some(
            known
                .ended_ms
                .map_or(event.at_ms, |ended| ended.max(event.at_ms)),
        );
    }
    known.record != before
}

impl Deployment {
    /// Deployments of an account that began in a span of time, from the row after `after`.
    pub fn started_within(
        ctx: &mut Ctx<'_, '_>,
        from_ms: i64,
        to_ms: i64,
        after: Option<&[Value]>,
        limit: usize,
    ) -> Result<Vec<Kept<Deployment>>, Failure> {
        // Before the first row of the span, where no page was given yet.
        let start = [Value::Int(from_ms), Value::Text(String::new())];
        let after = after.unwrap_or(&start);
        let [after_ms, after_id] = after else {
            return Ok(Vec::new());
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = ctx.tx.query(
            "SELECT name FROM deployment WHERE account = $1 AND started_ms <= $2 AND (started_ms, id) > ($3, $4) \
             ORDER BY started_ms, id LIMIT $5",
            &[
                ctx.caller.account.as_str().into(),
                to_ms.into(),
                after_ms.clone(),
                after_id.clone(),
                limit.into(),
            ],
        )?;
        let mut found = Vec::new();
        for row in &rows {
            let key = [ctx.account().into(), row.text(0)?.into()];
            found.extend(ctx.tx.get::<Deployment>(&key)?);
        }
        Ok(found)
    }
}
