//! Counters by day: what changes is added to its day, and what was there is the sum of all days up to one.

use std::collections::BTreeMap;

use balefire_store::{Row, Tx, Value};
use sha2::{Digest, Sha256};

use crate::context::Visible;
use crate::failure::Failure;
use crate::hex;
use crate::securityhub::finding::Filters;

/// Rows that are in memory at once.
const CHUNK: i64 = 1000;

/// A table of counters, by account, day and the fields that trends are asked by.
#[derive(Clone, Copy, Debug)]
pub struct Days<const N: usize> {
    pub table: &'static str,
    pub counters: [&'static str; N],
}

/// The changes of a request.
///
/// Invariant: in order, so that two transactions never wait for each other's rows in a circle.
#[derive(Debug)]
pub struct Added<const N: usize> {
    /// By account, and by the fields as JSON.
    rows: BTreeMap<(String, String), [i64; N]>,
}

impl<const N: usize> Default for Added<N> {
    fn default() -> Added<N> {
        Added {
            rows: BTreeMap::new(),
        }
    }
}

impl<const N: usize> Added<N> {
    /// Adds to one counter.
    pub fn add(&mut self, account: String, fields: String, counter: usize, count: i64) {
        let counts = self.rows.entry((account, fields)).or_insert([0; N]);
        counts[counter] += count;
    }

    /// Adds to all counters of fields that were not added to before.
    pub fn add_all(&mut self, account: String, fields: String, counts: [i64; N]) {
        self.rows.insert((account, fields), counts);
    }
}

impl<const N: usize> Days<N> {
    /// Adds changes to those of a day.
    pub fn record(&self, tx: &mut Tx<'_>, day: i64, added: Added<N>) -> Result<(), Failure> {
        let sql = self.add_sql();
        for ((account, fields), counts) in added.rows {
            if counts == [0; N] {
                continue;
            }
            let mut params: Vec<Value> = vec![
                account.into(),
                day.into(),
                dimension(&fields).into(),
                fields.into(),
            ];
            params.extend(counts.map(Value::from));
            tx.execute(&sql, &params)?;
        }
        Ok(())
    }

    fn add_sql(&self) -> String {
        let table = self.table;
        let sums = self
            .counters
            .map(|name| format!("{name} = {table}.{name} + excluded.{name}"));
        let marks: Vec<String> = (1..=4 + N).map(|place| format!("${place}")).collect();
        format!(
            "INSERT INTO {table} (account, day, dimension, fields, {}) VALUES ({}) \
             ON CONFLICT (account, day, dimension) DO UPDATE SET {}",
            self.counters.join(", "),
            marks.join(", "),
            sums.join(", ")
        )
    }

    /// The changes of all days up to one, by day: of what may be seen and filters match. Without filters the
    /// engine adds them up.
    pub fn until(
        &self,
        tx: &mut Tx<'_>,
        visible: Visible<'_>,
        filters: Option<&Filters>,
        last_day: i64,
    ) -> Result<BTreeMap<i64, [i64; N]>, Failure> {
        let (first, end) = match visible {
            Visible::Organization => ("", ":"),
            Visible::Account(account) => (account, account),
        };
        let Some(filters) = filters else {
            return self.sums_until(tx, (first, end), last_day);
        };
        let mut days = BTreeMap::new();
        self.each(tx, (first, end), last_day, |row| {
            let fields: serde_json::Value = serde_json::from_str(row.text(3)?)?;
            if visible.includes(row.text(0)?) && filters.matches(&fields) {
                add(&mut days, row.int(1)?, row, 4)?;
            }
            Ok(())
        })?;
        Ok(days)
    }

    /// The changes of all days of an account, by the fields as JSON.
    pub fn sums(
        &self,
        tx: &mut Tx<'_>,
        account: &str,
    ) -> Result<BTreeMap<String, [i64; N]>, Failure> {
        let mut sums = BTreeMap::new();
        self.each(tx, (account, account), i64::MAX, |row| {
            add(&mut sums, row.text(3)?.to_owned(), row, 4)
        })?;
        Ok(sums)
    }

    /// Shows the rows of some accounts up to a day: account, day, dimension, fields and counters.
    fn each(
        &self,
        tx: &mut Tx<'_>,
        (first, end): (&str, &str),
        last_day: i64,
        mut show: impl FnMut(&Row) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let sql = format!(
            "SELECT account, day, dimension, fields, {} FROM {} \
             WHERE (account, day, dimension) > ($1, $2, $3) AND account <= $4 AND day <= $5 \
             ORDER BY account, day, dimension LIMIT $6",
            self.counters.join(", "),
            self.table
        );
        let mut after = [Value::from(first), Value::from(i64::MIN), Value::from("")];
        loop {
            let mut params = Vec::from(after);
            params.extend([end.into(), last_day.into(), CHUNK.into()]);
            let rows = tx.query(&sql, &params)?;
            rows.iter().try_for_each(&mut show)?;
            match rows.last() {
                Some(last) if rows.len() as i64 == CHUNK => {
                    after = [
                        last.text(0)?.into(),
                        last.int(1)?.into(),
                        last.text(2)?.into(),
                    ];
                }
                _ => return Ok(()),
            }
        }
    }

    fn sums_until(
        &self,
        tx: &mut Tx<'_>,
        (first, end): (&str, &str),
        last_day: i64,
    ) -> Result<BTreeMap<i64, [i64; N]>, Failure> {
        let sums = self
            .counters
            .map(|name| format!("CAST(SUM({name}) AS BIGINT)"));
        let sql = format!(
            "SELECT day, {} FROM {} WHERE account >= $1 AND account <= $2 AND day <= $3 GROUP BY day",
            sums.join(", "),
            self.table
        );
        let mut days = BTreeMap::new();
        for row in tx.query(&sql, &[first.into(), end.into(), last_day.into()])? {
            add(&mut days, row.int(0)?, &row, 1)?;
        }
        Ok(days)
    }
}

/// Adds the counters of a row, from a place on, to those of a day or of fields.
fn add<K: Ord, const N: usize>(
    sums: &mut BTreeMap<K, [i64; N]>,
    key: K,
    row: &Row,
    first: usize,
) -> Result<(), Failure> {
    let counts = sums.entry(key).or_insert([0; N]);
    for (place, count) in counts.iter_mut().enumerate() {
        *count += row.int(first + place)?;
    }
    Ok(())
}

/// Half of a SHA-256 in hexadecimal digits.
fn dimension(fields: &str) -> String {
    hex::digits(&Sha256::digest(fields)[..16])
}
