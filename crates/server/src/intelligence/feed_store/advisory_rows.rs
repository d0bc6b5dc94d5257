//! OSV rows: whole advisories, each found by its packages and by its ids.

use balefire_api::Document;
use balefire_store::{Row, Tx, Value};
use zstd::bulk::{Compressor, Decompressor};

use super::put_feed_part::{check_text, read_rows};
use super::statement::insert_all;
use crate::failure::Failure;
use crate::intelligence::osv::Advisory;
use crate::intelligence::package::PackageKey;

const LEVEL: i32 = 3;
const GET: &str = "SELECT modified_ms, document_bytes, document FROM advisory WHERE id = $1";
const PUT: &str = "INSERT INTO advisory (id, generation, modified_ms, withdrawn, document_bytes, document) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET \
                   generation = excluded.generation, modified_ms = excluded.modified_ms, \
                   withdrawn = excluded.withdrawn, document_bytes = excluded.document_bytes, \
                   document = excluded.document";
const MARK: &str = "UPDATE advisory SET generation = $1 WHERE id = $2";

/// Keeps advisories; returns how many were new or different.
///
/// An advisory that is older than the one kept changes nothing, so that loading an old copy of a
/// database does not undo what is known.
pub(super) fn put(tx: &mut Tx<'_>, generation: i64, rows: &[Document]) -> Result<u64, Failure> {
    let advisories = read_rows(rows, advisory, |advisory| &advisory.id)?;
    let mut compressor = Compressor::new(LEVEL).map_err(zstd_failure)?;
    let mut changed = 0;
    for advisory in &advisories {
        let text = serde_json::to_vec(advisory)?;
        let document = compressor.compress(&text).map_err(zstd_failure)?;
        let modified_ms = advisory.modified.map_or(0, |at| at.0);
        let known = tx.query(GET, &[(&advisory.id).into()])?;
        if let Some(known) = known.first()
            && (known.int(0)? > modified_ms && modified_ms > 0 || known.blob(2)? == document)
        {
            tx.execute(MARK, &[generation.into(), (&advisory.id).into()])?;
            continue;
        }
        let bytes = i64::try_from(text.len()).unwrap_or(i64::MAX);
        let values = [
            (&advisory.id).into(),
            generation.into(),
            modified_ms.into(),
            advisory.withdrawn.is_some().into(),
            bytes.into(),
            document.into(),
        ];
        tx.execute(PUT, &values)?;
        index(tx, advisory)?;
        changed += 1;
    }
    Ok(changed)
}

fn advisory(row: &Document) -> Result<Advisory, String> {
    let advisory: Advisory = serde_json::from_str(row.text()).map_err(|error| error.to_string())?;
    check_advisory(&advisory)?;
    Ok(advisory)
}

/// Whether an advisory can be kept, and if not, why. Whoever sends many asks first: they hold at once.
pub fn check_advisory(advisory: &Advisory) -> Result<(), String> {
    let about = |reason: String| format!("{}: {reason}", advisory.id);
    // A vulnerability's id is at most this long in findings.
    check_text("id", &advisory.id, 128)?;
    for alias in &advisory.aliases {
        check_text("an alias", alias, 128).map_err(about)?;
    }
    for key in PackageKey::of_advisory(advisory) {
        check_text("a package's name", &key.name, 1024).map_err(about)?;
    }
    Ok(())
}

/// Makes the advisory found by what it names now, and by nothing else.
fn index(tx: &mut Tx<'_>, advisory: &Advisory) -> Result<(), Failure> {
    let id = Value::from(&advisory.id);
    tx.execute(
        "DELETE FROM advisory_package WHERE advisory = $1",
        std::slice::from_ref(&id),
    )?;
    tx.execute(
        "DELETE FROM advisory_alias WHERE advisory = $1",
        std::slice::from_ref(&id),
    )?;
    if advisory.withdrawn.is_some() {
        return Ok(());
    }
    let packages: Vec<Vec<Value>> = PackageKey::of_advisory(advisory)
        .into_iter()
        .map(|key| vec![key.ecosystem.as_osv().into(), key.name.into(), id.clone()])
        .collect();
    let mut ids: Vec<&String> = std::iter::once(&advisory.id)
        .chain(&advisory.aliases)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let aliases: Vec<Vec<Value>> = ids
        .into_iter()
        .map(|alias| vec![alias.into(), id.clone()])
        .collect();
    insert_all(
        tx,
        "INSERT INTO advisory_package (ecosystem, name, advisory)",
        "",
        &packages,
    )?;
    insert_all(
        tx,
        "INSERT INTO advisory_alias (alias, advisory)",
        "",
        &aliases,
    )?;
    Ok(())
}

/// Unpacks stored documents.
pub(super) struct Unpacker(Decompressor<'static>);

impl Unpacker {
    pub(super) fn new() -> Result<Unpacker, Failure> {
        Ok(Unpacker(Decompressor::new().map_err(zstd_failure)?))
    }

    /// Reads `document_bytes` and `document` from these columns.
    pub(super) fn advisory(&mut self, row: &Row, first: usize) -> Result<Advisory, Failure> {
        let bytes = usize::try_from(row.int(first)?).unwrap_or_default();
        let text = self
            .0
            .decompress(row.blob(first + 1)?, bytes)
            .map_err(zstd_failure)?;
        Ok(serde_json::from_slice(&text)?)
    }
}

fn zstd_failure(error: std::io::Error) -> Failure {
    Failure::Internal(format!("zstd: {error}"))
}
