//! Drops outcomes kept for client tokens after a day: no client repeats a request for so long.

use balefire_api::Timestamp;
use balefire_store::{Store, Tx};

const KEPT_MS: i64 = 24 * 60 * 60 * 1000;
/// Rows that go at once, so that no write waits long behind this one.
const ROWS_PER_TURN: i64 = 1000;

pub async fn forget_client_tokens(
    store: &Store,
    now: Timestamp,
) -> Result<u64, balefire_store::Error> {
    let before = now.0 - KEPT_MS;
    let forget = move |tx: &mut Tx<'_>| {
        let rows = tx.query(
            "SELECT account, operation, token FROM client_token WHERE at_ms < $1 ORDER BY at_ms LIMIT $2",
            &[before.into(), ROWS_PER_TURN.into()],
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
        Ok::<u64, balefire_store::Error>(rows.len() as u64)
    };
    store.write("", forget).await?
}
