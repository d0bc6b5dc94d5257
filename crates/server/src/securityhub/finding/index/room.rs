//! How much memory the findings take, and whether there is room for more.

use std::sync::atomic::Ordering;

use super::Index;
use crate::settings::Settings;

const MIB: u64 = 1 << 20;

impl Index {
    /// Why no new finding is taken in, where their columns have more than they may.
    pub fn has_no_room(&self, settings: &Settings) -> Option<String> {
        let most = settings.findings_bytes_max?;
        let taken = self.memory.load(Ordering::Relaxed);
        (taken > most).then(|| {
            format!(
                "No new finding is taken: those that are kept take {} MiB of memory, and findings.memory_mib \
                 is {}. Known findings are still updated.",
                taken.div_ceil(MIB),
                most / MIB
            )
        })
    }

    /// Notes what the columns weigh, if they have changed since.
    pub(super) fn weigh(&self) {
        let Some(columns) = self.columns.get() else {
            return;
        };
        let changes = columns.changes();
        let is_first = self.memory.load(Ordering::Relaxed) == 0;
        if self.weighed.swap(changes, Ordering::Relaxed) != changes || is_first {
            let bytes = u64::try_from(columns.memory()).unwrap_or(u64::MAX);
            self.memory.store(bytes, Ordering::Relaxed);
        }
    }
}
