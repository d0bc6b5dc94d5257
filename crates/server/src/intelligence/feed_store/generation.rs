//! Generations of a feed: one is finished and seen, one may be on its way, old ones are swept.

use balefire_api::own::Feed;
use balefire_store::{Error, Kept, Record, Row, Table, Tx, Value};

use crate::failure::Failure;

/// The finished state of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedState {
    /// `KEV`, `EPSS` or `OSV`.
    pub name: String,
    /// The id under which its parts were put.
    pub generation: String,
    /// What the rows of this generation carry.
    pub number: i64,
    /// The date or time the source gives its data.
    pub as_of: String,
    /// Rows of the last refresh.
    pub row_count: i64,
    /// When it was finished.
    pub refreshed_ms: i64,
}

impl Record for FeedState {
    const TABLE: Table = Table {
        name: "feed",
        key: &["name"],
        columns: &["generation", "number", "as_of", "row_count", "refreshed_ms"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.name).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            (&self.generation).into(),
            self.number.into(),
            (&self.as_of).into(),
            self.row_count.into(),
            self.refreshed_ms.into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(FeedState {
            name: row.text(0)?.into(),
            generation: row.text(1)?.into(),
            number: row.int(2)?,
            as_of: row.text(3)?.into(),
            row_count: row.int(4)?,
            refreshed_ms: row.int(5)?,
        })
    }
}

/// A generation that was begun: its rows are being put, or read, or it was overtaken not long ago.
pub(super) struct Generation {
    feed: String,
    generation: String,
    /// Counts up with each generation of a feed.
    pub number: i64,
    /// 0 where nobody waits for its end any more, see `unfinished`.
    pub started_ms: i64,
}

impl Record for Generation {
    const TABLE: Table = Table {
        name: "feed_generation",
        key: &["feed", "generation"],
        columns: &["number", "started_ms"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.feed).into(), (&self.generation).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![self.number.into(), self.started_ms.into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Generation {
            feed: row.text(0)?.into(),
            generation: row.text(1)?.into(),
            number: row.int(2)?,
            started_ms: row.int(3)?,
        })
    }
}

const LAST: &str = "SELECT COALESCE(MAX(number), 0) FROM feed_generation WHERE feed = $1";
const FORGET: &str = "DELETE FROM feed_generation WHERE feed = $1 AND number < $2";
/// So many numbers later, nobody puts rows of a generation that was overtaken any more.
const KNOWN_FOR: i64 = 100;

impl Generation {
    pub(super) fn get(
        tx: &mut Tx<'_>,
        feed: Feed,
        generation: &str,
    ) -> Result<Option<Kept<Generation>>, Error> {
        tx.get(&[feed.as_str().into(), generation.into()])
    }

    /// The generation that a part belongs to; the first part begins it.
    pub(super) fn begin(
        tx: &mut Tx<'_>,
        feed: Feed,
        generation: &str,
        now_ms: i64,
    ) -> Result<Generation, Failure> {
        let finished = state(tx, feed)?;
        if finished
            .as_ref()
            .is_some_and(|finished| finished.generation == generation)
        {
            return Err(unusable(generation, "is finished"));
        }
        if let Some(known) = Generation::get(tx, feed, generation)? {
            return match known.overtaken_by(feed, finished.as_deref()) {
                Some(finished) => Err(overtaken(generation, finished)),
                None => Ok(known.record),
            };
        }
        let seen = finished.map_or(0, |finished| finished.number);
        let last = tx.query(LAST, &[feed.as_str().into()])?;
        let last = last.first().map_or(Ok(0), |row| row.int(0))?;
        let begun = Generation {
            feed: feed.as_str().into(),
            generation: generation.into(),
            number: last.max(seen) + 1,
            started_ms: now_ms,
        };
        tx.insert(&begun)?;
        Ok(begun)
    }

    /// A feed that is replaced as a whole is not put back to a generation begun before another.
    pub(super) fn overtaken_by<'f>(
        &self,
        feed: Feed,
        finished: Option<&'f FeedState>,
    ) -> Option<&'f FeedState> {
        finished.filter(|finished| feed != Feed::Osv && self.number < finished.number)
    }
}

pub(super) fn overtaken(generation: &str, finished: &FeedState) -> Failure {
    let FeedState { name, as_of, .. } = finished;
    Failure::conflict(
        "FEED",
        name,
        format!(
            "Another refresh of {name} overtook generation {generation:?}: it began later and has ended, and \
             what it brought, as of {as_of}, is in force. Nothing of this generation is. If what you have is \
             newer, begin another generation."
        ),
    )
}

fn unusable(generation: &str, why: &str) -> Failure {
    Failure::invalid(
        "/Generation",
        format!("Member must be a generation of its own: {generation:?} {why}; begin another"),
    )
}

/// The finished state of a feed.
pub(super) fn state(tx: &mut Tx<'_>, feed: Feed) -> Result<Option<Kept<FeedState>>, Error> {
    tx.get(&[feed.as_str().into()])
}

/// The numbers that the rows of the finished KEV and EPSS generations carry, 0 where there is none.
pub fn numbers(tx: &mut Tx<'_>) -> Result<(i64, i64), Error> {
    let mut number = |feed| Ok(state(tx, feed)?.map_or(0, |finished| finished.number));
    Ok((number(Feed::Kev)?, number(Feed::Epss)?))
}

/// Where a feed that is replaced as a whole keeps its rows.
pub(super) fn table(feed: Feed) -> Option<&'static str> {
    match feed {
        Feed::Kev => Some("kev_entry"),
        Feed::Epss => Some("epss_score"),
        Feed::Osv => None,
    }
}

/// Removes up to `rows_max` rows of generations older than the finished one; returns how many.
///
/// Whole generations are large, so each refresh sweeps a part of what the one before left.
pub fn sweep(tx: &mut Tx<'_>, feed: Feed, rows_max: u64) -> Result<u64, Error> {
    let (Some(table), Some(finished)) = (table(feed), state(tx, feed)?) else {
        return Ok(0);
    };
    let oldest = format!("SELECT MIN(generation) FROM {table} WHERE generation < $1");
    let delete = format!(
        "DELETE FROM {table} WHERE generation = $1 AND cve IN \
         (SELECT cve FROM {table} WHERE generation = $1 ORDER BY cve LIMIT $2)"
    );
    let mut swept = 0;
    while swept < rows_max {
        let rows = tx.query(&oldest, &[finished.number.into()])?;
        let stale = rows.first().map_or(Ok(None), |row| row.optional_int(0))?;
        let Some(stale) = stale else { break };
        let left = i64::try_from(rows_max - swept).unwrap_or(i64::MAX);
        swept += tx.execute(&delete, &[stale.into(), left.into()])?;
    }
    let forgotten = finished.number - KNOWN_FOR;
    tx.execute(FORGET, &[feed.as_str().into(), forgotten.into()])?;
    Ok(swept)
}
