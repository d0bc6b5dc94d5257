//! Rules over what providers send: all of them judge the provider's own document.

use std::collections::{BTreeMap, BTreeSet};

use balefire_api::Timestamp;
use balefire_api::generated::securityhub::Criteria;
use balefire_store::{Record, Row, Value};
use serde_json::{Value as Json, json};

use super::definition::{self, Action, Definition};
use super::openings::Openings;
use super::tickets_wanted::TicketsWanted;
use super::{ASK_RULE_TICKETS, OPEN_RULE_INCIDENTS, RuleRow};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::{Fields, Filters, Standing};

/// How many accounts one statement looks up.
const LOOKUP: usize = 50;

/// A document that is new, of a finding.
#[derive(Clone, Copy)]
pub struct Version<'a> {
    pub uid: &'a str,
    pub account: &'a str,
    /// The provider's, made uniform, without what customers set in it.
    pub text: &'a str,
    /// The document before, and when it came.
    pub before: Option<(&'a str, i64)>,
}

/// What all rules together set in a finding.
#[derive(Default)]
pub struct Verdict {
    pub fields: Fields,
    /// The places of the rules that had the last word on severity, status and comment.
    winners: [Option<usize>; 3],
}

/// The rules that judge the findings of one import.
#[derive(Default)]
pub struct Rules {
    /// From the lowest order to the highest.
    pub(super) rules: Vec<Rule>,
    /// The uids of findings in which a rule set something.
    set: BTreeMap<usize, BTreeSet<String>>,
    openings: BTreeMap<usize, Openings>,
    tickets: BTreeMap<usize, TicketsWanted>,
}

pub(super) struct Rule {
    row: RuleRow,
    pub(super) arn: String,
    pub(super) name: String,
    order: f64,
    updated_ms: i64,
    /// What came before this is new to the rule.
    judges_since_ms: i64,
    /// Those that ask for an age, which `filters` count from now.
    aging: Option<Criteria>,
    /// Of the administrator, which covers the findings of all accounts.
    covers_all: bool,
    pub(super) filters: Filters,
    pub(super) action: Action,
}

impl Rules {
    /// Compiles the rules over findings of these accounts. Those of a hub that is off rest.
    pub fn over<'a>(
        ctx: &mut Ctx<'_, '_>,
        accounts: impl Iterator<Item = &'a str>,
    ) -> Result<Rules, Failure> {
        let accounts: Vec<&str> = accounts.collect::<BTreeSet<_>>().into_iter().collect();
        let mut known = BTreeMap::new();
        for chunk in accounts.chunks(LOOKUP) {
            for row in rows(ctx, chunk)? {
                let kept = RuleRow::from_row(&row)?;
                let key = (kept.account.clone(), kept.region.clone(), kept.id.clone());
                known.insert(key, (kept, row.flag(6)?, row.int(7)?));
            }
        }
        let rules = known.into_values();
        let rules = rules
            .filter_map(|(row, covers_all, hub_on_ms)| Rule::of(ctx, row, covers_all, hub_on_ms));
        let mut rules: Vec<Rule> = rules.collect();
        rules.sort_by(|a, b| {
            let by_order = a.order.total_cmp(&b.order);
            by_order.then_with(|| (a.updated_ms, &a.row.id).cmp(&(b.updated_ms, &b.row.id)))
        });
        Ok(Rules {
            rules,
            ..Rules::default()
        })
    }

    /// Whether nothing is judged.
    pub fn are_none(&self) -> bool {
        self.rules.is_empty()
    }

    /// What the rules set in a version; what else they do is done by `finish`.
    pub fn judge(&mut self, version: &Version<'_>) -> Result<Verdict, Failure> {
        let mut verdict = Verdict::default();
        if !self.rules.iter().any(|rule| rule.judges(version.account)) {
            return Ok(verdict);
        }
        let document: Json = serde_json::from_str(version.text)?;
        for (place, rule) in self.rules.iter().enumerate() {
            if !rule.judges(version.account) || !rule.filters.matches(&document) {
                continue;
            }
            match &rule.action {
                Action::Set(fields) => verdict.take(place, fields),
                Action::Open(plan_arn) => {
                    if rule.is_new_in(version)? {
                        let openings = self.openings.entry(place);
                        let openings = openings.or_insert_with(|| rule.openings(plan_arn));
                        openings.add(version, &document);
                    }
                }
                Action::Ticket(connector_arn) => {
                    if rule.is_new_in(version)? {
                        let tickets = self.tickets.entry(place);
                        let tickets = tickets.or_insert_with(|| rule.tickets(connector_arn));
                        tickets.uids.push(version.uid.to_owned());
                    }
                }
                Action::Rate(_) => {}
            }
        }
        Ok(verdict)
    }

    /// The rule that is named as the editor: of those that set something, the one of highest order.
    pub fn arn_of(&self, verdict: &Verdict) -> &str {
        let last = verdict.winners.iter().flatten().max();
        last.map_or("", |place| &self.rules[*place].arn)
    }

    /// Notes that a verdict has changed the finding.
    pub fn note(&mut self, verdict: &Verdict, uid: &str) {
        for place in verdict.winners.iter().flatten() {
            self.set.entry(*place).or_default().insert(uid.to_owned());
        }
    }

    /// Without incidents and tickets, for a version that is not new but judged again.
    pub fn without_calls(self) -> Rules {
        Rules {
            openings: BTreeMap::new(),
            tickets: BTreeMap::new(),
            ..self
        }
    }

    /// Writes down what the rules set, and leaves to jobs what they cause elsewhere.
    pub fn finish(self, ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
        for (place, uids) in &self.set {
            let rule = &self.rules[*place];
            if let Action::Set(fields) = &rule.action {
                let body = json!({
                    "uids": uids,
                    "severity_id": fields.severity_id,
                    "status_id": fields.status_id,
                    "comment": fields.comment,
                });
                ctx.changed("findings.ruled", &rule.arn, &body)?;
            }
        }
        for (place, openings) in &self.openings {
            let rule = &self.rules[*place];
            ctx.leave_job(&rule.row.account, OPEN_RULE_INCIDENTS, &rule.arn, openings)?;
        }
        for (place, tickets) in &self.tickets {
            let rule = &self.rules[*place];
            ctx.leave_job(&rule.row.account, ASK_RULE_TICKETS, &rule.arn, tickets)?;
        }
        Ok(())
    }
}

