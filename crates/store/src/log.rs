//! The change log: every change, in the order of the commits, one sequence for each shard.

use crate::Error;
use crate::tx::Tx;
use crate::value::{Row, Value};

/// The number of shards. Stored rows depend on it, so it never changes.
pub const SHARDS: i64 = 16;

/// The shard of an account, from 0 to 15: FNV-1a of its bytes.
pub fn shard_of(account: &str) -> i64 {
    (fnv1a(account.as_bytes()) % SHARDS as u64) as i64
}

/// FNV-1a, 64 bits. Its results are stored, so it never changes.
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A change, as it is appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose data changed; gives the shard.
    pub account: String,
    /// Who changed it.
    pub actor: String,
    pub kind: String,
    /// What changed: an id or ARN.
    pub subject: String,
    pub body: Vec<u8>,
    /// Milliseconds since 1970.
    pub at_ms: i64,
}

/// A change, as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    pub shard: i64,
    /// From 1, without gaps; within a shard its order is the order of the commits.
    pub seq: i64,
    pub entry: Entry,
}

const HEADS: &str = "SELECT shard, seq FROM log_head";
const HEAD: &str = "SELECT seq FROM log_head WHERE shard = $1";
const TAKE: &str = "UPDATE log_head SET seq = seq + $1 WHERE shard = $2 RETURNING seq";
const APPEND: &str = "INSERT INTO log (shard, seq, at_ms, account, actor, kind, subject, body) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const AFTER: &str = "SELECT shard, seq, at_ms, account, actor, kind, subject, body FROM log \
                     WHERE shard = $1 AND seq > $2 ORDER BY seq LIMIT $3";
const AFTER_OF: &str = "SELECT shard, seq, at_ms, account, actor, kind, subject, body FROM log \
                        WHERE shard = $1 AND seq > $2 AND kind IN ($3, $4) ORDER BY seq LIMIT $5";
const CURSOR: &str = "SELECT seq FROM log_cursor WHERE name = $1 AND shard = $2";
const CURSORS: &str = "SELECT shard, seq FROM log_cursor WHERE name = $1";
const ADVANCE: &str = "INSERT INTO log_cursor (name, shard, seq) VALUES ($1, $2, $3) \
                       ON CONFLICT (name, shard) DO UPDATE SET seq = excluded.seq \
                       WHERE log_cursor.seq < excluded.seq";

impl Tx<'_> {
    /// Appends a change and returns its sequence number in the shard of its account.
    pub fn append(&mut self, entry: Entry) -> Result<i64, Error> {
        let shard = shard_of(&entry.account);
        let seq = self.take_seqs(shard, 1)?;
        self.append_at(shard, seq, entry)?;
        Ok(seq)
    }

    /// Appends changes that take one block of numbers in each shard; returns the last of the last.
    pub fn append_all(&mut self, entries: Vec<Entry>) -> Result<Option<i64>, Error> {
        let mut last = None;
        let mut rest = entries.into_iter().peekable();
        while let Some(first) = rest.next() {
            let shard = shard_of(&first.account);
            let mut block = vec![first];
            while let Some(next) = rest.next_if(|entry| shard_of(&entry.account) == shard) {
                block.push(next);
            }
            let head = self.take_seqs(shard, block.len() as i64)?;
            let first_seq = head + 1 - block.len() as i64;
            for (seq, entry) in (first_seq..).zip(block) {
                self.append_at(shard, seq, entry)?;
            }
            last = Some(head);
        }
        Ok(last)
    }

    /// The changes of a shard after `seq`, oldest first.
    pub fn log_after(&mut self, shard: i64, seq: i64, limit: usize) -> Result<Vec<Logged>, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.query(AFTER, &[shard.into(), seq.into(), limit.into()])?
            .iter()
            .map(logged)
            .collect()
    }

    /// The changes of a shard after `seq` of one of two kinds, oldest first, without reading the others.
    pub fn log_after_of(
        &mut self,
        shard: i64,
        seq: i64,
        kinds: [&str; 2],
        limit: usize,
    ) -> Result<Vec<Logged>, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let [one, other] = kinds.map(Value::from);
        self.query(
            AFTER_OF,
            &[shard.into(), seq.into(), one, other, limit.into()],
        )?
        .iter()
        .map(logged)
        .collect()
    }

    /// Shards and the numbers of their newest changes.
    pub fn log_heads(&mut self) -> Result<Vec<(i64, i64)>, Error> {
        let rows = self.query(HEADS, &[])?;
        rows.iter()
            .map(|row| Ok((row.int(0)?, row.int(1)?)))
            .collect()
    }

    /// The number of the newest change of a shard, or 0.
    pub fn log_head(&mut self, shard: i64) -> Result<i64, Error> {
        self.query(HEAD, &[shard.into()])?
            .first()
            .map_or(Ok(0), |row| row.int(0))
    }

    /// Up to where the reader `name` has read a shard, or 0.
    pub fn cursor(&mut self, name: &str, shard: i64) -> Result<i64, Error> {
        self.query(CURSOR, &[name.into(), shard.into()])?
            .first()
            .map_or(Ok(0), |row| row.int(0))
    }

    /// Shards and up to where the reader `name` has read them; one that it has not begun is left out.
    pub fn cursors(&mut self, name: &str) -> Result<Vec<(i64, i64)>, Error> {
        let rows = self.query(CURSORS, &[name.into()])?;
        rows.iter()
            .map(|row| Ok((row.int(0)?, row.int(1)?)))
            .collect()
    }

    /// Moves a cursor forward. False when it was there or further already.
    pub fn advance_cursor(&mut self, name: &str, shard: i64, seq: i64) -> Result<bool, Error> {
        Ok(self.execute(ADVANCE, &[name.into(), shard.into(), seq.into()])? > 0)
    }

    /// Takes `count` numbers and returns the last. The head row stays locked until the commit.
    fn take_seqs(&mut self, shard: i64, count: i64) -> Result<i64, Error> {
        let rows = self.query(TAKE, &[count.into(), shard.into()])?;
        rows.first()
            .ok_or_else(|| Error::refused(TAKE, format!("shard {shard} has no head row")))?
            .int(0)
    }

    fn append_at(&mut self, shard: i64, seq: i64, entry: Entry) -> Result<(), Error> {
        let Entry {
            account,
            actor,
            kind,
            subject,
            body,
            at_ms,
        } = entry;
        let texts = [account, actor, kind, subject].map(Value::Text);
        let [account, actor, kind, subject] = texts;
        let params = [
            shard.into(),
            seq.into(),
            at_ms.into(),
            account,
            actor,
            kind,
            subject,
            body.into(),
        ];
        self.execute(APPEND, &params)?;
        self.announce();
        Ok(())
    }
}

fn logged(row: &Row) -> Result<Logged, Error> {
    Ok(Logged {
        shard: row.int(0)?,
        seq: row.int(1)?,
        entry: Entry {
            at_ms: row.int(2)?,
            account: row.text(3)?.to_owned(),
            actor: row.text(4)?.to_owned(),
            kind: row.text(5)?.to_owned(),
            subject: row.text(6)?.to_owned(),
            body: row.blob(7)?.to_vec(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        // Test vectors of the FNV authors.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn accounts_spread_over_all_shards() {
        let mut counts = [0; SHARDS as usize];
        for account in 0..1600_u64 {
            counts[shard_of(&format!("{:012}", 100_000_000_000 + account)) as usize] += 1;
        }
        assert!(
            counts.iter().all(|count| (50..200).contains(count)),
            "{counts:?}"
        );
    }
}
