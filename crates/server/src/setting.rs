//! Values that a store keeps about itself: secrets, what an operator has set, and names that are noted.

use balefire_store::{Store, Tx};

use crate::access::random_32;
use crate::failure::Failure;

/// The secret of this name, made and kept where there is none yet.
pub fn secret(store: &Store, name: &'static str) -> anyhow::Result<[u8; 32]> {
    let fresh = random_32()?;
    let kept = store.write_blocking("", move |tx| secret_in(tx, name, fresh))?;
    kept.map_err(|failure| anyhow::anyhow!("{failure:?}"))
}

fn secret_in(tx: &mut Tx<'_>, name: &str, fresh: [u8; 32]) -> Result<[u8; 32], Failure> {
    tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[name.into(), fresh.to_vec().into()],
    )?;
    let rows = tx.query("SELECT value FROM setting WHERE name = $1", &[name.into()])?;
    let value = rows.first().map(|row| row.blob(0)).transpose()?;
    value
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| Failure::Internal(format!("the setting {name} does not hold 32 bytes")))
}

/// Notes a name that needs no value, and whether it was not noted before.
pub fn note(tx: &mut Tx<'_>, name: &str) -> Result<bool, Failure> {
    let nothing = Vec::new();
    let noted = tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[name.into(), nothing.into()],
    )?;
    Ok(noted > 0)
}

/// Whether a name is noted.
pub fn is_noted(tx: &mut Tx<'_>, name: &str) -> Result<bool, Failure> {
    let rows = tx.query("SELECT name FROM setting WHERE name = $1", &[name.into()])?;
    Ok(!rows.is_empty())
}

/// Drops the names from one up to another, which stays.
pub fn drop_names(tx: &mut Tx<'_>, from: &str, to: &str) -> Result<(), Failure> {
    let bounds = [from.into(), to.into()];
    tx.execute(
        "DELETE FROM setting WHERE name >= $1 AND name < $2",
        &bounds,
    )?;
    Ok(())
}

/// The number of this name, 0 where none was set.
pub fn number(tx: &mut Tx<'_>, name: &str) -> Result<i64, Failure> {
    let rows = tx.query("SELECT value FROM setting WHERE name = $1", &[name.into()])?;
    let Some(row) = rows.first() else {
        return Ok(0);
    };
    let text = str::from_utf8(row.blob(0)?).ok();
    text.and_then(|text| text.parse().ok())
        .ok_or_else(|| Failure::Internal(format!("the setting {name} does not hold a number")))
}

/// Keeps a number under a name.
pub fn set_number(tx: &mut Tx<'_>, name: &str, number: i64) -> Result<(), Failure> {
    tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[name.into(), number.to_string().into_bytes().into()],
    )?;
    Ok(())
}
