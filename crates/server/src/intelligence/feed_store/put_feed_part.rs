//! `PutFeedPart`: takes some rows of a feed, under a generation that nobody reads yet.

use std::fmt::Display;

use balefire_api::own::{Feed, PutFeedPartInput};
use balefire_api::{Document, Unit, Violation, rejection};
use serde_json::json;

use super::generation::{Generation, sweep};
use super::{administrator_only, advisory_rows, epss_rows, kev_rows, unfinished};
use crate::context::Ctx;
use crate::failure::Failure;

/// Rows of an older generation that go with each part, so that a write stays short and a refresh of
/// the same size sweeps what the one before it replaced.
const SWEPT_MAX: u64 = 5000;
/// Bad rows that one answer names.
const NAMED_MAX: usize = 20;

/// Keeps the rows. A part that is put again changes nothing; one bad row fails the whole part.
///
/// KEV and EPSS rows are seen after `FinishFeed`; an OSV advisory replaces its older self at once,
/// since OSV withdraws advisories and never deletes them. Where the refresh breaks off then, a job matches
/// what it has brought.
pub fn put_feed_part(ctx: &mut Ctx<'_, '_>, input: PutFeedPartInput) -> Result<Unit, Failure> {
    administrator_only(ctx)?;
    let PutFeedPartInput {
        feed,
        generation,
        rows,
    } = input;
    let number = Generation::begin(ctx.tx, feed, &generation, ctx.now.0)?.number;
    let changed = match feed {
        Feed::Kev => kev_rows::put(ctx.tx, number, &rows)?,
        Feed::Epss => epss_rows::put(ctx.tx, number, &rows)?,
        Feed::Osv => advisory_rows::put(ctx.tx, number, &rows)?,
    };
    if feed == Feed::Osv && changed > 0 {
        unfinished::note(ctx, &generation)?;
    }
    let swept = sweep(ctx.tx, feed, SWEPT_MAX)?;
    if changed + swept > 0 {
        let body = json!({"generation": generation, "rows": rows.len(), "changed": changed});
        ctx.changed("feed.part_put", feed.as_str(), &body)?;
    }
    Ok(Unit {})
}

/// Reads all rows of a part, or says which are bad and why. `key` is what no two rows may share.
pub(super) fn read_rows<R>(
    rows: &[Document],
    read: impl Fn(&Document) -> Result<R, String>,
    key: impl Fn(&R) -> &str,
) -> Result<Vec<R>, Failure> {
    let mut good = Vec::with_capacity(rows.len());
    let mut bad = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        match read(row) {
            Ok(row) => good.push((place, row)),
            Err(reason) => bad.push(violation(place, reason)),
        }
    }
    let mut sorted: Vec<(&str, usize)> =
        good.iter().map(|(place, row)| (key(row), *place)).collect();
    sorted.sort_unstable();
    for pair in sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        let [(key, first), (_, second)] = [pair[0], pair[1]];
        bad.push(violation(
            second,
            format_args!("{key} is already row {first} of this part"),
        ));
    }
    if bad.is_empty() {
        return Ok(good.into_iter().map(|(_, row)| row).collect());
    }
    let unnamed = bad.len().saturating_sub(NAMED_MAX);
    bad.truncate(NAMED_MAX);
    if unnamed > 0 {
        let rest = format!("There are {unnamed} more bad rows");
        bad.push(Violation {
            path: "/Rows".into(),
            message: rest,
        });
    }
    Err(Failure::Invalid(bad.into()))
}

/// Rows are counted from 0, as the list in the request is.
fn violation(place: usize, reason: impl Display) -> Violation {
    rejection::violation(
        &format!("/Rows/{place}"),
        format_args!("Member must be a row of the feed: {reason}"),
    )
}

/// A text that goes into a key or column: engines keep no NUL there, and keys have a bounded length.
pub(super) fn check_text(name: &str, text: &str, chars_max: usize) -> Result<(), String> {
    if text.contains('\0') {
        return Err(format!("{name} has a NUL character"));
    }
    if text.chars().count() > chars_max {
        return Err(format!("{name} is longer than {chars_max} characters"));
    }
    Ok(())
}
