//! Who has enough to do: one slow receiver must not take the places of all others.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

/// Counts the jobs under way by what they keep busy: the subject that they call, or their kind.
#[derive(Clone)]
pub struct Busy {
    counts: Arc<Mutex<HashMap<String, usize>>>,
    /// Jobs at once that keep one subject busy.
    most: usize,
    /// Subjects with a bound of their own.
    bounds: Arc<HashMap<String, usize>>,
}

/// A job under way; it ends when this goes.
pub struct AtWork {
    busy: Busy,
    subject: String,
}

impl Busy {
    pub fn of(most: usize, bounds: impl IntoIterator<Item = (String, usize)>) -> Busy {
        Busy {
            counts: Arc::default(),
            most,
            bounds: Arc::new(bounds.into_iter().collect()),
        }
    }

    /// Nothing, when the subject has as many jobs as it may have.
    pub fn begin(&self, subject: &str) -> Option<AtWork> {
        let mut counts = self.counts.lock();
        let count = counts.entry(subject.to_owned()).or_default();
        if *count >= self.bound(subject) {
            return None;
        }
        *count += 1;
        Some(AtWork {
            busy: self.clone(),
            subject: subject.to_owned(),
        })
    }

    /// The subjects whose jobs wait.
    pub fn subjects(&self) -> Vec<String> {
        let counts = self.counts.lock();
        let full = counts
            .iter()
            .filter(|(subject, count)| **count >= self.bound(subject));
        full.map(|(subject, _)| subject.clone()).collect()
    }

    /// How many jobs are under way.
    pub fn count(&self) -> usize {
        self.counts.lock().values().sum()
    }

    fn bound(&self, subject: &str) -> usize {
        self.bounds.get(subject).copied().unwrap_or(self.most)
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        let mut counts = self.busy.counts.lock();
        if let Some(count) = counts.get_mut(&self.subject) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.subject);
            }
        }
    }
}
