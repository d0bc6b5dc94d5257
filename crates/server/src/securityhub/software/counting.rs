//! The count of findings that came before there was an inventory: part by part, in the order of uids.
//!
//! Invariant: until it is done, findings up to the uid of `software_count` are in the inventory and no
//! others. Whoever changes what is in it holds that row.

use balefire_store::Tx;

use super::changes::Changes;
use super::named::named;
use crate::context::{Ctx, Visible};
use crate::failure::Failure;
use crate::securityhub::finding::{Passing, Tail, Unpacker, account_of, scan_on};

/// The job that counts a part. A migration leaves the first.
pub const COUNT_SOFTWARE: &str = "software.count";
/// Some of the findings that one job counts are read together; it reads so many times.
const READS: usize = 4;

/// Whether findings are still to be counted.
pub fn is_going_on(tx: &mut Tx<'_>) -> Result<bool, Failure> {
    Ok(!tx.query("SELECT id FROM software_count", &[])?.is_empty())
}

/// Keeps the count from going on before this transaction has ended. Gives the uid that it has come to;
/// nothing, when it is done.
pub fn hold(tx: &mut Tx<'_>) -> Result<Option<String>, Failure> {
    let held = tx.execute("UPDATE software_count SET counted_to = counted_to", &[])?;
    if held == 0 {
        return Ok(None);
    }
    let rows = tx.query("SELECT counted_to FROM software_count", &[])?;
    let to = rows.first().map(|row| row.text(0).map(str::to_owned));
    Ok(to.transpose()?)
}

/// Counts the next findings. Whether there may be more.
pub fn count_on(ctx: &mut Ctx<'_, '_>) -> Result<bool, Failure> {
    let Some(mut to) = hold(ctx.tx)? else {
        return Ok(false);
    };
    let mut unpacker = Unpacker::default();
    let mut changes = Changes::default();
    for _ in 0..READS {
        let mut take = |finding: Passing<'_>| {
            let account = account_of(finding.uid).unwrap_or_default();
            let named = named(account, &finding.text)?;
            changes.take(finding.uid, account, None, &named)
        };
        let next = scan_on(
            ctx.tx,
            Visible::Organization,
            &Tail::default(),
            &to,
            &mut unpacker,
            &mut take,
        )?;
        let Some(next) = next else {
            changes.write(ctx.tx)?;
            ctx.tx.execute("DELETE FROM software_count", &[])?;
            return Ok(false);
        };
        to = next;
    }
    changes.write(ctx.tx)?;
    let sql = "UPDATE software_count SET counted_to = $1";
    ctx.tx.execute(sql, &[to.into()])?;
    Ok(true)
}
