//! KEV rows: the catalogue's own form on the way in, columns in the store.

use balefire_api::Document;
use balefire_store::{Row, Tx, Value};

use super::put_feed_part::{check_text, read_rows};
use super::statement::insert_all;
use crate::failure::Failure;
use crate::intelligence::kev::{self, KevEntry};

/// What `entry_of` reads, in its order.
pub(super) const COLUMNS: &str = "cve, vendor, product, name, description, date_added, date_due, action, \
                                  ransomware, cwes, notes";
const HEAD: &str = "INSERT INTO kev_entry (generation, cve, vendor, product, name, description, date_added, \
                    date_due, action, ransomware, cwes, notes)";
/// A row that is put again with the same content is not touched, and so not counted as a change.
const TAIL: &str = "ON CONFLICT (generation, cve) DO UPDATE SET vendor = excluded.vendor, \
                    product = excluded.product, name = excluded.name, description = excluded.description, \
                    date_added = excluded.date_added, date_due = excluded.date_due, \
                    action = excluded.action, ransomware = excluded.ransomware, cwes = excluded.cwes, \
                    notes = excluded.notes \
                    WHERE kev_entry.vendor <> excluded.vendor OR kev_entry.product <> excluded.product \
                    OR kev_entry.name <> excluded.name OR kev_entry.description <> excluded.description \
                    OR kev_entry.date_added <> excluded.date_added \
                    OR kev_entry.date_due <> excluded.date_due \
                    OR kev_entry.action <> excluded.action OR kev_entry.ransomware <> excluded.ransomware \
                    OR kev_entry.cwes <> excluded.cwes OR kev_entry.notes <> excluded.notes";

/// Keeps rows; returns how many were new or different.
pub(super) fn put(tx: &mut Tx<'_>, generation: i64, rows: &[Document]) -> Result<u64, Failure> {
    let entries = read_rows(rows, entry, |entry| &entry.cve)?;
    let rows: Vec<_> = entries
        .iter()
        .map(|entry| values(generation, entry))
        .collect();
    Ok(insert_all(tx, HEAD, TAIL, &rows)?)
}

/// Reads a row as the catalogue of one row that it would be.
fn entry(row: &Document) -> Result<KevEntry, String> {
    let catalogue = format!(
        r#"{{"catalogVersion": "1970.01.01", "vulnerabilities": [{}]}}"#,
        row.text()
    );
    let mut catalogue = kev::read(catalogue.as_bytes()).map_err(|error| error.to_string())?;
    if let Some(rejected) = catalogue.rejected.pop() {
        return Err(rejected.id.map_or(rejected.reason.clone(), |id| {
            format!("{id}: {}", rejected.reason)
        }));
    }
    let entry = catalogue.entries.pop().ok_or("it is empty")?;
    let texts = [
        ("cveID", &entry.cve, 64),
        ("vendorProject", &entry.vendor, 4096),
        ("product", &entry.product, 4096),
        ("vulnerabilityName", &entry.name, 4096),
        ("shortDescription", &entry.description, 65_536),
        ("requiredAction", &entry.action, 65_536),
        ("notes", &entry.notes, 65_536),
    ];
    for (name, text, chars_max) in texts {
        check_text(name, text, chars_max).map_err(|reason| format!("{}: {reason}", entry.cve))?;
    }
    Ok(entry)
}

fn values(generation: i64, entry: &KevEntry) -> Vec<Value> {
    let cwes = serde_json::Value::from(entry.cwes.clone()).to_string();
    vec![
        generation.into(),
        (&entry.cve).into(),
        (&entry.vendor).into(),
        (&entry.product).into(),
        (&entry.name).into(),
        (&entry.description).into(),
        entry.date_added.to_string().into(),
        entry.date_due.to_string().into(),
        (&entry.action).into(),
        entry.ransomware.into(),
        cwes.into(),
        (&entry.notes).into(),
    ]
}

/// Reads a row of `COLUMNS`.
pub(super) fn entry_of(row: &Row) -> Result<KevEntry, Failure> {
    let date = |column: usize| {
        let text = row.text(column)?;
        text.parse()
            .map_err(|_| Failure::Internal(format!("a stored KEV date is {text:?}")))
    };
    let text = |column: usize| row.text(column).map(str::to_owned);
    Ok(KevEntry {
        cve: text(0)?,
        vendor: text(1)?,
        product: text(2)?,
        name: text(3)?,
        description: text(4)?,
        date_added: date(5)?,
        date_due: date(6)?,
        action: text(7)?,
        ransomware: row.flag(8)?,
        cwes: serde_json::from_str(row.text(9)?)?,
        notes: text(10)?,
    })
}
