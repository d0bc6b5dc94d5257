//! Tags of any resource, the same for every service.

use std::collections::BTreeMap;

use balefire_store::{Tx, Value};

use crate::context::Ctx;
use crate::failure::Failure;

/// Tags a resource may have.
pub const TAGS_MAX: usize = 50;

/// Adds tags to a resource of the caller's that is known to exist, or overwrites their values. Where it
/// would have too many, `too_many` words the refusal, by how many it would have.
pub fn tag(
    ctx: &mut Ctx<'_, '_>,
    resource: &str,
    new: &BTreeMap<String, String>,
    too_many: impl FnOnce(usize) -> Failure,
) -> Result<(), Failure> {
    let account = ctx.caller.account.as_str();
    let before = of(ctx.tx, account, resource)?;
    let mut after = before.clone();
    after.extend(new.clone());
    if after.len() > TAGS_MAX {
        return Err(too_many(after.len()));
    }
    if after == before {
        return Ok(());
    }
    put(ctx.tx, account, resource, new)?;
    ctx.changed("resource.tagged", resource, new)
}

/// Takes tags off a resource of the caller's that is known to exist. Keys that are not there are ignored.
pub fn untag(ctx: &mut Ctx<'_, '_>, resource: &str, keys: &[String]) -> Result<(), Failure> {
    if remove(ctx.tx, &ctx.caller.account, resource, keys)? == 0 {
        return Ok(());
    }
    ctx.changed("resource.untagged", resource, &keys)
}

/// Adds or overwrites tags.
pub fn put(
    tx: &mut Tx<'_>,
    account: &str,
    resource: &str,
    tags: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    for (key, value) in tags {
        tx.execute(
            "INSERT INTO tag (account, resource, tag_key, tag_value, version) VALUES ($1, $2, $3, $4, 1) \
             ON CONFLICT (account, resource, tag_key) DO UPDATE SET tag_value = excluded.tag_value, \
             version = tag.version + 1",
            &[account.into(), resource.into(), key.into(), value.into()],
        )?;
    }
    Ok(())
}

/// All tags of a resource.
pub fn of(
    tx: &mut Tx<'_>,
    account: &str,
    resource: &str,
) -> Result<BTreeMap<String, String>, Failure> {
    let rows = tx.query(
        "SELECT tag_key, tag_value FROM tag WHERE account = $1 AND resource = $2",
        &[account.into(), resource.into()],
    )?;
    rows.iter()
        .map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())))
        .collect()
}

/// Removes tags by key. Returns how many went.
fn remove(tx: &mut Tx<'_>, account: &str, resource: &str, keys: &[String]) -> Result<u64, Failure> {
    let mut removed = 0;
    for key in keys {
        let params: [Value; 3] = [account.into(), resource.into(), key.into()];
        removed += tx.execute(
            "DELETE FROM tag WHERE account = $1 AND resource = $2 AND tag_key = $3",
            &params,
        )?;
    }
    Ok(removed)
}

/// Removes every tag of a resource that goes.
pub fn clear(tx: &mut Tx<'_>, account: &str, resource: &str) -> Result<(), Failure> {
    tx.execute(
        "DELETE FROM tag WHERE account = $1 AND resource = $2",
        &[account.into(), resource.into()],
    )?;
    Ok(())
}
