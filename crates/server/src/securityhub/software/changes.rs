//! What a request changes of the inventory: collected while it runs, and written once at its end.

use std::collections::BTreeMap;

use balefire_store::{Tx, Value};

use super::installed::Installed;
use super::named::{Installations, named};
use super::{counting, rows};
use crate::context::Ctx;
use crate::failure::Failure;

/// What versions of findings name and no longer name.
#[derive(Debug, Default)]
pub struct Changes {
    documents: Vec<Document>,
}

/// A version of a finding over the one before.
#[derive(Debug)]
struct Document {
    uid: String,
    dropped: Installations,
    named: Installations,
}

/// What becomes of a row.
#[derive(Default)]
struct Move<'d> {
    /// How many more findings name it.
    count: i64,
    dropped: Option<&'d Installed>,
    /// As the newest document describes it.
    named: Option<&'d Installed>,
}

impl Changes {
    /// A finding comes, or a new version of it. What customers set makes no difference here.
    pub fn take(
        &mut self,
        uid: &str,
        account: &str,
        before: Option<&str>,
        after: &Installations,
    ) -> Result<(), Failure> {
        let dropped = before.map_or(Ok(Installations::new()), |text| named(account, text))?;
        if dropped != *after {
            self.documents.push(Document {
                uid: uid.to_owned(),
                dropped,
                named: after.clone(),
            });
        }
        Ok(())
    }

    /// Adds the changes to the inventory. Findings that the count of old ones has not come to are left to
    /// it.
    pub fn record(self, ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
        if self.documents.is_empty() {
            return Ok(());
        }
        match counting::hold(ctx.tx)? {
            None => self.write(ctx.tx),
            Some(counted_to) => {
                let documents = self.documents.into_iter();
                let counted = documents.filter(|document| document.uid <= counted_to);
                let documents = counted.collect();
                Changes { documents }.write(ctx.tx)
            }
        }
    }

    /// Writes all changes, whatever has been counted.
    ///
    /// Invariant: in order of the rows, so that two transactions never wait for each other in a circle.
    pub(super) fn write(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let mut moves: BTreeMap<(&str, &str), Move<'_>> = BTreeMap::new();
        for Document { dropped, named, .. } in &self.documents {
            for (id, installed) in dropped {
                let one = moves.entry(key(id, installed)).or_default();
                one.count -= 1;
                one.dropped = Some(installed);
            }
            for (id, installed) in named {
                let one = moves.entry(key(id, installed)).or_default();
                one.count += 1;
                one.named = Some(installed);
            }
        }
        let mut named: Vec<Vec<Value>> = Vec::new();
        for ((account, id), one) in moves {
            match one.named {
                // A version that says the same as the one before.
                _ if one.count == 0 && one.named == one.dropped => {}
                // As many dropped it as name it, which may be none: then there is no row, and shall be none.
                Some(installed) if one.count == 0 => {
                    rows::add(tx, &std::mem::take(&mut named))?;
                    rows::add(tx, &[rows::values(id, installed, 0)])?;
                    rows::subtract(tx, account, id, 0)?;
                }
                Some(installed) if one.count > 0 => {
                    named.push(rows::values(id, installed, one.count));
                }
                _ => {
                    rows::add(tx, &std::mem::take(&mut named))?;
                    rows::subtract(tx, account, id, -one.count)?;
                }
            }
        }
        rows::add(tx, &named)
    }
}

fn key<'d>(id: &'d str, installed: &'d Installed) -> (&'d str, &'d str) {
    (&installed.resource.account, id)
}
