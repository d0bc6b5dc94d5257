//! Does the same with many things, on as many threads as there are processors.

use std::panic::resume_unwind;
use std::sync::LazyLock;
use std::thread;

/// Fewer things are not worth a thread.
const EACH_MIN: usize = 50;
const THREADS_MAX: usize = 4;

static THREADS: LazyLock<usize> = LazyLock::new(|| {
    let processors = thread::available_parallelism();
    processors.map_or(1, |count| count.get().min(THREADS_MAX))
});

/// What comes of each thing, in their order. Every thread has a state of its own.
pub fn map<T: Sync, R: Send, S>(
    things: &[T],
    state: impl Fn() -> S + Sync,
    each: impl Fn(&mut S, &T) -> R + Sync,
) -> Vec<R> {
    let all = |things: &[T]| {
        let mut state = state();
        let made = things.iter().map(|thing| each(&mut state, thing));
        made.collect::<Vec<R>>()
    };
    let threads = (things.len() / EACH_MIN).clamp(1, *THREADS);
    let mut parts = things.chunks(things.len().div_ceil(threads).max(1));
    let first = parts.next().unwrap_or_default();
    thread::scope(|scope| {
        let all = &all;
        let others: Vec<_> = parts.map(|part| scope.spawn(move || all(part))).collect();
        let mut made = all(first);
        for other in others {
            made.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        made
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_keeps_its_order() {
        for count in [0, 1, EACH_MIN, 7 * EACH_MIN + 3] {
            let things: Vec<usize> = (0..count).collect();
            let made = map(
                &things,
                || 0,
                |before, thing| {
                    *before += 1;
                    (*thing, *before > 0)
                },
            );
            assert!(made.into_iter().eq((0..count).map(|thing| (thing, true))));
        }
    }
}
