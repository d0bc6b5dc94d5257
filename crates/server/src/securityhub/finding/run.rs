//! Runs: complete reports that come in as several calls, and the findings that they name.

use std::collections::BTreeSet;

use balefire_store::{Error, Kept, Record, Row, Table, Value};
use serde::Deserialize;

use super::provider::Accepted;
use super::{LOOKUP, insert_new};
use crate::context::Ctx;
use crate::failure::Failure;

/// How long a run may be completed.
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;
const FORGET: &str = "DELETE FROM import_run WHERE account = $1 AND started_ms < $2";

/// Account, product, and the subscription or project where the findings are of another cloud, else nothing:
/// those of several are in one account.
pub type Covered = (String, String, String);

/// What came in of a report so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Who brings it in.
    pub account: String,
    /// As the bringer calls it.
    pub id: String,
    pub started_ms: i64,
    pub taken: i64,
    pub refused: i64,
    /// The accounts and products that the report's findings are of, and what of other clouds.
    pub covers: BTreeSet<Covered>,
}

impl Record for Run {
    const TABLE: Table = Table {
        name: "import_run",
        key: &["account", "id"],
        columns: &["started_ms", "taken", "refused", "covers"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.account).into(), (&self.id).into()]
    }

    fn values(&self) -> Vec<Value> {
        // Texts are always JSON.
        let covers = serde_json::to_value(&self.covers).unwrap_or_default();
        vec![
            self.started_ms.into(),
            self.taken.into(),
            self.refused.into(),
            covers.to_string().into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Run {
            account: row.text(0)?.into(),
            id: row.text(1)?.into(),
            started_ms: row.int(2)?,
            taken: row.int(3)?,
            refused: row.int(4)?,
            covers: serde_json::from_str(row.text(5)?).unwrap_or_default(),
        })
    }
}

/// Adds to a run of the caller's, which begins with its first call.
pub fn note(
    ctx: &mut Ctx<'_, '_>,
    id: &str,
    accepted: &[&Accepted],
    refused: usize,
) -> Result<(), Failure> {
    let key = [ctx.account().into(), id.into()];
    let mut run = match ctx.tx.get::<Run>(&key)? {
        Some(run) => run,
        None => begin(ctx, id)?,
    };
    let count = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    run.record.taken += count(accepted.len());
    run.record.refused += count(refused);
    let covers = accepted
        .iter()
        .map(|one| (one.account.clone(), one.product.clone(), project(&one.text)));
    run.record.covers.extend(covers);
    ctx.tx.replace(&mut run)?;
    name(ctx, &run.record, accepted)
}

/// `cloud.project_uid` of a document.
fn project(text: &str) -> String {
    #[derive(Deserialize)]
    struct Event {
        cloud: Cloud,
    }
    #[derive(Deserialize)]
    struct Cloud {
        project_uid: String,
    }
    serde_json::from_str::<Event>(text)
        .map_or_else(|_| String::new(), |event| event.cloud.project_uid)
}

fn begin(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<Kept<Run>, Failure> {
    let before_ms = ctx.now.0 - KEPT_MS;
    let account = ctx.account().to_owned();
    ctx.tx
        .execute(FORGET, &[(&account).into(), before_ms.into()])?;
    let run = Run {
        account,
        id: id.into(),
        started_ms: ctx.now.0,
        taken: 0,
        refused: 0,
        covers: BTreeSet::new(),
    };
    insert_new(ctx.tx, &run)?;
    Ok(Kept {
        record: run,
        version: 1,
    })
}

/// Keeps that the run has named these findings.
fn name(ctx: &mut Ctx<'_, '_>, run: &Run, accepted: &[&Accepted]) -> Result<(), Failure> {
    // Each once: a statement must not write a row twice.
    let findings: BTreeSet<(&str, &str)> = accepted
        .iter()
        .map(|one| (one.uid.as_str(), one.account.as_str()))
        .collect();
    let findings: Vec<(&str, &str)> = findings.into_iter().collect();
    for chunk in findings.chunks(LOOKUP) {
        let mut params: Vec<Value> = vec![(&run.id).into(), run.started_ms.into()];
        let mut rows = Vec::with_capacity(chunk.len());
        for (uid, account) in chunk {
            let place = params.len() + 1;
            rows.push(format!("(${place}, ${}, $1, $2)", place + 1));
            params.extend([(*uid).into(), (*account).into()]);
        }
        let sql = format!(
            "INSERT INTO finding_named (uid, account, run, run_started_ms) VALUES {} \
             ON CONFLICT (uid) DO UPDATE SET run = excluded.run, \
             run_started_ms = excluded.run_started_ms",
            rows.join(", ")
        );
        ctx.tx.execute(&sql, &params)?;
    }
    Ok(())
}
