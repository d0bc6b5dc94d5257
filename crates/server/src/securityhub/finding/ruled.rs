//! What automation rules set in a finding whose provider sent something new.

use std::collections::HashMap;

use balefire_store::{Error, Kept};

use super::edit::Edit;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::automation_rule::{Rules, Version};

/// Lets the rules judge a version and keeps what they set. What they set in the version before, and do
/// not set any more, is the provider's again.
pub fn apply(
    ctx: &mut Ctx<'_, '_>,
    rules: &mut Rules,
    edits: &mut HashMap<String, Kept<Edit>>,
    version: &Version<'_>,
) -> Result<(), Failure> {
    let verdict = rules.judge(version)?;
    let by = rules.arn_of(&verdict);
    match edits.get_mut(version.uid) {
        Some(edit) => {
            let after = edit.by_rules(&verdict.fields, by, ctx.now);
            if after == edit.record {
                return Ok(());
            }
            edit.record = after;
            ctx.tx.replace(edit)?;
        }
        None if verdict.fields.is_empty() => return Ok(()),
        None => {
            let record = Edit::new(version.uid).by_rules(&verdict.fields, by, ctx.now);
            match ctx.tx.insert(&record) {
                // Another server set something at this very moment; the next try will see it.
                Err(Error::Exists { .. }) => return Err(Failure::Throttled),
                done => done?,
            }
            let kept = Kept { record, version: 1 };
            edits.insert(version.uid.to_owned(), kept);
        }
    }
    rules.note(&verdict, version.uid);
    Ok(())
}
