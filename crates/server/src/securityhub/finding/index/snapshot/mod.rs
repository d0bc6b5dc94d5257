//! The columns in a file, so that a server that starts again need not read every finding.
//!
//! Invariant: the file is never believed to be newer than the store. It names the changes that are in it, and
//! is used only where the store's own log has them; what came later is taken from the log.

mod file;
mod header;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use balefire_columns::{Columns, LoadError, Schema};
use balefire_store::{Store, Tx};
use parking_lot::Mutex;

use self::header::{HEADER_BYTES, Hash, Header, marks};
use super::{Index, Positions};
use crate::failure::Failure;

/// The file's name in the data directory.
const FILE: &str = "findings.columns";
/// After how many changes the columns are kept anew, but not more often than this.
const CHANGES: u64 = 50_000;
const REST_MS: i64 = 30_000;
/// When they are kept anew whatever number of changes there is.
const EVERY_MS: i64 = 600_000;

/// Where snapshots are kept.
pub struct Snapshots {
    path: PathBuf,
    store: Hash,
    /// Held by whoever writes.
    last: Mutex<Last>,
}

/// The last try to write a snapshot.
#[derive(Clone, Copy, Default)]
struct Last {
    at_ms: Option<i64>,
    /// How often the columns had changed then.
    changes: u64,
    /// Whether there is a snapshot of these columns.
    is_there: bool,
}

impl Last {
    fn is_due(&mut self, changes: u64, now_ms: i64) -> bool {
        if !self.is_there && self.at_ms.is_none() {
            return true;
        }
        // The time of a snapshot that was loaded is not known: it counts from the first look.
        let rested_ms = now_ms - *self.at_ms.get_or_insert(now_ms);
        let changed = changes - self.changes;
        rested_ms >= REST_MS
            && (!self.is_there || changed >= CHANGES || changed > 0 && rested_ms >= EVERY_MS)
    }
}

/// Why the findings are read from the store and not from a snapshot.
#[derive(Debug)]
pub enum NotUsed {
    Missing,
    Unreadable(io::Error),
    Header,
    Version,
    Store,
    Ahead,
    Log,
    Gap,
    Columns(LoadError),
    Failed(Failure),
}

impl fmt::Display for NotUsed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            NotUsed::Missing => "it is not there",
            NotUsed::Unreadable(error) => return write!(formatter, "it cannot be read: {error}"),
            NotUsed::Header => "its header is broken",
            NotUsed::Version => "another version of Balefire made it",
            NotUsed::Store => "it is of another store",
            NotUsed::Ahead => "it has changes that the store has not, as after restoring a backup",
            NotUsed::Log => "the store's log says otherwise, as after restoring a backup",
            NotUsed::Gap => "the store's log lacks changes since",
            NotUsed::Columns(error) => return error.fmt(formatter),
            NotUsed::Failed(failure) => return write!(formatter, "{failure:?}"),
        })
    }
}

impl From<Failure> for NotUsed {
    fn from(failure: Failure) -> NotUsed {
        NotUsed::Failed(failure)
    }
}

impl From<io::Error> for NotUsed {
    fn from(error: io::Error) -> NotUsed {
        match error.kind() {
            io::ErrorKind::NotFound => NotUsed::Missing,
            _ => NotUsed::Unreadable(error),
        }
    }
}

/// Why a snapshot was not written.
type NotWritten = anyhow::Error;

impl Snapshots {
    fn read(
        &self,
        schema: &Schema,
        tx: &mut Tx<'_>,
        heads: &Positions,
    ) -> Result<(Columns, Positions), NotUsed> {
        let mut file = File::open(&self.path)?;
        let len = file.metadata()?.len();
        let Some(body) = len.checked_sub(HEADER_BYTES as u64) else {
            return Err(NotUsed::Columns(LoadError::Truncated));
        };
        let mut bytes = [0; HEADER_BYTES];
        file.read_exact(&mut bytes)?;
        let header = Header::decode(&bytes)?;
        header.check(tx, &self.store, heads)?;
        let columns = Columns::load(schema.clone(), file, body).map_err(NotUsed::Columns)?;
        Ok((columns, header.from))
    }
}

