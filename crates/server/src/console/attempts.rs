//! How many sign-ins may fail in a minute: few for one key, more for all together.

use std::collections::HashMap;

use balefire_api::Timestamp;
use parking_lot::Mutex;

const WINDOW_MS: i64 = 60_000;
/// Failures of one access key id in a minute.
const OF_ONE_KEY_MAX: u32 = 10;
/// Failures in a minute, whatever the key. It also bounds what is remembered.
const OF_ALL_MAX: u32 = 120;

/// Failures of the present minute.
#[derive(Default)]
pub struct Attempts(Mutex<Window>);

#[derive(Default)]
struct Window {
    minute: i64,
    all: u32,
    by_key: HashMap<String, u32>,
}

impl Attempts {
    /// Counts an attempt as failed until it succeeds; `false` where there were too many.
    pub fn begin(&self, access_key_id: &str, now: Timestamp) -> bool {
        let mut window = self.0.lock();
        let minute = now.0.div_euclid(WINDOW_MS);
        if window.minute != minute {
            *window = Window {
                minute,
                ..Window::default()
            };
        }
        let of_key = window.by_key.get(access_key_id).copied().unwrap_or(0);
        if window.all >= OF_ALL_MAX || of_key >= OF_ONE_KEY_MAX {
            return false;
        }
        window.all += 1;
        window.by_key.insert(access_key_id.to_owned(), of_key + 1);
        true
    }

    /// Takes back the attempts of a key that has now signed in.
    pub fn succeeded(&self, access_key_id: &str) {
        let mut window = self.0.lock();
        if let Some(of_key) = window.by_key.remove(access_key_id) {
            window.all = window.all.saturating_sub(of_key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_is_stopped_and_starts_over_after_a_minute() {
        let attempts = Attempts::default();
        let now = Timestamp(WINDOW_MS * 10);
        assert!((0..OF_ONE_KEY_MAX).all(|_| attempts.begin("A", now)));
        assert!(!attempts.begin("A", now));
        assert!(attempts.begin("B", now));
        assert!(attempts.begin("A", Timestamp(WINDOW_MS * 11)));
    }

    #[test]
    fn a_success_takes_the_attempts_back() {
        let attempts = Attempts::default();
        let now = Timestamp(0);
        for _ in 0..OF_ALL_MAX {
            assert!(attempts.begin("A", now));
            attempts.succeeded("A");
        }
        assert!(attempts.begin("A", now));
    }

    #[test]
    fn all_keys_together_are_stopped() {
        let attempts = Attempts::default();
        let begun = (0..1000).filter(|n| attempts.begin(&n.to_string(), Timestamp(0)));
        assert_eq!(begun.count(), OF_ALL_MAX as usize);
        assert_eq!(attempts.0.lock().by_key.len(), OF_ALL_MAX as usize);
    }
}
