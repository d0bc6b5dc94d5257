//! Statements over lists of values, with few distinct texts so that engines keep them prepared.

use std::fmt::Write as _;

use balefire_store::{Error, Row, Tx, Value};

/// Rows of one insert, and values of one list.
const BATCH: usize = 100;

/// `($1, $2), ($3, $4)…`: `rows` tuples of `columns` parameters.
fn tuples(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { ", " };
            let _ = write!(text, "{comma}${}", row * columns + column + 1);
        }
        text.push(')');
    }
    text
}

/// Runs `head VALUES (…), (…) tail` for all rows and returns how many rows it touched.
///
/// Invariant: all rows have the same number of values, and no two have the same key.
pub(super) fn insert_all(
    tx: &mut Tx<'_>,
    head: &str,
    tail: &str,
    rows: &[Vec<Value>],
) -> Result<u64, Error> {
    let mut touched = 0;
    for batch in rows.chunks(BATCH) {
        // Full batches share one text; a rest goes row by row, and so shares another.
        let step = if batch.len() == BATCH { BATCH } else { 1 };
        for rows in batch.chunks(step) {
            let sql = format!("{head} VALUES {} {tail}", tuples(rows.len(), rows[0].len()));
            touched += tx.execute(&sql, &rows.concat())?;
        }
    }
    Ok(touched)
}

/// Runs `head (…) tail` once for each part of `list`, with `first` as the parameters before it.
pub(super) fn query_list(
    tx: &mut Tx<'_>,
    head: &str,
    tail: &str,
    first: &[Value],
    list: &[&str],
) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    for batch in list.chunks(BATCH) {
        // A value that is listed twice changes nothing, so lists are filled up to a few lengths.
        let length = batch.len().next_power_of_two();
        let last = batch[batch.len() - 1];
        let filled = batch
            .iter()
            .copied()
            .chain(std::iter::repeat(last))
            .take(length);
        let params: Vec<Value> = first
            .iter()
            .cloned()
            .chain(filled.map(Value::from))
            .collect();
        let marks: Vec<String> = (first.len() + 1..=params.len())
            .map(|number| format!("${number}"))
            .collect();
        let sql = format!("{head} ({}) {tail}", marks.join(", "));
        rows.extend(tx.query(&sql, &params)?);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tuples_number_their_parameters_in_order() {
        assert_eq!(tuples(1, 3), "($1, $2, $3)");
        assert_eq!(tuples(3, 2), "($1, $2), ($3, $4), ($5, $6)");
    }
}
