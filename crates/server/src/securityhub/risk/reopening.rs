//! How acceptances end: by time, and by what becomes known of the vulnerabilities.

use std::collections::HashMap;

use balefire_api::Timestamp;
use balefire_store::{Page, Value};
use serde_json::json;

use super::record::Acceptance;
use super::{Task, comment};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::{end_status, is_open, is_suppressed};

/// Acceptances that one job looks at.
const CHUNK: usize = 200;

/// What is known of vulnerabilities, by CVE id.
#[derive(Debug, Default)]
pub struct Facts {
    /// Known to be exploited.
    pub exploited: Vec<String>,
    /// The probability of being exploited soon.
    pub epss: HashMap<String, f64>,
}

/// An acceptance that is to be reviewed.
#[derive(Clone, Debug)]
pub struct Review {
    pub task: Task,
    acceptance: Acceptance,
}

impl Review {
    pub fn cves(&self) -> impl Iterator<Item = &str> {
        self.acceptance.cves.iter().map(String::as_str)
    }

    /// Why the acceptance is over; nothing, while it is not.
    pub fn ends_because(&self, facts: &Facts, now: Timestamp) -> Option<String> {
        let acceptance = &self.acceptance;
        if acceptance
            .expires_ms
            .is_some_and(|expires_ms| expires_ms <= now.0)
        {
            return Some("its acceptance has expired".into());
        }
        if acceptance.unless_exploited
            && let Some(cve) = self
                .cves()
                .find(|cve| facts.exploited.iter().any(|one| one == cve))
        {
            return Some(format!("{cve} is known to be exploited"));
        }
        let most = acceptance.epss_at_most()?;
        let score = |cve: &str| facts.epss.get(cve).copied().filter(|score| *score > most);
        let (cve, score) = self.cves().find_map(|cve| Some((cve, score(cve)?)))?;
        Some(format!(
            "the EPSS score of {cve} is {}, above {most}",
            told(score)
        ))
    }
}

/// The acceptance that a job is about, unless it is over or was made anew.
pub fn due(ctx: &mut Ctx<'_, '_>, task: &Task) -> Result<Option<Review>, Failure> {
    let key = [(&task.account).into(), (&task.uid).into()];
    let acceptance = ctx.tx.get::<Acceptance>(&key)?;
    let acceptance = acceptance.filter(|acceptance| acceptance.id == task.id);
    Ok(acceptance.map(|acceptance| Review::of(acceptance.record)))
}

/// An account and a finding's uid.
type Place = (String, String);

/// The next acceptances behind one, of all accounts, that what becomes known may end; and the one to
/// go on behind, if there are more.
pub fn conditional_after(
    ctx: &mut Ctx<'_, '_>,
    after: Option<Place>,
) -> Result<(Vec<Review>, Option<Place>), Failure> {
    let rows = ctx.tx.page::<Acceptance>(&Page {
        equal: &[],
        order: &["account", "uid"],
        descending: false,
        after: after.map(|(account, uid)| vec![Value::from(account), Value::from(uid)]),
        limit: CHUNK,
    })?;
    let last = rows.last().filter(|_| rows.len() == CHUNK);
    let last = last.map(|last| (last.account.clone(), last.uid.clone()));
    let conditional = rows.into_iter().filter(|row| row.is_conditional());
    let reviews = conditional.map(|row| Review::of(row.record)).collect();
    Ok((reviews, last))
}

/// Ends an acceptance.
pub fn reopen(ctx: &mut Ctx<'_, '_>, review: &Review, because: &str) -> Result<(), Failure> {
    open(ctx, &review.acceptance, because).map(drop)
}

/// A finding that somebody has given another status meanwhile keeps it. Others have none of a customer's any
/// more: rules and the provider say what it is. Gives whether something is left to do about it again, as far
/// as its provider says.
pub(super) fn open(
    ctx: &mut Ctx<'_, '_>,
    acceptance: &Acceptance,
    because: &str,
) -> Result<bool, Failure> {
    let Acceptance {
        account,
        uid,
        reason,
        ..
    } = acceptance;
    ctx.tx.delete::<Acceptance>(&[account.into(), uid.into()])?;
    let is_ended = is_suppressed(ctx, uid)?;
    // What its provider has found to be over meanwhile is so, until its provider opens it.
    let is_reopened = is_ended && is_open(ctx, uid)?;
    if is_ended {
        let word = match is_reopened {
            true => "Reopened",
            false => "No longer accepted",
        };
        let text = format!("{word}: {because}. The risk had been accepted: {reason}");
        end_status(ctx, uid, &comment(&text))?;
    }
    let body = json!({"because": because});
    ctx.changed_in(account.clone(), "risk.reopened", uid, &body)?;
    Ok(is_reopened)
}

/// A score with three places, or with all that it has: it may be above a bound by little.
fn told(score: f64) -> String {
    let (short, exact) = (format!("{score:.3}"), score.to_string());
    if exact.len() > short.len() {
        exact
    } else {
        short
    }
}

impl Review {
    fn of(acceptance: Acceptance) -> Review {
        let task = Task {
            account: acceptance.account.clone(),
            uid: acceptance.uid.clone(),
            id: acceptance.id.clone(),
        };
        Review { task, acceptance }
    }
}
