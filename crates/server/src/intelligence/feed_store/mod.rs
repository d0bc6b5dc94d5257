//! The feeds in the store: each fact about a vulnerability once, for all accounts.

mod advisory_rows;
mod epss_rows;
mod finish_feed;
#[cfg(test)]
pub(crate) mod fixture;
mod generation;
mod kev_rows;
mod put_feed_part;
mod read;
#[cfg(test)]
pub(crate) mod real_data;
mod statement;
#[cfg(test)]
mod tests;
mod unfinished;

pub use advisory_rows::check_advisory;
pub use epss_rows::share;
pub use finish_feed::{FEED_FINISHED, finish_feed};
pub use generation::{FeedState, numbers, sweep};
pub use put_feed_part::put_feed_part;
pub use read::{
    advisories, advisories_of_packages, advisories_of_vulnerability, epss_scores, feed, kev_entries,
};
pub use unfinished::{FEED_BEGUN, has_unfinished_news};

use balefire_api::own;

use crate::context::Ctx;
use crate::failure::Failure;
use crate::handler::Handler;

/// The operations of this room.
pub fn operations() -> Vec<Handler> {
    vec![
        Handler::of::<own::PutFeedPart>(put_feed_part),
        Handler::of::<own::FinishFeed>(finish_feed),
    ]
}

/// Feeds belong to all accounts, so only the account that administers them may change one.
fn administrator_only(ctx: &Ctx<'_, '_>) -> Result<(), Failure> {
    if ctx.caller.administrator {
        return Ok(());
    }
    Err(Failure::Denied(format!(
        "Account {} may not refresh feeds: they are shared by all accounts. Call as the \
         administrator's account.",
        ctx.account()
    )))
}
