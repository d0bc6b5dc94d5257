//! One thing that PagerDuty is still to be told.

use balefire_store::{Error, Page, Record, Row, Table, Value};
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::failure::Failure;

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub enum Kind {
    Open,
    Note,
    Resolve,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Open => "OPEN",
            Kind::Note => "NOTE",
            Kind::Resolve => "RESOLVE",
        }
    }
}

pub struct Step {
    pub account: String,
    pub incident: String,
    /// Sorts by the time of adding.
    pub id: String,
    pub kind: Kind,
    /// The text of a note.
    pub body: String,
}

impl Record for Step {
    const TABLE: Table = Table {
        name: "pager_duty_step",
        key: &["account", "incident", "id"],
        columns: &["kind", "body"],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.incident).into(),
            (&self.id).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        vec![self.kind.as_str().into(), (&self.body).into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        let kind = match row.text(3)? {
            "OPEN" => Kind::Open,
            "RESOLVE" => Kind::Resolve,
            _ => Kind::Note,
        };
        Ok(Step {
            account: row.text(0)?.into(),
            incident: row.text(1)?.into(),
            id: row.text(2)?.into(),
            kind,
            body: row.text(4)?.into(),
        })
    }
}

pub fn first(
    ctx: &mut Ctx<'_, '_>,
    account: &str,
    incident: &str,
) -> Result<Option<Step>, Failure> {
    let mut rows = ctx.tx.page::<Step>(&Page {
        equal: &[("account", account.into()), ("incident", incident.into())],
        order: &["id"],
        descending: false,
        after: None,
        limit: 1,
    })?;
    Ok(rows.pop().map(|row| row.record))
}
