//! The order of an incident's findings: what shares its resources, then what began nearest to its opening.

use balefire_store::{Record, Row, Value};

use super::{Deployment, Window};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::Incident;
use crate::incidents::related_item;

/// A deployment in the order of an incident's findings.
pub struct Ranked {
    pub deployment: Deployment,
    /// Less the number of resources it shares with the incident, so that more comes first.
    unshared: i64,
    /// Between its start and the incident's opening.
    distance_ms: i64,
}

impl Ranked {
    /// The place in the order. Pages continue behind it, whatever has joined the findings since.
    pub fn place(&self) -> Vec<Value> {
        vec![
            self.unshared.into(),
            self.distance_ms.into(),
            (&self.deployment.id).into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Ranked, balefire_store::Error> {
        let columns = Deployment::TABLE.key.len() + Deployment::TABLE.columns.len();
        Ok(Ranked {
            deployment: Deployment::from_row(row)?,
            unshared: row.int(columns)?,
            distance_ms: row.int(columns + 1)?,
        })
    }
}

/// The next deployments of the window, from behind the place `after`.
pub fn ranked(
    ctx: &mut Ctx<'_, '_>,
    incident: &Incident,
    window: &Window,
    after: Option<&[Value]>,
    limit: usize,
) -> Result<Vec<Ranked>, Failure> {
    // Before all, where no page was given yet.
    let start = [
        Value::Int(i64::MIN),
        Value::Int(0),
        Value::Text(String::new()),
    ];
    let mut params: Vec<Value> = vec![
        (&incident.account).into(),
        window.from_ms.into(),
        window.to_ms.into(),
        window.opened_ms.into(),
        i64::try_from(limit).unwrap_or(i64::MAX).into(),
    ];
    params.extend_from_slice(after.unwrap_or(&start));
    let involved = related_item::involved(ctx, incident)?;
    let sql = select(params.len(), involved.len());
    params.extend(involved.into_iter().map(Value::Text));
    let rows = ctx.tx.query(&sql, &params)?;
    Ok(rows
        .iter()
        .map(Ranked::from_row)
        .collect::<Result<_, _>>()?)
}

/// The statement for so many involved resources, whose parameters follow the first `before`.
fn select(before: usize, involved: usize) -> String {
    let columns = Deployment::columns();
    // The engines must know the number's type without asking a column.
    let mut unshared = "CAST(0 AS BIGINT)".to_owned();
    if involved > 0 {
        let places: Vec<String> = (1..=involved)
            .map(|place| format!("${}", before + place))
            .collect();
        unshared = format!(
            "0 - (SELECT COUNT(*) FROM deployment_resource r WHERE r.account = d.account \
             AND r.deployment = d.name AND r.resource IN ({}))",
            places.join(", ")
        );
    }
    format!(
        "SELECT {columns}, unshared, distance_ms FROM ( \
           SELECT {columns}, {unshared} AS unshared, ABS(started_ms - $4) AS distance_ms \
           FROM deployment d WHERE account = $1 AND started_ms BETWEEN $2 AND $3 \
         ) ranked WHERE (unshared, distance_ms, id) > ($6, $7, $8) \
         ORDER BY unshared, distance_ms, id LIMIT $5"
    )
}
