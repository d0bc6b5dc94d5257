//! Customers' statuses that Balefire ends: rules and the provider say what they are from then on.

use super::super::Fields;
use super::super::counted::{state, up_to_today};
use super::super::edit::{Edited, Tail};
use super::super::ruled;
use super::{Import, Version};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::trend::day_of;

/// Ends the status of a finding and says why in a comment. Rules judge the newest version again, which is not
/// new: they call for nothing.
pub fn end_status(ctx: &mut Ctx<'_, '_>, uid: &str, comment: &str) -> Result<(), Failure> {
    let mut import = Import::of(ctx, &[uid], &Tail::default())?;
    import.end_status_saying(ctx, uid, comment)?;
    let rules = import.rules.without_calls();
    Import { rules, ..import }.finish(ctx).map(drop)
}

impl Import {
    /// Ends a customer's status, where it is one that ends, before another document is taken: rules that
    /// judge the document may set another.
    pub fn end_status_if(
        &mut self,
        ctx: &mut Ctx<'_, '_>,
        uid: &str,
        ends: impl Fn(i64) -> bool,
    ) -> Result<(), Failure> {
        self.edit(ctx, uid, |import, ctx, _| {
            let edited = import.edits.get_mut(uid);
            edited.map_or(Ok(()), |edited| end_if(ctx, edited, ends))
        })
    }

    fn end_status_saying(
        &mut self,
        ctx: &mut Ctx<'_, '_>,
        uid: &str,
        comment: &str,
    ) -> Result<(), Failure> {
        self.edit(ctx, uid, |import, ctx, text| {
            let (Some(finding), Some(edited)) =
                (import.findings.get(uid), import.edits.get_mut(uid))
            else {
                return Ok(());
            };
            let set = Fields {
                comment: Some(comment.to_owned()),
                ..Fields::default()
            };
            let after = edited.current().without_status();
            edited.write(ctx, after.by_customer(&set, &ctx.caller.arn, ctx.now))?;
            let sent = import.originals.take(uid, text);
            let version = Version {
                uid,
                account: &finding.account,
                text: &sent,
                before: Some((&sent, finding.updated_ms)),
            };
            ruled::apply(ctx, &mut import.rules, &mut import.edits, &version)?;
            // For the columns, which read the row of the edit with the document.
            import.updated.insert(uid.to_owned());
            Ok(())
        })
    }

    /// Changes what is set in a finding, and counts it. Where nothing is set there is nothing to change.
    fn edit(
        &mut self,
        ctx: &mut Ctx<'_, '_>,
        uid: &str,
        change: impl FnOnce(&mut Import, &mut Ctx<'_, '_>, &str) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let (Some(finding), Some(edited)) = (self.findings.get(uid), self.edits.get_mut(uid))
        else {
            return Ok(());
        };
        let packed = &finding.packed;
        let text = self
            .unpacker
            .unpack(ctx.tx, &packed.bytes, packed.dictionary)?;
        let account = finding.account.clone();
        let was = up_to_today(ctx, &account, &text, Some(edited), &mut self.trend)?;
        change(self, ctx, &text)?;
        let counted = self.edits.get(uid).and_then(Edited::counted);
        let is = state(&account, &text, counted)?;
        self.trend.take(day_of(ctx.now.0), Some(&was), &is);
        Ok(())
    }
}

/// A customer's status ends where it is one that ends here: nobody chose another.
pub fn end_if(
    ctx: &mut Ctx<'_, '_>,
    edited: &mut Edited,
    ends: impl Fn(i64) -> bool,
) -> Result<(), Failure> {
    if !edited.current().customers_status().is_some_and(ends) {
        return Ok(());
    }
    let after = edited.current().without_status();
    edited.write(ctx, after)
}
