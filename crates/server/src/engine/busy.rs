//! Who has enough to do: one slow receiver must not take the places of all others.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

/// Calls at once to what one subject names.
const CALLS_MAX: usize = 8;

/// Counts the calls under way by the subject of their jobs.
#[derive(Clone, Default)]
pub struct Busy(Arc<Mutex<HashMap<String, usize>>>);

/// A call under way; it ends when this goes.
pub struct AtWork {
    busy: Busy,
    subject: String,
}

impl Busy {
    pub fn begin(&self, subject: &str) -> AtWork {
        *self.0.lock().entry(subject.to_owned()).or_default() += 1;
        AtWork {
            busy: self.clone(),
            subject: subject.to_owned(),
        }
    }

    /// The subjects whose jobs wait.
    pub fn subjects(&self) -> Vec<String> {
        let counts = self.0.lock();
        let full = counts.iter().filter(|(_, count)| **count >= CALLS_MAX);
        full.map(|(subject, _)| subject.clone()).collect()
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        let mut counts = self.busy.0.lock();
        if let Some(count) = counts.get_mut(&self.subject) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.subject);
            }
        }
    }
}
