//! Advisories that a refresh has brought and that no `FinishFeed` speaks for: they hold all the same.

use balefire_api::own::Feed;
use serde::{Deserialize, Serialize};

use super::generation::Generation;
use crate::context::Ctx;
use crate::failure::Failure;

/// The kind of the job that looks after a refresh until it is finished; its subject is the generation.
pub const FEED_BEGUN: &str = "feed_begun";
/// A refresh that brings nothing for so long has broken off, as far as anybody can tell.
const SILENCE_MS: i64 = 5 * 60 * 1000;

/// What was there when the job looked last.
#[derive(Default, Serialize, Deserialize)]
struct Seen {
    /// The version of the generation's row, which each part with news raises.
    #[serde(default)]
    version: i64,
}

/// Notes that a part has changed advisories, and leaves the job where none looks after its refresh.
pub(super) fn note(ctx: &mut Ctx<'_, '_>, generation: &str) -> Result<(), Failure> {
    let Some(mut begun) = Generation::get(ctx.tx, Feed::Osv, generation)? else {
        return Ok(());
    };
    let is_watched = begun.version > 1 && begun.record.started_ms != 0;
    if !is_watched {
        begun.record.started_ms = ctx.now.0;
    }
    ctx.tx.replace(&mut begun)?;
    if is_watched {
        return Ok(());
    }
    look_later(ctx, generation, &Seen::default())
}

/// Whether a refresh that is not finished has changed advisories since the last look. As long as it does, it
/// is looked at again.
pub fn has_unfinished_news(
    ctx: &mut Ctx<'_, '_>,
    generation: &str,
    payload: &[u8],
) -> Result<bool, Failure> {
    let seen: Seen = serde_json::from_slice(payload)?;
    let Some(mut begun) = Generation::get(ctx.tx, Feed::Osv, generation)? else {
        return Ok(false);
    };
    if begun.version == seen.version {
        begun.record.started_ms = 0;
        ctx.tx.replace(&mut begun)?;
        return Ok(false);
    }
    let version = begun.version;
    look_later(ctx, generation, &Seen { version })?;
    Ok(true)
}

fn look_later(ctx: &mut Ctx<'_, '_>, generation: &str, seen: &Seen) -> Result<(), Failure> {
    let account = ctx.caller.account.clone();
    ctx.leave_job_in(SILENCE_MS, &account, FEED_BEGUN, generation, seen)
}
