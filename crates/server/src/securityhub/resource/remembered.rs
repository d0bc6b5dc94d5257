//! What the pages of one list share: the sums of all findings, and the order that follows from them.

use std::sync::Arc;

use parking_lot::Mutex;

use super::summary::Summaries;
use crate::context::Visible;
use crate::failure::Failure;
use crate::securityhub::finding::index::{Current, Fields};
use crate::securityhub::finding::sort::Key;

/// What was worked out last, and of what. Both take as long as there are findings, so that a page each would
/// take a list of many pages hours.
///
/// Invariant: changes are counted before anybody who waits for them goes on, so what was worked out of the
/// same number of changes is the same.
#[derive(Default)]
pub struct Remembered {
    sums: Mutex<Option<Sums>>,
    order: Mutex<Option<Order>>,
}

struct Sums {
    /// The account that sees no others.
    whose: Option<String>,
    changes: u64,
    summaries: Arc<Summaries>,
}

struct Order {
    /// Which list it is.
    list: [u8; 32],
    changes: [u64; 2],
    keys: Arc<Vec<Key>>,
}

/// A page of a list, by its place in the order.
pub struct Asked<'a> {
    pub list: Option<[u8; 32]>,
    /// Of findings and of resources.
    pub changes: [u64; 2],
    pub last: Option<&'a Key>,
    pub limit: usize,
}

impl Remembered {
    /// See `Summaries::of_all`.
    pub fn summaries(
        &self,
        findings: &Current<'_>,
        visible: Visible<'_>,
        fields: &Fields,
    ) -> Result<Arc<Summaries>, Failure> {
        let whose = match visible {
            Visible::Organization => None,
            Visible::Account(account) => Some(account.to_owned()),
        };
        let changes = findings.changes();
        if let Some(sums) = &*self.sums.lock()
            && (sums.changes, &sums.whose) == (changes, &whose)
        {
            return Ok(Arc::clone(&sums.summaries));
        }
        let summaries = Arc::new(Summaries::of_all(findings, visible, fields)?);
        *self.sums.lock() = Some(Sums {
            whose,
            changes,
            summaries: Arc::clone(&summaries),
        });
        Ok(summaries)
    }

    /// A page of all keys that `all` gives in order. A list that begins is worked out anew, since its filters
    /// may ask for what lies some days back from now.
    pub fn page(&self, asked: &Asked<'_>, all: impl FnOnce() -> Vec<Key>) -> Vec<Key> {
        let known = asked.last.and_then(|_| self.order_of(asked));
        let keys = known.unwrap_or_else(|| Arc::new(all()));
        let start = asked
            .last
            .map_or(0, |last| keys.partition_point(|key| key <= last));
        let end = keys.len().min(start + asked.limit);
        let goes_on = end < keys.len();
        *self.order.lock() = asked.list.filter(|_| goes_on).map(|list| Order {
            list,
            changes: asked.changes,
            keys: Arc::clone(&keys),
        });
        keys[start..end].to_vec()
    }

    fn order_of(&self, asked: &Asked<'_>) -> Option<Arc<Vec<Key>>> {
        let order = self.order.lock();
        let order = order.as_ref()?;
        let is_it = asked.list == Some(order.list) && asked.changes == order.changes;
        is_it.then(|| Arc::clone(&order.keys))
    }
}
