//! The first few of many, kept while the many pass by.

use std::collections::BinaryHeap;

/// The smallest `limit` of all that were offered.
#[derive(Debug)]
pub struct Ranked<T: Ord> {
    limit: usize,
    /// The largest on top, to be thrown out next.
    heap: BinaryHeap<T>,
}

impl<T: Ord> Ranked<T> {
    pub fn new(limit: usize) -> Ranked<T> {
        Ranked {
            limit,
            heap: BinaryHeap::with_capacity(limit + 1),
        }
    }

    /// Whether something that compares to those kept as `against` says would be kept.
    pub fn has_room_for(&self, is_less_than: impl FnOnce(&T) -> bool) -> bool {
        self.heap.len() < self.limit || self.heap.peek().is_some_and(is_less_than)
    }

    pub fn offer(&mut self, item: T) {
        self.heap.push(item);
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }

    /// Those kept, smallest first.
    pub fn into_sorted(self) -> Vec<T> {
        self.heap.into_sorted_vec()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_what_sorting_all_would_give(
            items in prop::collection::vec(any::<u8>(), 0..50),
            limit in 0..20_usize,
        ) {
            let mut ranked = Ranked::new(limit);
            for item in &items {
                if ranked.has_room_for(|last| item < last) {
                    ranked.offer(*item);
                }
            }
            let mut sorted = items;
            sorted.sort_unstable();
            sorted.truncate(limit);
            prop_assert_eq!(ranked.into_sorted(), sorted);
        }
    }
}
