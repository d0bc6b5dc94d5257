//! `ListFindings`: the findings of the caller's region that meet a filter.

use balefire_api::generated::inspector2::{ListFindingsRequest, ListFindingsResponse};
use balefire_store::{Record, Row, Value};

use super::Finding;
use super::facts::Facts;
use super::filter::{self, Pushed, Subject, matches};
use super::life::CLOSED_KEPT_MS;
use super::order::Order;
use super::view::view;
use crate::context::{Ctx, Visible};
use crate::failure::Failure;
use crate::intelligence::feed_store;

/// The model's `FindingList` holds no more, though a caller may ask for 100.
const PAGE_MAX: usize = 25;
/// Rows that are read at once while few of them meet the filter; doubled from step to step.
const STEP_MAX: usize = 3200;

/// All statuses are listed unless the filter says otherwise; the default order is by severity, the
/// most severe first, then by ARN. Findings closed for longer than 30 days are not listed.
pub fn list_findings(
    ctx: &mut Ctx<'_, '_>,
    input: ListFindingsRequest,
) -> Result<ListFindingsResponse, Failure> {
    let criteria = input.filter_criteria.unwrap_or_default();
    filter::check(&criteria)?;
    let limit = ctx.page.limit(PAGE_MAX, PAGE_MAX);
    let scan = Scan::new(
        ctx,
        Order::of(input.sort_criteria.as_ref()),
        Pushed::of(&criteria),
    )?;
    let mut found: Vec<(Value, Finding)> = Vec::with_capacity(limit + 1);
    let mut after = ctx.page.after.clone();
    let mut step = limit + 1;
    loop {
        let rows = scan.rows(ctx, after.as_deref(), step)?;
        let is_last = rows.len() < step;
        for row in &rows {
            let (key, subject) = read(row)?;
            after = Some(vec![key.clone(), (&subject.finding.arn).into()]);
            if found.len() <= limit && matches(&criteria, &subject) {
                found.push((key, subject.finding));
            }
        }
        if is_last || found.len() > limit {
            break;
        }
        step = (step * 2).min(STEP_MAX);
    }
    let next_token = ctx.page.cut(&mut found, limit, |(key, finding)| {
        vec![key.clone(), (&finding.arn).into()]
    });
    let findings: Vec<Finding> = found.into_iter().map(|(_, finding)| finding).collect();
    let facts = Facts::of(ctx.tx, &findings)?;
    let findings = findings
        .iter()
        .map(|finding| view(finding, &facts))
        .collect::<Result<_, _>>()?;
    Ok(ListFindingsResponse {
        findings: Some(findings),
        next_token,
    })
}

/// A statement over the findings that the caller may see, in an order.
struct Scan {
    sql: String,
    params: Vec<Value>,
    order: Order,
}

impl Scan {
    fn new(ctx: &mut Ctx<'_, '_>, order: Order, pushed: Pushed) -> Result<Scan, Failure> {
        let (kev, epss) = feed_store::numbers(ctx.tx)?;
        let mut params: Vec<Value> = vec![
            epss.into(),
            kev.into(),
            ctx.region.into(),
            (ctx.now.0 - CLOSED_KEPT_MS).into(),
        ];
        let table = Finding::TABLE;
        let columns: String = table
            .key
            .iter()
            .chain(table.columns)
            .map(|column| format!("f.{column}, "))
            .collect();
        let mut sql = format!(
            "SELECT {columns}COALESCE(e.score_billionths, -1), k.cve, r.tags, {} FROM inspector_finding f \
             LEFT JOIN epss_score e ON e.generation = $1 AND e.cve = f.vulnerability \
             LEFT JOIN kev_entry k ON k.generation = $2 AND k.cve = f.vulnerability \
             LEFT JOIN inspector_resource r ON r.account = f.account AND r.region = f.region \
             AND r.arn = f.resource \
             WHERE f.region = $3 AND (f.status <> 'CLOSED' OR f.closed_ms >= $4)",
            order.expression
        );
        if let Visible::Account(own) = ctx.caller.visible() {
            params.push(own.into());
            sql.push_str(&format!(" AND f.account = ${}", params.len()));
        }
        for (column, values) in pushed.0 {
            let first = params.len() + 1;
            params.extend(values);
            let marks: Vec<String> = (first..=params.len())
                .map(|number| format!("${number}"))
                .collect();
            sql.push_str(&format!(" AND f.{column} IN ({})", marks.join(", ")));
        }
        Ok(Scan { sql, params, order })
    }

    /// The rows after a key, at most `limit`.
    fn rows(
        &self,
        ctx: &mut Ctx<'_, '_>,
        after: Option<&[Value]>,
        limit: usize,
    ) -> Result<Vec<Row>, Failure> {
        let Order {
            expression,
            descending,
        } = self.order;
        let (compare, direction) = if descending {
            ('<', " DESC")
        } else {
            ('>', "")
        };
        let (mut sql, mut params) = (self.sql.clone(), self.params.clone());
        if let Some(after) = after {
            let first = params.len() + 1;
            sql.push_str(&format!(
                " AND ({expression}, f.arn) {compare} (${first}, ${})",
                first + 1
            ));
            params.extend(after.iter().cloned());
        }
        params.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
        sql.push_str(&format!(
            " ORDER BY {expression}{direction}, f.arn{direction} LIMIT ${}",
            params.len()
        ));
        Ok(ctx.tx.query(&sql, &params)?)
    }
}

/// The key of a row in the order, and what filters look at.
fn read(row: &Row) -> Result<(Value, Subject), Failure> {
    let facts = 1 + Finding::TABLE.columns.len();
    let score = row.int(facts)?;
    let tags = row.optional_blob(facts + 2)?;
    let subject = Subject {
        finding: Finding::from_row(row)?,
        epss: (score >= 0).then(|| feed_store::share(score)),
        is_exploited: row.optional_text(facts + 1)?.is_some(),
        tags: tags
            .map(serde_json::from_slice)
            .transpose()?
            .unwrap_or_default(),
    };
    Ok((row.value(facts + 3)?.clone(), subject))
}
