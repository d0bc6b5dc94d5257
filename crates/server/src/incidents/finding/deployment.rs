//! Deployments and stack updates as their events tell of them, in whatever order the events come.

use balefire_store::{Error, Kept, Record, Row, Table, Value};
use serde::Serialize;

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
    /// The beginning was told; else it may have begun before all that is known of it.
    pub start_told: bool,
    /// When the first event arrived.
    pub seen_ms: i64,
    pub modified_ms: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Kind {
    CodeDeploy,
    CloudFormation,
}

/// What one event says of a deployment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeploymentEvent {
    pub name: String,
    pub kind: Kind,
    pub resource: String,
    pub deployment_id: String,
    /// The ARNs of what else it touched.
    pub resources: Vec<String>,
    /// The state in the sender's word, which no finding has a place for.
    pub status: String,
    pub ended: bool,
    /// It tells of the beginning.
    #[serde(skip)]
    pub begins: bool,
    /// The event's own time.
    pub at_ms: i64,
    /// The sender has told that time; else it is when the event came.
    #[serde(skip)]
    pub is_dated: bool,
    /// Where to read of it, which no finding has a place for either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
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
            "start_told",
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
            self.start_told.into(),
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
            start_told: row.flag(10)?,
        })
    }
}

/// Takes an event in: begins a deployment, or says more of one that is known.
pub fn take(ctx: &mut Ctx<'_, '_>, event: &DeploymentEvent) -> Result<(), Failure> {
    let account = ctx.caller.account.clone();
    let touches_more = touch(ctx, event)?;
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
            start_told: event.begins,
            seen_ms: ctx.now.0,
            modified_ms: ctx.now.0,
        };
        ctx.tx.insert(&deployment)?;
        return ctx.changed("deployment.seen", &event.resource, event);
    };
    let moved = apply(&mut known, event);
    if moved {
        known.modified_ms = ctx.now.0;
    }
    let is_news = event.begins && !known.start_told;
    known.start_told |= event.begins;
    if moved || is_news {
        ctx.tx.replace(&mut known)?;
    }
    if moved || touches_more {
        ctx.changed("deployment.modified", &event.resource, event)?;
    }
    Ok(())
}

/// Keeps what the deployment touched, its own resource among it; true when some of it is new.
fn touch(ctx: &mut Ctx<'_, '_>, event: &DeploymentEvent) -> Result<bool, Failure> {
    let mut added = 0;
    for resource in event.resources.iter().chain([&event.resource]) {
        added += ctx.tx.execute(
            "INSERT INTO deployment_resource (account, deployment, resource) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING",
            &[
                ctx.caller.account.as_str().into(),
                (&event.name).into(),
                resource.into(),
            ],
        )?;
    }
    Ok(added > 0)
}

/// Events may arrive late: the earliest time is the start, the last end is the end. One that was told again
/// without a time says nothing new of the end.
fn apply(known: &mut Kept<Deployment>, event: &DeploymentEvent) -> bool {
    let before = known.record.clone();
    known.started_ms = known.started_ms.min(event.at_ms);
    if event.ended && (event.is_dated || known.ended_ms.is_none()) {
        known.ended_ms = Some(
            known
                .ended_ms
                .map_or(event.at_ms, |ended| ended.max(event.at_ms)),
        );
    }
    known.record != before
}

impl Deployment {
    /// The columns in the order of `from_row`.
    pub fn columns() -> String {
        let table = Self::TABLE;
        [table.key, table.columns].concat().join(", ")
    }

    /// Those of the account's deployments that have one of these ids, in no order.
    pub fn by_ids(ctx: &mut Ctx<'_, '_>, ids: &[&str]) -> Result<Vec<Deployment>, Failure> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<String> = (2..ids.len() + 2)
            .map(|place| format!("${place}"))
            .collect();
        let sql = format!(
            "SELECT {} FROM deployment WHERE account = $1 AND id IN ({})",
            Deployment::columns(),
            places.join(", ")
        );
        let mut params: Vec<Value> = vec![ctx.account().into()];
        params.extend(ids.iter().map(|id| Value::from(*id)));
        let rows = ctx.tx.query(&sql, &params)?;
        Ok(rows
            .iter()
            .map(Deployment::from_row)
            .collect::<Result<_, _>>()?)
    }
}
