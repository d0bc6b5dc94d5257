//! What automation rules set in a finding whose provider sent something new.

use std::collections::HashMap;

use super::edit::Edited;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::automation_rule::{Rules, Version};

/// Lets the rules judge a version and keeps what they set. What they set in the version before, and do
/// not set any more, is the provider's again.
pub fn apply(
    ctx: &mut Ctx<'_, '_>,
    rules: &mut Rules,
    edits: &mut HashMap<String, Edited>,
    version: &Version<'_>,
) -> Result<(), Failure> {
    let verdict = rules.judge(version)?;
    if verdict.fields.is_empty() && !edits.contains_key(version.uid) {
        return Ok(());
    }
    let edited = edits
        .entry(version.uid.to_owned())
        .or_insert_with(|| Edited::new(version.uid));
    let by = rules.arn_of(&verdict);
    let after = edited.current().by_rules(&verdict.fields, by, ctx.now);
    if after == *edited.current() {
        return Ok(());
    }
    edited.write(ctx, after)?;
    rules.note(&verdict, version.uid);
    Ok(())
}