/// The rules that are on, of these accounts and of the administrator.
fn rows(ctx: &mut Ctx<'_, '_>, accounts: &[&str]) -> Result<Vec<Row>, Failure> {
    // One text for every number of accounts, as the last one may be asked for again.
    let last = accounts.last().copied().unwrap_or_default();
    let padded = accounts.iter().copied().chain(std::iter::repeat(last));
    let mut params: Vec<Value> = vec![true.into()];
    params.extend(padded.take(LOOKUP).map(Value::from));
    let marks: Vec<String> = (2..=params.len())
        .map(|place| format!("${place}"))
        .collect();
    let sql = format!(
        "SELECT r.account, r.region, r.id, r.enabled, r.body, r.judges_since_ms, \
         a.administrator, h.subscribed_ms \
         FROM automation_rule r JOIN account a ON a.id = r.account \
         JOIN hub h ON h.account = r.account AND h.region = r.region \
         WHERE r.enabled = $1 AND (a.administrator = $1 OR r.account IN ({}))",
        marks.join(", ")
    );
    Ok(ctx.tx.query(&sql, &params)?)
}

impl Rule {
    /// One that is no longer right must not keep findings out.
    fn of(ctx: &Ctx<'_, '_>, row: RuleRow, covers_all: bool, hub_on_ms: i64) -> Option<Rule> {
        let arn = row.arn();
        let compiled = row.rule().and_then(|rule| {
            let definition = Definition::of_rule(&row.account, &rule, ctx.now)?;
            Ok((rule, definition))
        });
        let (rule, definition) = match compiled {
            Ok(compiled) => compiled,
            Err(failure) => {
                tracing::error!(rule = arn, "a rule is passed over: {failure:?}");
                return None;
            }
        };
        Some(Rule {
            arn,
            // A rule of a hub that is off sees nothing.
            judges_since_ms: row.judges_since_ms(&rule).max(hub_on_ms),
            aging: rule.criteria.filter(definition::asks_for_age),
            name: rule.rule_name.unwrap_or_default(),
            order: rule.rule_order.unwrap_or_default(),
            updated_ms: rule.updated_at.map_or(0, |at| at.0),
            covers_all,
            filters: definition.filters,
            action: definition.action,
            row,
        })
    }

    pub(super) fn covers(&self, account: &str) -> bool {
        self.covers_all || self.row.account == account
    }

    /// Whether it is a rule over findings, and over those of an account.
    fn judges(&self, account: &str) -> bool {
        !matches!(self.action, Action::Rate(_)) && self.covers(account)
    }

    /// Whether a version that matches calls for an incident or a ticket: something is to be done, and the
    /// version before did not call for one already.
    fn is_new_in(&self, version: &Version<'_>) -> Result<bool, Failure> {
        if !Standing::of(version.text)?.is_open() {
            return Ok(false);
        }
        match version.before {
            Some((before, came_ms)) if came_ms >= self.judges_since_ms => {
                Ok(!Standing::of(before)?.is_open() || !self.matched(before, came_ms)?)
            }
            // The rule has not seen the one before.
            _ => Ok(true),
        }
    }

    /// Whether a version has matched when it came: it may have reached an age since.
    fn matched(&self, text: &str, came_ms: i64) -> Result<bool, Failure> {
        let document: Json = serde_json::from_str(text)?;
        match &self.aging {
            None => Ok(self.filters.matches(&document)),
            Some(criteria) => {
                let then = definition::filters_of(criteria, Timestamp(came_ms))?;
                Ok(then.matches(&document))
            }
        }
    }

    fn openings(&self, plan_arn: &str) -> Openings {
        Openings {
            region: self.row.region.clone(),
            rule_arn: self.arn.clone(),
            rule_name: self.name.clone(),
            plan_arn: plan_arn.to_owned(),
            groups: Vec::new(),
        }
    }

    fn tickets(&self, connector_arn: &str) -> TicketsWanted {
        TicketsWanted {
            region: self.row.region.clone(),
            rule_arn: self.arn.clone(),
            rule_name: self.name.clone(),
            connector_arn: connector_arn.to_owned(),
            uids: Vec::new(),
            again: false,
        }
    }
}

impl Verdict {
    /// A rule of higher order has the last word.
    fn take(&mut self, place: usize, fields: &Fields) {
        let [severity, status, comment] = &mut self.winners;
        if fields.severity_id.is_some() {
            self.fields.severity_id = fields.severity_id;
            *severity = Some(place);
        }
        if fields.status_id.is_some() {
            self.fields.status_id = fields.status_id;
            *status = Some(place);
        }
        if fields.comment.is_some() {
            self.fields.comment.clone_from(&fields.comment);
            *comment = Some(place);
        }
    }
}
