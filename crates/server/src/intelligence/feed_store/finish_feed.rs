//! `FinishFeed`: makes a generation the one that is read, if it is whole.

use balefire_api::Timestamp;
use balefire_api::own::{Feed, FinishFeedInput, FinishFeedOutput};
use balefire_store::Kept;
use jiff::civil::Date;
use serde_json::json;

use super::administrator_only;
use super::generation::{FeedState, Generation, overtaken, state, sweep, table};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::intelligence::feed::is_newer;

/// The kind of the job that a feed leaves when it has news.
pub const FEED_FINISHED: &str = "feed_finished";
/// A refresh that was begun longer ago than this and has not ended takes no advisories from another.
const ALONGSIDE_MS: i64 = 24 * 60 * 60 * 1000;
/// Rows of older generations that go with this write, besides those that parts sweep.
const SWEPT_MAX: u64 = 5000;

/// Checks the number of rows and switches. The same call again gets the same number.
///
/// KEV and EPSS may go back to older data, as when a release turns out wrong: the answer says what
/// was replaced, so that the caller can tell. Not so by a refresh that another has overtaken: where that
/// one's data are as new, all is well as it is, and the answer says whose is in force.
pub fn finish_feed(
    ctx: &mut Ctx<'_, '_>,
    input: FinishFeedInput,
) -> Result<FinishFeedOutput, Failure> {
    administrator_only(ctx)?;
    check_as_of(&input.as_of)?;
    let finished = state(ctx.tx, input.feed)?;
    if let Some(finished) = &finished
        && finished.generation == input.generation
    {
        check_count(&input, finished.row_count)?;
        return Ok(FinishFeedOutput {
            row_count: finished.row_count,
            ..FinishFeedOutput::default()
        });
    }
    let Some(generation) = Generation::get(ctx.tx, input.feed, &input.generation)? else {
        return Err(Failure::invalid(
            "/Generation",
            format!(
                "Member must be a generation that PutFeedPart has put rows of: there are none of {:?}",
                input.generation
            ),
        ));
    };
    if let Some(finished) = generation.overtaken_by(input.feed, finished.as_deref()) {
        return leave_in_force(&input, finished);
    }
    let row_count = count(ctx, input.feed, generation.number)?;
    if !is_shared(ctx, &input, &generation, finished.as_deref(), row_count)? {
        check_count(&input, row_count)?;
    }
    put_in_force(ctx, input, &generation, finished)
}

/// The end of a refresh that another has overtaken.
fn leave_in_force(
    input: &FinishFeedInput,
    finished: &FeedState,
) -> Result<FinishFeedOutput, Failure> {
    if is_newer(&input.as_of, &finished.as_of) {
        return Err(overtaken(&input.generation, finished));
    }
    Ok(FinishFeedOutput {
        row_count: finished.row_count,
        overtaken_by: Some(finished.as_of.clone()),
        ..FinishFeedOutput::default()
    })
}

fn put_in_force(
    ctx: &mut Ctx<'_, '_>,
    input: FinishFeedInput,
    generation: &Generation,
    finished: Option<Kept<FeedState>>,
) -> Result<FinishFeedOutput, Failure> {
    let row_count = input.row_count;
    let seen = finished.as_ref().map_or(0, |finished| finished.number);
    let next = FeedState {
        name: input.feed.as_str().into(),
        generation: input.generation,
        // The numbers of OSV are only counted by; they must not fall back.
        number: generation.number.max(seen),
        as_of: input.as_of,
        row_count,
        refreshed_ms: ctx.now.0,
    };
    let replaced = finished.as_ref().map(|finished| finished.as_of.clone());
    match finished {
        Some(mut kept) => {
            kept.record = next.clone();
            ctx.tx.replace(&mut kept)?;
        }
        None => ctx.tx.insert(&next)?,
    }
    if input.feed == Feed::Osv {
        ctx.tx
            .delete::<Generation>(&[(&next.name).into(), (&next.generation).into()])?;
    }
    sweep(ctx.tx, input.feed, SWEPT_MAX)?;
    let body = json!({"generation": next.generation, "asOf": next.as_of, "rows": row_count});
    ctx.changed("feed.finished", &next.name, &body)?;
    let administrator = ctx.caller.account.clone();
    ctx.leave_job(&administrator, FEED_FINISHED, &next.name, &json!({}))?;
    Ok(FinishFeedOutput {
        row_count,
        replaced_as_of: replaced.filter(|_| input.feed != Feed::Osv),
        overtaken_by: None,
    })
}

/// Whether the rows that are missing may be another refresh's by now: an advisory is of the one that brought
/// it last, and holds all the same.
fn is_shared(
    ctx: &mut Ctx<'_, '_>,
    input: &FinishFeedInput,
    generation: &Generation,
    finished: Option<&FeedState>,
    row_count: i64,
) -> Result<bool, Failure> {
    if input.feed != Feed::Osv || row_count >= input.row_count {
        return Ok(false);
    }
    if finished.is_some_and(|finished| finished.refreshed_ms >= generation.started_ms) {
        return Ok(true);
    }
    let rows = ctx.tx.query(
        "SELECT COUNT(*) FROM feed_generation WHERE feed = $1 AND number <> $2 AND started_ms > $3",
        &[
            input.feed.as_str().into(),
            generation.number.into(),
            (ctx.now.0 - ALONGSIDE_MS).into(),
        ],
    )?;
    Ok(rows.first().map_or(Ok(0), |row| row.int(0))? > 0)
}

fn count(ctx: &mut Ctx<'_, '_>, feed: Feed, number: i64) -> Result<i64, Failure> {
    let table = table(feed).unwrap_or("advisory");
    let sql = format!("SELECT COUNT(*) FROM {table} WHERE generation = $1");
    let rows = ctx.tx.query(&sql, &[number.into()])?;
    Ok(rows.first().map_or(Ok(0), |row| row.int(0))?)
}

fn check_count(input: &FinishFeedInput, row_count: i64) -> Result<(), Failure> {
    if input.row_count == row_count {
        return Ok(());
    }
    Err(Failure::invalid(
        "/RowCount",
        format!(
            "Member must be the number of rows that were put: {row_count} distinct rows of this generation \
             are here, not {}. Put the parts again, or begin another generation",
            input.row_count
        ),
    ))
}

fn check_as_of(as_of: &str) -> Result<(), Failure> {
    if Timestamp::parse_with_offset(as_of).is_some() || as_of.parse::<Date>().is_ok() {
        return Ok(());
    }
    Err(Failure::invalid(
        "/AsOf",
        "Member must be a date such as 2099-01-31 or a time such as 2099-01-31T17:00:00Z",
    ))
}
