//! Which update of a stack an event is about, where the event has no request token.

use balefire_store::Value;

use crate::context::Ctx;
use crate::events::deployment::Told;
use crate::failure::Failure;

/// How long after its end an update may still be told of, and before its end it may have begun.
const BETWEEN_MAX_MS: i64 = 24 * 60 * 60 * 1000;

/// An update that is known.
struct Known {
    name: String,
    started_ms: i64,
    ended_ms: Option<i64>,
    start_told: bool,
}

impl Known {
    fn is_over(&self) -> bool {
        self.ended_ms.is_some()
    }

    fn covers(&self, at_ms: i64) -> bool {
        self.ended_ms.is_some_and(|ended_ms| at_ms <= ended_ms)
    }

    /// It ended shortly before: what is told is its clean-up, or its end once more.
    fn has_just_ended(&self, at_ms: i64) -> bool {
        self.ended_ms
            .is_some_and(|ended_ms| at_ms.saturating_sub(ended_ms) <= BETWEEN_MAX_MS)
    }

    /// Whether what is told may have come before all that is known of it. Before one that goes on there was
    /// no end of the same.
    fn may_begin_with(&self, told: &Told) -> bool {
        let may_end = self.is_over() || !told.ended;
        !self.start_told && may_end && self.started_ms.saturating_sub(told.at_ms) <= BETWEEN_MAX_MS
    }
}

/// The name of an update. Events come late, twice and not at all, so what an event's time lies in counts
/// before what has not ended. An end never begins another update where one may be its own.
pub fn of_event(ctx: &mut Ctx<'_, '_>, told: &Told) -> Result<String, Failure> {
    let at_ms = told.at_ms;
    let before = next_to(ctx, told, "started_ms <= $4 ORDER BY started_ms DESC")?;
    let before = before.filter(|known| {
        let goes_on = !known.is_over() && !begins_another(told, known);
        known.covers(at_ms) || goes_on || told.ended && known.has_just_ended(at_ms)
    });
    let known = match before {
        Some(known) => Some(known),
        None => next_to(ctx, told, "started_ms > $4 ORDER BY started_ms")?
            .filter(|known| known.may_begin_with(told)),
    };
    Ok(match known {
        Some(known) => known.name,
        None => format!("{}/{}", stack(told), ctx.new_id()),
    })
}

/// A stack has one update at a time: where the next begins, the end of the one before was lost.
fn begins_another(told: &Told, known: &Known) -> bool {
    // Without a time of its own, an event that comes twice seems to be a later one.
    told.begins() && told.is_dated && told.at_ms > known.started_ms
}

fn next_to(ctx: &mut Ctx<'_, '_>, told: &Told, order: &str) -> Result<Option<Known>, Failure> {
    let sql = format!(
        "SELECT name, started_ms, ended_ms, start_told FROM deployment \
         WHERE account = $1 AND name > $2 AND name < $3 AND {order} LIMIT 1"
    );
    // `0` comes after `/`, so these are all names of the stack's updates.
    let params: [Value; 4] = [
        ctx.account().into(),
        format!("{}/", stack(told)).into(),
        format!("{}0", stack(told)).into(),
        told.at_ms.into(),
    ];
    let rows = ctx.tx.query(&sql, &params)?;
    let known = rows.first().map(|row| -> Result<Known, Failure> {
        Ok(Known {
            name: row.text(0)?.to_owned(),
            started_ms: row.int(1)?,
            ended_ms: row.optional_int(2)?,
            start_told: row.flag(3)?,
        })
    });
    known.transpose()
}

fn stack(told: &Told) -> String {
    format!("cloudformation/{}", told.resource)
}
