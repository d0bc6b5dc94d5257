//! Which log heads a transaction holds: all writers take them in one order, so none waits in a circle.

use std::collections::BTreeSet;

/// The heads of one connection.
#[derive(Default)]
pub struct Heads {
    /// In order.
    held: Vec<i64>,
    /// What the next transaction takes beside its own: the one before needed it too late.
    wanted: BTreeSet<i64>,
}

impl Heads {
    /// The heads that a transaction takes which begins with those of `shards`.
    pub fn begin(&mut self, shards: &[i64]) -> &[i64] {
        let wanted = std::mem::take(&mut self.wanted);
        let all: BTreeSet<i64> = wanted.into_iter().chain(shards.iter().copied()).collect();
        self.held = all.into_iter().collect();
        &self.held
    }

    /// The heads that are to be taken now, of sorted `shards`. `None` where one lies before one that is held:
    /// then the transaction must begin anew, and `begin` takes them all.
    pub fn take(&mut self, shards: &[i64]) -> Option<Vec<i64>> {
        let missing = shards
            .iter()
            .copied()
            .filter(|shard| !self.held.contains(shard));
        let missing: Vec<i64> = missing.collect();
        if missing.first() < self.held.last() && !missing.is_empty() {
            self.wanted = self.held.iter().chain(&missing).copied().collect();
            return None;
        }
        self.held.extend(&missing);
        Some(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_taken_in_order_or_all_anew() {
        let mut heads = Heads::default();
        assert_eq!(heads.begin(&[3, 5]), [3, 5]);
        assert_eq!(heads.take(&[3, 5]), Some(vec![]), "they are held");
        assert_eq!(heads.take(&[5, 7, 9]), Some(vec![7, 9]));
        assert_eq!(
            heads.take(&[4, 12]),
            None,
            "others may hold 4 and wait for 5"
        );
        assert_eq!(heads.begin(&[3, 5]), [3, 4, 5, 7, 9, 12]);
        assert_eq!(heads.take(&[4, 12]), Some(vec![]));
        assert_eq!(heads.begin(&[2]), [2], "a next one begins with its own");
        let mut none = Heads::default();
        assert_eq!(none.begin(&[]), []);
        assert_eq!(none.take(&[1]), Some(vec![1]));
    }
}
