//! Some edits of a window: made ready in a read, so that the write holds up no other for long.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use balefire_store::{Kept, Record as _, Tx};

use super::Window;
use crate::failure::Failure;
use crate::securityhub::finding::counted;
use crate::securityhub::finding::edit::{CURSOR, Edit, Op};
use crate::securityhub::finding::packing::Unpacker;
use crate::securityhub::finding::{Finding, insert_new, records_of, rows_of};
use crate::securityhub::trend::{Changes, State};

/// What some edits of a window make of rows, as long as what it was made from is as it was.
pub struct Part {
    window: Arc<Window>,
    range: Range<usize>,
    rows: Vec<(Option<Kept<Edit>>, Edit)>,
    trend: Changes,
    /// The versions of the findings whose documents were read.
    findings: Versions,
}

type Versions = HashMap<String, i64>;

impl Part {
    /// Reads what the edits from a place on are laid over.
    pub fn read(
        tx: &mut Tx<'_>,
        window: &Arc<Window>,
        from: usize,
        count: usize,
    ) -> Result<Part, Failure> {
        let range = from..window.edits.len().min(from + count);
        let edits = &window.edits[range.clone()];
        let uids: Vec<&str> = edits.iter().map(|(uid, _)| uid.as_str()).collect();
        let mut rows: HashMap<String, Kept<Edit>> = records_of(tx, &uids)?;
        let counted = edits
            .iter()
            .filter(|(_, ops)| ops.iter().any(|op| is_counted(op)));
        let counted: Vec<&str> = counted.map(|(uid, _)| uid.as_str()).collect();
        let (states, findings) = states_of(tx, &counted)?;
        let mut part = Part {
            window: Arc::clone(window),
            range,
            rows: Vec::with_capacity(edits.len()),
            trend: Changes::default(),
            findings,
        };
        for (uid, ops) in edits {
            part.lay(rows.remove(uid), uid, ops, states.get(uid));
        }
        Ok(part)
    }

    /// Puts the edits into rows; behind the last of the window the cursor moves.
    ///
    /// Invariant: a row says which entry is its newest, and trends hear of a row's change in its own
    /// transaction, so a window that is folded again, by whomever, changes nothing.
    pub fn write(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if self.is_current(tx)? {
            return self.write_rows(tx);
        }
        let again = Part::read(tx, &self.window, self.range.start, self.range.len())?;
        again.write_rows(tx)
    }

    /// Whether it is the last part of its window.
    pub fn is_last(&self) -> bool {
        self.range.end == self.window.edits.len()
    }

    /// Lays entries over a row.
    fn lay(
        &mut self,
        row: Option<Kept<Edit>>,
        uid: &str,
        ops: &[Arc<Op>],
        provided: Option<&State>,
    ) {
        let known = row.as_ref().map(|row| &row.record);
        let mut edit = known.cloned().unwrap_or_else(|| Edit::new(uid));
        let before = edit.position;
        counted::lay(&mut edit, ops, provided, &mut self.trend);
        if edit.position > before {
            self.rows.push((row, edit));
        }
    }

    /// Whether all that the rows were made from is still so.
    fn is_current(&self, tx: &mut Tx<'_>) -> Result<bool, Failure> {
        let uids: Vec<&str> = self.rows.iter().map(|(_, edit)| &*edit.uid).collect();
        let known = |(row, edit): &(Option<Kept<Edit>>, Edit)| {
            let version = row.as_ref()?.version;
            Some((edit.uid.clone(), version))
        };
        let versions: Versions = self.rows.iter().filter_map(known).collect();
        if versions_of(tx, Edit::TABLE.name, &uids)? != versions {
            return Ok(false);
        }
        let uids: Vec<&str> = self.findings.keys().map(String::as_str).collect();
        Ok(versions_of(tx, Finding::TABLE.name, &uids)? == self.findings)
    }

    fn write_rows(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        for (row, edit) in &self.rows {
            write(tx, row.as_ref(), edit)?;
        }
        self.trend.record(tx)?;
        if self.is_last() {
            tx.advance_cursor(CURSOR, self.window.shard as i64, self.window.to)?;
        }
        Ok(())
    }
}

/// Whether trends may count something else after it.
fn is_counted(op: &Op) -> bool {
    op.set.severity_id.is_some() || op.set.status_id.is_some()
}

/// What trends count of the providers' documents, and the versions of these.
fn states_of(
    tx: &mut Tx<'_>,
    uids: &[&str],
) -> Result<(HashMap<String, State>, Versions), Failure> {
    let findings: HashMap<String, Kept<Finding>> = records_of(tx, uids)?;
    let mut unpacker = Unpacker::default();
    let mut states = HashMap::with_capacity(findings.len());
    let mut versions = HashMap::with_capacity(findings.len());
    for (uid, finding) in findings {
        let packed = &finding.packed;
        let text = unpacker.unpack(tx, &packed.bytes, packed.dictionary)?;
        states.insert(uid.clone(), State::of(&finding.account, &text)?);
        versions.insert(uid, finding.version);
    }
    Ok((states, versions))
}

fn versions_of(tx: &mut Tx<'_>, table: &str, uids: &[&str]) -> Result<Versions, Failure> {
    let rows = rows_of(tx, "uid, version", table, uids)?;
    let version = |row: &balefire_store::Row| Ok((row.text(0)?.to_owned(), row.int(1)?));
    rows.iter().map(version).collect()
}

fn write(tx: &mut Tx<'_>, row: Option<&Kept<Edit>>, edit: &Edit) -> Result<(), Failure> {
    let Some(row) = row else {
        return insert_new(tx, edit);
    };
    let mut row = Kept {
        record: edit.clone(),
        version: row.version,
    };
    Ok(tx.replace(&mut row)?)
}
