//! A bounded queue whose consumer takes all that waits at once.

use std::collections::VecDeque;

use parking_lot::{Condvar, Mutex};

use crate::Error;

pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
    capacity: usize,
}

struct State<T> {
    waiting: VecDeque<T>,
    closed: bool,
}

impl<T> Queue<T> {
    pub(crate) fn new(capacity: usize) -> Queue<T> {
        let state = State {
            waiting: VecDeque::new(),
            closed: false,
        };
        Queue {
            state: Mutex::new(state),
            arrived: Condvar::new(),
            capacity,
        }
    }

    /// Fails at once when the queue is full or closed.
    pub(crate) fn push(&self, item: T) -> Result<(), Error> {
        let mut state = self.state.lock();
        if state.closed {
            return Err(Error::Closed);
        }
        if state.waiting.len() >= self.capacity {
            return Err(Error::Busy {
                queue_len: self.capacity,
            });
        }
        state.waiting.push_back(item);
        drop(state);
        self.arrived.notify_one();
        Ok(())
    }

    /// Waits for items and moves up to `max` of them into `batch`. False at the end: closed and empty.
    pub(crate) fn drain_into(&self, batch: &mut Vec<T>, max: usize) -> bool {
        let mut state = self.state.lock();
        while state.waiting.is_empty() {
            if state.closed {
                return false;
            }
            self.arrived.wait(&mut state);
        }
        let count = state.waiting.len().min(max);
        batch.extend(state.waiting.drain(..count));
        true
    }

    /// Takes no more items. Those that wait are still drained.
    pub(crate) fn close(&self) {
        self.state.lock().closed = true;
        self.arrived.notify_all();
    }

    /// Closes and drops what waits: for a consumer that ended too early.
    pub(crate) fn abandon(&self) {
        self.close();
        let waiting = std::mem::take(&mut self.state.lock().waiting);
        drop(waiting);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_out_in_order_and_no_more_than_asked() {
        let queue = Queue::new(3);
        for item in 1..=3 {
            queue.push(item).unwrap();
        }
        assert!(matches!(queue.push(4), Err(Error::Busy { queue_len: 3 })));
        let mut batch = Vec::new();
        assert!(queue.drain_into(&mut batch, 2));
        assert_eq!(batch, [1, 2]);
        queue.close();
        assert!(matches!(queue.push(5), Err(Error::Closed)));
        assert!(queue.drain_into(&mut batch, 2));
        assert_eq!(batch, [1, 2, 3]);
        assert!(!queue.drain_into(&mut batch, 2));
    }
}
