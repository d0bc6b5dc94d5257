//! The first few of many rows by an order, gathered chunk by chunk.

use std::cmp::Ordering;

use crate::Key;
use crate::chunk::Chunk;
use crate::mask::Mask;
use crate::order::{Place, Rank};
use crate::search::{After, Hit};

/// With more rows of a chunk than this, a few are looked at before all others, and the first by key are found
/// in the order of keys.
const MANY: u64 = if cfg!(test) { 2 } else { 4096 };

/// A row that may be among the first.
#[derive(Clone)]
struct Candidate {
    places: Vec<Place>,
    key: Key,
}

/// The first few of all that are offered.
pub struct First<'r> {
    ranks: &'r [Rank<'r>],
    /// Whether rows of one first place are in the order of their keys.
    is_decided_by_place: bool,
    after: Option<(Vec<u64>, After<'r>)>,
    limit: usize,
    /// Up to twice as many as are wanted: they are sorted and cut when it is full.
    candidates: Vec<Candidate>,
    /// Whether those before `limit` are the first of all so far, in order.
    is_cut: bool,
    /// See `prunes_much`.
    prunes_much: bool,
    /// The one that is offered.
    offered: Candidate,
}

impl<'r> First<'r> {
    pub fn new(ranks: &'r [Rank<'r>], after: Option<After<'r>>, limit: usize) -> First<'r> {
        let after = after.map(|after| {
            let places = ranks.iter().zip(after.scalars);
            let places = places.map(|(rank, scalar)| rank.place_of(scalar)).collect();
            (places, after)
        });
        First {
            ranks,
            is_decided_by_place: matches!(ranks, [rank] if rank.is_exact()),
            after,
            limit,
            candidates: Vec::new(),
            is_cut: false,
            prunes_much: false,
            offered: Candidate {
                places: Vec::new(),
                key: [0; 24],
            },
        }
    }

    /// The last of those that are wanted, once there are enough.
    fn worst(&self) -> Option<&Candidate> {
        let last = self.limit.checked_sub(1)?;
        self.candidates.get(last).filter(|_| self.is_cut)
    }

    /// Whether most rows of a chunk come too late, so that it is best to take those out first of all.
    pub fn prunes_much(&self) -> bool {
        self.prunes_much
    }

    /// Offers all rows of a chunk that meet the plan.
    pub fn take(&mut self, chunk: &Chunk, mask: &mut Mask) {
        if mask.len() > MANY {
            // Rows that came in the order that is asked for would each be better than all before.
            mask.take_some(|row| self.offer(chunk, row));
            self.settle();
            self.remove_late(chunk, mask);
        }
        self.offer_all(chunk, mask);
        self.settle();
    }

    /// Takes out of the mask rows that come too late to be wanted, and notes whether they were many.
    pub fn prune(&mut self, chunk: &Chunk, mask: &mut Mask) {
        let before = mask.len();
        if self.remove_late(chunk, mask) {
            self.prunes_much = mask.len() < before / 2;
        }
    }

    /// False where it is not known yet what comes too late.
    fn remove_late(&self, chunk: &Chunk, mask: &mut Mask) -> bool {
        let place = self.worst().and_then(|worst| worst.places.first());
        let (Some((place, _)), Some(rank)) = (place, self.ranks.first()) else {
            return false;
        };
        rank.prune(chunk, mask, *place);
        true
    }

    /// Offers rows. Where keys decide between rows of one place, most ties are settled by a look at the key.
    fn offer_all(&mut self, chunk: &Chunk, mask: &mut Mask) {
        if self.is_decided_by_place
            && let (Some(worst), [rank]) = (self.worst(), self.ranks)
        {
            let (place, key) = (worst.places[0].0, worst.key);
            // Where nothing comes before what ties, there is no need to look at what each row has.
            let is_first = place == rank.first_place();
            if is_first && mask.len() > MANY && self.offer_by_key(chunk, mask, place) {
                return;
            }
            mask.retain(|row| {
                !is_greater(&chunk.keys[row], &key) || !is_first && rank.place(chunk, row).0 < place
            });
        }
        mask.each(|row| self.offer(chunk, row));
    }

