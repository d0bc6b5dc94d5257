//! Drops outcomes kept for client tokens after a day: no client repeats a request for so long.

use balefire_api::Timestamp;
use balefire_store::{Error, Store, Tx};

use crate::pipeline::idempotency::KEPT_MS;

/// Rows that go at once, so that no write waits long behind this one.
const ROWS_AT_ONCE: u64 = 1000;

/// Forgets all that are old: a busy day leaves many.
pub async fn forget_client_tokens(store: &Store, now: Timestamp) -> Result<(), Error> {
    let before_ms = now.0 - KEPT_MS;
    let forget = move |tx: &mut Tx<'_>| forget_some(tx, before_ms);
    while store.write("", forget).await?? == ROWS_AT_ONCE {}
    Ok(())
}

fn forget_some(tx: &mut Tx<'_>, before_ms: i64) -> Result<u64, Error> {
    let limit = ROWS_AT_ONCE as i64;
    let rows = tx.query(
        "SELECT account, operation, token FROM client_token WHERE at_ms < $1 ORDER BY at_ms LIMIT $2",
        &[before_ms.into(), limit.into()],
    )?;
    for row in &rows {
        tx.execute(
            "DELETE FROM client_token WHERE account = $1 AND operation = $2 AND token = $3",
            &[
                row.text(0)?.into(),
                row.text(1)?.into(),
                row.text(2)?.into(),
            ],
        )?;
    }
    Ok(rows.len() as u64)
}
