//! What a snapshot says of itself: of which store it is, and which changes it has.

use balefire_store::{SHARDS, Tx};
use sha2::{Digest, Sha256};

use super::super::Positions;
use super::NotUsed;
use crate::failure::Failure;

/// It changes with every change of the header.
const FORMAT: u32 = 1;
/// Invariant: it changes whenever the same finding would give other columns, see the test beside this.
pub const EXTRACTION: u32 = 1;
const HASH_BYTES: usize = 32;
const SHARD_COUNT: usize = SHARDS as usize;
/// The version, the store, two positions and a mark of each shard, and the hash of it all.
pub const HEADER_BYTES: usize = HASH_BYTES * 2 + SHARD_COUNT * (8 + 8 + HASH_BYTES) + HASH_BYTES;

pub type Hash = [u8; HASH_BYTES];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub store: Hash,
    /// Up to here every change is in the columns.
    pub from: Positions,
    /// Beyond here none is.
    pub to: Positions,
    /// A hash of the change at `to`, by which the log of a store that was restored is told from this one.
    pub marks: [Hash; SHARD_COUNT],
}

impl Header {
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend(version());
        bytes.extend(self.store);
        for positions in [&self.from, &self.to] {
            bytes.extend(positions.iter().flat_map(|seq| seq.to_le_bytes()));
        }
        bytes.extend(self.marks.as_flattened());
        let hash = Sha256::digest(&bytes);
        bytes.extend(hash);
        bytes
    }

    pub fn decode(bytes: &[u8; HEADER_BYTES]) -> Result<Header, NotUsed> {
        let (body, hash) = bytes.split_at(HEADER_BYTES - HASH_BYTES);
        if *hash != *Sha256::digest(body) {
            return Err(NotUsed::Header);
        }
        let (hashes, rest) = body.split_at(HASH_BYTES * 2);
        let (seqs, marks) = rest.split_at(SHARD_COUNT * 16);
        let (hashes, _) = hashes.as_chunks::<HASH_BYTES>();
        let (seqs, _) = seqs.as_chunks::<8>();
        let (marks, _) = marks.as_chunks::<HASH_BYTES>();
        if hashes[0] != version() {
            return Err(NotUsed::Version);
        }
        Ok(Header {
            store: hashes[1],
            from: std::array::from_fn(|shard| i64::from_le_bytes(seqs[shard])),
            to: std::array::from_fn(|shard| i64::from_le_bytes(seqs[SHARD_COUNT + shard])),
            marks: std::array::from_fn(|shard| marks[shard]),
        })
    }

    /// Whether the store is the one that the snapshot was made of, and has gone on from there.
    pub fn check(&self, tx: &mut Tx<'_>, store: &Hash, heads: &Positions) -> Result<(), NotUsed> {
        if self.store != *store {
            return Err(NotUsed::Store);
        }
        if self.to.iter().zip(heads).any(|(to, head)| to > head) {
            return Err(NotUsed::Ahead);
        }
        if marks(tx, &self.to)? != self.marks {
            return Err(NotUsed::Log);
        }
        for (shard, (from, head)) in (0..).zip(self.from.iter().zip(heads)) {
            let next = tx.log_after(shard, *from, 1).map_err(Failure::from)?;
            let is_next = next.first().is_some_and(|next| next.seq == from + 1);
            if from < head && !is_next {
                return Err(NotUsed::Gap);
            }
        }
        Ok(())
    }
}

/// A hash of one change of each shard. Where there is none yet, or none any more, it is zero.
pub fn marks(tx: &mut Tx<'_>, positions: &Positions) -> Result<[Hash; SHARD_COUNT], Failure> {
    let mut marks = [[0; HASH_BYTES]; SHARD_COUNT];
    for (shard, (mark, seq)) in (0..).zip(marks.iter_mut().zip(positions)) {
        let found = tx.log_after(shard, seq - 1, 1)?;
        let Some(logged) = found.first().filter(|logged| logged.seq == *seq) else {
            continue;
        };
        let entry = &logged.entry;
        let mut hasher = Sha256::new();
        hasher.update(entry.at_ms.to_le_bytes());
        for text in [&entry.account, &entry.actor, &entry.kind, &entry.subject] {
            hasher.update((text.len() as u64).to_le_bytes());
            hasher.update(text);
        }
        hasher.update(&entry.body);
        *mark = hasher.finalize().into();
    }
    Ok(marks)
}

/// A snapshot serves the version alone that made it: another may read documents in another way.
fn version() -> Hash {
    let words = format!(
        "balefire {} findings {FORMAT} {EXTRACTION}",
        env!("CARGO_PKG_VERSION")
    );
    Sha256::digest(words).into()
}