    /// Offers rows in the order of their keys, up to one that comes too late whatever it has: nothing comes
    /// before the place of the worst that is wanted. False where that order is not known.
    fn offer_by_key(&mut self, chunk: &Chunk, mask: &Mask, place: u64) -> bool {
        let Some(rows) = chunk.by_key() else {
            return false;
        };
        let key_of = |row: &u16| &chunk.keys[usize::from(*row)];
        let begin = match &self.after {
            Some((places, after)) if places.first() == Some(&place) => {
                rows.partition_point(|row| key_of(row) <= after.key)
            }
            _ => 0,
        };
        for row in &rows[begin..] {
            if !mask.has(usize::from(*row)) {
                continue;
            }
            if self
                .worst()
                .is_some_and(|worst| is_greater(key_of(row), &worst.key))
            {
                break;
            }
            self.offer(chunk, usize::from(*row));
        }
        true
    }

    fn offer(&mut self, chunk: &Chunk, row: usize) {
        self.offered.key = chunk.keys[row];
        self.offered.places.clear();
        for (rank, at) in self.ranks.iter().zip(0..) {
            let place = rank.place(chunk, row);
            if at == 0 && self.worst().is_some_and(|worst| self.is_late(place, worst)) {
                return;
            }
            self.offered.places.push(place);
        }
        let is_late = |worst| compare(self.ranks, &self.offered, worst) == Ordering::Greater;
        if self.worst().is_some_and(is_late) || !self.is_behind(&self.offered) {
            return;
        }
        self.candidates.push(self.offered.clone());
        if self.candidates.len() >= 2 * self.limit.max(32) {
            self.cut();
        }
    }

    /// Whether the first place of the offered row tells that it is not wanted.
    fn is_late(&self, place: Place, worst: &Candidate) -> bool {
        match place.0.cmp(&worst.places[0].0) {
            Ordering::Less => false,
            Ordering::Equal => self.is_decided_by_place && self.offered.key > worst.key,
            Ordering::Greater => true,
        }
    }

    /// Whether a row comes after the page before.
    fn is_behind(&self, candidate: &Candidate) -> bool {
        let Some((places, after)) = &self.after else {
            return true;
        };
        let each = self.ranks.iter().zip(&candidate.places);
        let each = each.zip(places.iter().zip(after.scalars));
        let mut orders = each.map(|((rank, mine), (place, scalar))| {
            let order = mine.0.cmp(place);
            order.then_with(|| rank.compare(*mine, scalar))
        });
        let order = orders.find(|order| order.is_ne());
        order.unwrap_or_else(|| candidate.key.cmp(after.key)) == Ordering::Greater
    }

    /// Makes the worst that is wanted known, if there are enough.
    fn settle(&mut self) {
        if self.candidates.len() > self.limit || !self.is_cut && self.candidates.len() == self.limit
        {
            self.cut();
        }
    }

    fn cut(&mut self) {
        let ranks = self.ranks;
        self.candidates
            .sort_unstable_by(|a, b| compare(ranks, a, b));
        self.candidates.truncate(self.limit);
        self.is_cut = true;
    }

    pub fn into_hits(mut self) -> Vec<Hit> {
        self.cut();
        let hits = self.candidates.into_iter().map(|candidate| Hit {
            key: candidate.key,
            scalars: self
                .ranks
                .iter()
                .zip(&candidate.places)
                .map(|(rank, place)| rank.scalar(*place))
                .collect(),
        });
        hits.collect()
    }
}

/// Whether a key comes after another; as numbers, of which mostly the first tells.
fn is_greater(one: &Key, other: &Key) -> bool {
    let (one, _) = one.as_chunks::<8>();
    let (other, _) = other.as_chunks::<8>();
    let [one, other] = [one, other].map(|key| key.iter().map(|eight| u64::from_be_bytes(*eight)));
    one.gt(other)
}

fn compare(ranks: &[Rank<'_>], a: &Candidate, b: &Candidate) -> Ordering {
    let places = a.places.iter().zip(&b.places);
    let mut orders = ranks.iter().zip(places).map(|(rank, (a, b))| {
        let order = a.0.cmp(&b.0);
        order.then_with(|| rank.compare_rows(*a, *b))
    });
    let order = orders.find(|order| order.is_ne());
    order.unwrap_or_else(|| a.key.cmp(&b.key))
}
