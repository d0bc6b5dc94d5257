//! Documents as they are kept: compressed one by one, with a dictionary trained on earlier ones.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::LazyLock;

use balefire_store::{Error, Record, Row, Table, Tx, Value};
use parking_lot::RwLock;
use sha2::{Digest, Sha256};
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use crate::failure::Failure;

/// What documents without a dictionary are said to have.
pub const NO_DICTIONARY: i64 = 0;
/// With a dictionary it takes no longer than level 1 and leaves a quarter less, which is faster to unpack.
const LEVEL: i32 = 3;
/// Documents that a dictionary is trained on.
const SAMPLES: i64 = 1000;
/// Longer documents teach with their beginning.
const SAMPLE_BYTES_MAX: usize = 8 * 1024;
const DICTIONARY_BYTES: usize = 110 * 1024;

const COUNT: &str = "SELECT COUNT(*) FROM finding";
const SAMPLE: &str = "SELECT document, dictionary FROM finding ORDER BY uid LIMIT $1";
const NEWEST: &str = "SELECT id FROM finding_dictionary ORDER BY trained_ms DESC, id LIMIT 1";

/// A document as it lies in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    pub bytes: Vec<u8>,
    pub dictionary: i64,
}

/// The row of a dictionary.
struct Trained {
    /// From the bytes, so that it means the same in every store.
    id: i64,
    bytes: Vec<u8>,
    trained_ms: i64,
}

impl Record for Trained {
    const TABLE: Table = Table {
        name: "finding_dictionary",
        key: &["id"],
        columns: &["bytes", "trained_ms"],
    };

