//! The first rows of an order that meet a plan, and how many there are.

use std::cmp::Ordering;

use crate::Key;
use crate::chunk::Chunk;
use crate::columns::Columns;
use crate::mask::Mask;
use crate::order::{Order, Place, Rank, Scalar};
use crate::plan::Plan;
use crate::schema::Kind;
use crate::step::{Guards, Step};

/// With more rows of a chunk than this, a few are looked at before all others.
const SAMPLED_MIN: u64 = if cfg!(test) { 2 } else { 4096 };

/// A row that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub key: Key,
    /// What it has for each criterion of the order.
    pub scalars: Vec<Scalar>,
}

/// The last row of the page before.
#[derive(Clone, Copy, Debug)]
pub struct After<'a> {
    pub key: &'a Key,
    pub scalars: &'a [Scalar],
}

/// A row that may be among the first.
#[derive(Clone)]
struct Candidate {
    places: Vec<Place>,
    key: Key,
}

impl Columns {
    /// The first `limit` rows behind `after`. Ties of the order are broken by key.
    pub fn search(
        &self,
        plan: &Plan<'_>,
        orders: &[Order],
        after: Option<After<'_>>,
        limit: usize,
    ) -> Vec<Hit> {
        let mut fields: Vec<usize> = orders
            .iter()
            .flat_map(|order| order.fields.clone())
            .collect();
        plan.coded_fields(&mut fields);
        let guards = Guards::of(self, &fields);
        let kind_of = |order: &Order| match order.fields.first() {
            Some(field) => self.schema().fields()[*field].kind,
            None => Kind::Date,
        };
        let ranks: Vec<Rank<'_>> = orders
            .iter()
            .map(|order| Rank::of(order, kind_of(order), &guards))
            .collect();
        let mut first = First::new(&ranks, after, limit);
        let step = Step::of(plan, &guards);
        let mut chunks = self.chunks();
        // Later rows mostly have later dates: where the first ones are found first, most others are late.
        if orders.first().is_some_and(|order| order.descending) {
            chunks.reverse();
        }
        for chunk in chunks {
            let chunk = chunk.read();
            let mut mask = chunk.alive.clone();
            if first.prunes_much {
                first.prune(&chunk, &mut mask);
                step.keep(&chunk, &mut mask);
            } else {
                step.keep_pruned(&chunk, &mut mask, |mask| first.prune(&chunk, mask));
            }
            if mask.len() > SAMPLED_MIN {
                // Rows that came in the order that is asked for would each be better than all before.
                mask.take_some(|row| first.offer(&chunk, row));
                first.settle();
                first.remove_late(&chunk, &mut mask);
            }
            first.offer_all(&chunk, &mut mask);
            first.settle();
        }
        let hits = first.into_sorted().into_iter().map(|candidate| Hit {
            key: candidate.key,
            scalars: ranks
                .iter()
                .zip(&candidate.places)
                .map(|(rank, place)| rank.scalar(*place))
                .collect(),
        });
        hits.collect()
    }

    /// How many rows meet a plan.
    pub fn count(&self, plan: &Plan<'_>) -> u64 {
        let mut fields = Vec::new();
        plan.coded_fields(&mut fields);
        let guards = Guards::of(self, &fields);
        let mut count = 0;
        self.each_match(plan, &guards, |_, mask| count += mask.len());
        count
    }

    /// The keys of all rows that meet a plan, in order.
    pub fn keys(&self, plan: &Plan<'_>) -> Vec<Key> {
        let mut fields = Vec::new();
        plan.coded_fields(&mut fields);
        let guards = Guards::of(self, &fields);
        let mut keys = Vec::new();
        self.each_match(plan, &guards, |chunk, mask| {
            mask.each(|row| keys.push(chunk.keys[row]));
        });
        keys.sort_unstable();
        keys
    }

    /// Shows the rows that meet a plan, chunk after chunk.
    pub(crate) fn each_match(
        &self,
        plan: &Plan<'_>,
        guards: &Guards<'_>,
        mut show: impl FnMut(&Chunk, &Mask),
    ) {
        let step = Step::of(plan, guards);
        for chunk in self.chunks() {
            let chunk = chunk.read();
            let mut mask = chunk.alive.clone();
            step.keep(&chunk, &mut mask);
            show(&chunk, &mask);
        }
    }
}

/// The first few of all that are offered.
struct First<'r> {
    ranks: &'r [Rank<'r>],
    /// Whether rows of one first place are in the order of their keys.
    is_decided_by_place: bool,
    after: Option<(Vec<u64>, After<'r>)>,
    limit: usize,
    /// Up to twice as many as are wanted: they are sorted and cut when it is full.
    candidates: Vec<Candidate>,
    /// Whether those before `limit` are the first of all so far, in order.
    is_cut: bool,
    /// Whether most rows of a chunk come too late, so that it is best to take those out first of all.
    prunes_much: bool,
    /// The one that is offered.
    offered: Candidate,
}

impl<'r> First<'r> {
    fn new(ranks: &'r [Rank<'r>], after: Option<After<'r>>, limit: usize) -> First<'r> {
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

    /// Takes out of the mask rows that come too late to be wanted, and notes whether they were many.
    fn prune(&mut self, chunk: &Chunk, mask: &mut Mask) {
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
            mask.retain(|row| {
                !is_greater(&chunk.keys[row], &key) || !is_first && rank.place(chunk, row).0 < place
            });
        }
        mask.each(|row| self.offer(chunk, row));
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

    fn into_sorted(mut self) -> Vec<Candidate> {
        self.cut();
        self.candidates
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