impl Index {
    /// From now on the columns are kept in a file of this directory, for the store of this id.
    pub fn keep_in(&self, directory: &Path, store: Hash) {
        let snapshots = Snapshots {
            path: directory.join(FILE),
            store,
            last: Mutex::default(),
        };
        // A second directory is none of a store that has one.
        let _ = self.snapshots.set(snapshots);
    }

    /// Takes the columns from the snapshot, and says up to where the log is known with it.
    pub(super) fn load(&self, tx: &mut Tx<'_>, heads: &Positions) -> Option<Positions> {
        let snapshots = self.snapshots.get()?;
        let path = snapshots.path.display();
        match snapshots.read(self.fields.schema(), tx, heads) {
            Ok((columns, positions)) => {
                let count = columns.len();
                if self.columns.set(columns).is_err() {
                    tracing::warn!(
                        "all findings are read from the store: there are columns already"
                    );
                    return None;
                }
                snapshots.last.lock().is_there = true;
                tracing::info!("{count} findings were read from {path}");
                Some(positions)
            }
            Err(NotUsed::Missing) => None,
            Err(reason) => {
                tracing::warn!(
                    "all findings are read from the store: {path} is not used: {reason}"
                );
                None
            }
        }
    }

    /// Writes a snapshot when it is time. It blocks, and holds up neither searches nor changes.
    pub fn save_if_due(&self, store: &Store, now_ms: i64) {
        self.save_when(store, now_ms, |last, changes| last.is_due(changes, now_ms));
    }

    /// Writes a snapshot of the newest columns, for a server that ends. It blocks.
    pub fn save_at_end(self: &Arc<Self>, store: &Store, now_ms: i64) {
        if self.snapshots.get().is_none() || self.positions.lock().is_none() {
            return;
        }
        let index = Arc::clone(self);
        let caught_up = store.read_blocking(move |tx| index.current(tx).map(drop));
        if !matches!(caught_up, Ok(Ok(()))) {
            tracing::warn!("the newest changes could not be read: {caught_up:?}");
        }
        let has_changed = |last: &mut Last, changes| !last.is_there || changes > last.changes;
        self.save_when(store, now_ms, has_changed);
    }

    fn save_when(&self, store: &Store, now_ms: i64, is_due: impl FnOnce(&mut Last, u64) -> bool) {
        let Some(snapshots) = self.snapshots.get() else {
            return;
        };
        if self.is_building.load(Ordering::Acquire) {
            return;
        }
        // Before the other lock, as `load` takes them. What changes until then is only newer.
        let Some(from) = *self.positions.lock() else {
            return;
        };
        let mut last = snapshots.last.lock();
        let changes = self.columns().changes();
        if !is_due(&mut last, changes) {
            return;
        }
        last.at_ms = Some(now_ms);
        match self.write(snapshots, store, from) {
            Ok(true) => {
                last.is_there = true;
                last.changes = changes;
            }
            Ok(false) => {}
            Err(error) => {
                let path = snapshots.path.display();
                tracing::warn!("the findings were not written to {path}: {error:#}");
            }
        }
    }

    /// False where another process writes it.
    fn write(
        &self,
        snapshots: &Snapshots,
        store: &Store,
        from: Positions,
    ) -> Result<bool, NotWritten> {
        file::replace(&snapshots.path, |file| {
            // Its place: what it says is known when all else is written.
            file.write_all(&[0; HEADER_BYTES])?;
            self.columns().save(&mut *file)?;
            let to = *self.newest.lock();
            let marks = store.read_blocking(move |tx| marks(tx, &to))?;
            let header = Header {
                store: snapshots.store,
                from,
                to,
                marks: marks.map_err(|failure| anyhow::anyhow!("{failure:?}"))?,
            };
            file.file.seek(SeekFrom::Start(0))?;
            file.write_all(&header.encode())?;
            Ok(())
        })
    }
}