    fn key(&self) -> Vec<Value> {
        vec![self.id.into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![self.bytes.clone().into(), self.trained_ms.into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Trained {
            id: row.int(0)?,
            bytes: row.blob(1)?.into(),
            trained_ms: row.int(2)?,
        })
    }
}

/// A dictionary made ready, which takes a hundred times as long as to use it once.
struct Ready {
    encoder: EncoderDictionary<'static>,
    decoder: DecoderDictionary<'static>,
}

/// The dictionaries that this process has used.
///
/// Invariant: an id is a hash of the dictionary's bytes, so one cache serves all stores, and what a
/// transaction that is not kept leaves here is not wrong.
static READY: LazyLock<RwLock<HashMap<i64, &'static Ready>>> = LazyLock::new(RwLock::default);

fn ready(tx: &mut Tx<'_>, id: i64) -> Result<&'static Ready, Failure> {
    if let Some(ready) = READY.read().get(&id) {
        return Ok(ready);
    }
    let lost = || Failure::Internal(format!("the dictionary {id} of documents is lost"));
    let trained = tx.get::<Trained>(&[id.into()])?.ok_or_else(lost)?;
    let ready = || Ready {
        encoder: EncoderDictionary::copy(&trained.bytes, LEVEL),
        decoder: DecoderDictionary::copy(&trained.bytes),
    };
    // Few are ever trained, and they are used as long as the process lives.
    let mut known = READY.write();
    Ok(known
        .entry(id)
        .or_insert_with(|| Box::leak(Box::new(ready()))))
}

/// What documents are compressed with.
#[derive(Clone, Copy)]
pub struct Dictionary {
    id: i64,
    ready: Option<&'static Ready>,
}

impl Dictionary {
    /// The newest that a transaction sees.
    pub fn newest(tx: &mut Tx<'_>) -> Result<Dictionary, Failure> {
        let rows = tx.query(NEWEST, &[])?;
        let id = rows.first().map_or(Ok(NO_DICTIONARY), |row| row.int(0))?;
        let ready = (id != NO_DICTIONARY).then(|| ready(tx, id)).transpose()?;
        Ok(Dictionary { id, ready })
    }
}

/// Compresses documents.
pub struct Packer {
    dictionary: i64,
    compressor: Compressor<'static>,
    /// As large as what is compressed might become; what is kept is as large as it is.
    buffer: Vec<u8>,
}

impl Packer {
    /// With the newest dictionary.
    pub fn newest(tx: &mut Tx<'_>) -> Result<Packer, Failure> {
        Packer::with(Dictionary::newest(tx)?)
    }

    pub fn with(dictionary: Dictionary) -> Result<Packer, Failure> {
        let compressor = match dictionary.ready {
            None => Compressor::new(LEVEL),
            Some(ready) => Compressor::with_prepared_dictionary(&ready.encoder),
        };
        Ok(Packer {
            dictionary: dictionary.id,
            compressor: compressor.map_err(broken)?,
            buffer: Vec::new(),
        })
    }

    pub fn has_dictionary(&self) -> bool {
        self.dictionary != NO_DICTIONARY
    }

    pub fn pack(&mut self, document: &str) -> Result<Packed, Failure> {
        let most = zstd::zstd_safe::compress_bound(document.len());
        self.buffer.clear();
        self.buffer.reserve(most);
        self.compressor
            .compress_to_buffer(document.as_bytes(), &mut self.buffer)
            .map_err(broken)?;
        Ok(Packed {
            bytes: self.buffer.clone(),
            dictionary: self.dictionary,
        })
    }
}

/// Reads documents, whatever dictionary each has.
#[derive(Default)]
pub struct Unpacker {
    decompressors: HashMap<i64, Decompressor<'static>>,
}

impl Unpacker {
    pub fn unpack(
        &mut self,
        tx: &mut Tx<'_>,
        bytes: &[u8],
        dictionary: i64,
    ) -> Result<String, Failure> {
        let decompressor = match self.decompressors.entry(dictionary) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => new.insert(match dictionary {
                NO_DICTIONARY => Decompressor::new().map_err(broken)?,
                id => Decompressor::with_prepared_dictionary(&ready(tx, id)?.decoder)
                    .map_err(broken)?,
            }),
        };
        let len = zstd::zstd_safe::get_frame_content_size(bytes)
            .ok()
            .flatten()
            .and_then(|len| usize::try_from(len).ok())
            .ok_or_else(|| broken("no length"))?;
        let document = decompressor.decompress(bytes, len).map_err(broken)?;
        String::from_utf8(document).map_err(broken)
    }
}

/// Trains the dictionary when the first documents are there. `created` were just added.
///
/// Where training fails, as it does with documents that have nothing in common, it is tried again
/// each time their number has doubled.
pub fn train_if_due(tx: &mut Tx<'_>, created: usize, now_ms: i64) -> Result<(), Failure> {
    let rows = tx.query(COUNT, &[])?;
    let count = rows.first().map_or(Ok(0), |row| row.int(0))?;
    let before = count - i64::try_from(created).unwrap_or(count);
    if !is_due(before, count) {
        return Ok(());
    }
    let rows = tx.query(SAMPLE, &[SAMPLES.into()])?;
    let mut unpacker = Unpacker::default();
    let mut samples = Vec::with_capacity(rows.len());
    for row in rows {
        let mut sample = unpacker.unpack(tx, row.blob(0)?, row.int(1)?)?.into_bytes();
        sample.truncate(SAMPLE_BYTES_MAX);
        samples.push(sample);
    }
    let Ok(bytes) = zstd::dict::from_samples(&samples, DICTIONARY_BYTES) else {
        return Ok(());
    };
    let trained = Trained {
        id: id_of(&bytes),
        bytes,
        trained_ms: now_ms,
    };
    match tx.insert(&trained) {
        Ok(()) | Err(Error::Exists { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Whether the number of documents passed `SAMPLES` or one of its doubles.
fn is_due(before: i64, after: i64) -> bool {
    let doublings = |count: i64| (count / SAMPLES).checked_ilog2();
    after >= SAMPLES && doublings(before) != doublings(after)
}

/// Positive, and never that of no dictionary.
fn id_of(bytes: &[u8]) -> i64 {
    let hash = Sha256::digest(bytes);
    let first: [u8; 8] = std::array::from_fn(|at| hash[at]);
    (i64::from_be_bytes(first) & i64::MAX).max(1)
}

fn broken(error: impl std::fmt::Display) -> Failure {
    Failure::Internal(format!(
        "a document could not be packed or unpacked: {error}"
    ))
}
