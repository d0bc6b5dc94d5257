//! All rows: which there are, how they change, and what they weigh.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::iter::once;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hashbrown::hash_table::Entry as Slot;
use hashbrown::{DefaultHashBuilder, HashTable};
use parking_lot::{Mutex, RwLock, RwLockReadGuard};

use crate::Key;
use crate::chunk::Chunk;
use crate::dictionary::{Code, Dictionary, MISSING, SetOf, number_bytes};
use crate::mask::CHUNK_ROWS;
use crate::row::{Patch, Row};
use crate::schema::Schema;

/// Rows in memory. One change at a time, beside any number of searches.
///
/// Invariant: who changes holds no dictionary's lock when it takes a chunk's, since a search holds those of
/// its fields while it goes from chunk to chunk.
pub struct Columns {
    schema: Schema,
    /// One for each field; those of dates stay empty.
    dictionaries: Vec<RwLock<Dictionary>>,
    chunks: RwLock<Vec<Arc<RwLock<Chunk>>>>,
    places: Mutex<Places>,
    changes: AtomicU64,
}

/// Where each key is.
#[derive(Default)]
struct Places {
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// Rows that were removed, to be used again.
    free: Vec<u32>,
    /// The next row that was never used.
    next: u32,
    codes: Vec<(usize, Code)>,
    set: SetOf,
}

/// A patch with its codes.
enum Coded {
    Code(Code),
    /// The field to copy from, and which code there is which here, as far as it was asked.
    Copy(usize, HashMap<Code, Code>),
}

impl Columns {
    pub fn new(schema: Schema) -> Columns {
        Columns {
            dictionaries: schema.fields().iter().map(|_| RwLock::default()).collect(),
            schema,
            chunks: RwLock::default(),
            places: Mutex::default(),
            changes: AtomicU64::new(0),
        }
    }

    /// Rows that were kept, chunk after chunk. Where two have one key, the second is let go.
    ///
    /// Invariant: what is given here was checked: each code has an entry, all chunks but the last have as
    /// many names as a chunk has rows, and the rows that are there have names.
    pub(crate) fn of(
        schema: Schema,
        dictionaries: Vec<Dictionary>,
        mut chunks: Vec<Chunk>,
    ) -> Columns {
        let places = Places::of(&mut chunks);
        let chunks = chunks.into_iter().map(|chunk| Arc::new(RwLock::new(chunk)));
        Columns {
            dictionaries: dictionaries.into_iter().map(RwLock::new).collect(),
            chunks: RwLock::new(chunks.collect()),
            places: Mutex::new(places),
            ..Columns::new(schema)
        }
    }

    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.places.lock().table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How often a row was put in, changed or taken out since these columns were made or loaded.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    /// Puts a row in, in place of the one of this key if there is one.
    pub fn put(&self, key: &Key, row: &mut Row) {
        let mut places = self.places.lock();
        let Places { codes, set, .. } = &mut *places;
        codes.clear();
        row.each_coded(|field, values| codes.push((field, self.code_of(field, values, set))));
        let place = self.place_of(&mut places, key);
        let chunk = self.chunk(place);
        let at = place as usize % CHUNK_ROWS;
        let mut chunk = chunk.write();
        if at < chunk.keys.len() {
            chunk.empty(at);
        }
        for (field, code) in &places.codes {
            chunk.set_code(*field, at, *code);
        }
        row.each_dates(|field, dates| chunk.set_dates(field, at, dates));
        chunk.place(at, *key);
        self.changes.fetch_add(1, Ordering::Relaxed);
    }

    /// Changes some texts and numbers of a row, one after the other. False where there is no such row. A
    /// search sees all of the changes or none.
    pub fn patch(&self, key: &Key, patches: &[(usize, Patch<'_>)]) -> bool {
        self.patch_all(std::slice::from_ref(key), patches) > 0
    }

    /// Changes the same texts and numbers of some rows, as `patch` does. Rows that are not there are passed
    /// over; returns how many were.
    pub fn patch_all(&self, keys: &[Key], patches: &[(usize, Patch<'_>)]) -> usize {
        let places = self.places.lock();
        let mut set = SetOf::default();
        let mut coded: Vec<(usize, Coded)> = Vec::with_capacity(patches.len());
        for (field, patch) in patches {
            coded.push((*field, self.coded(*field, patch, &mut set)));
        }
        let mut codes: Vec<(usize, Code)> = Vec::with_capacity(patches.len());
        let mut count = 0;
        for key in keys {
            let Some(place) = self.find(&places, key) else {
                continue;
            };
            let chunk = self.chunk(place);
            let at = place as usize % CHUNK_ROWS;
            codes.clear();
            for (field, coded) in &mut coded {
                let code = match coded {
                    Coded::Code(code) => *code,
                    Coded::Copy(other, known) => {
                        let patched = codes.iter().rev().find(|(field, _)| field == other);
                        let code = match patched {
                            Some((_, code)) => *code,
                            None => chunk.read().code(*other, at),
                        };
                        let copied = || self.copied(*other, code, *field, &mut set);
                        *known.entry(code).or_insert_with(copied)
                    }
                };
                codes.push((*field, code));
            }
            let mut chunk = chunk.write();
            for (field, code) in &codes {
                chunk.set_code(*field, at, *code);
            }
            count += 1;
        }
        self.changes.fetch_add(count as u64, Ordering::Relaxed);
        count
    }

    fn coded(&self, field: usize, patch: &Patch<'_>, set: &mut SetOf) -> Coded {
        match patch {
            Patch::Missing => Coded::Code(MISSING),
            Patch::Text(text) => Coded::Code(self.code_of(field, once(text.as_bytes()), set)),
            Patch::Number(number) => {
                Coded::Code(self.code_of(field, once(&number_bytes(*number)[..]), set))
            }
            Patch::Copy(other) => Coded::Copy(*other, HashMap::new()),
        }
    }

    /// For each key whether there is such a row. It waits for nobody: while a change goes on, which itself
    /// may wait for a long search, nothing is known.
    pub fn knows(&self, keys: &[Option<Key>]) -> Vec<bool> {
        let Some(places) = self.places.try_lock() else {
            return vec![false; keys.len()];
        };
        let knows = |key: &Option<Key>| key.is_some_and(|key| self.find(&places, &key).is_some());
        keys.iter().map(knows).collect()
    }

    /// Takes a row out. False where there is none.
    pub fn remove(&self, key: &Key) -> bool {
        let mut places = self.places.lock();
        let Some(place) = self.find(&places, key) else {
            return false;
        };
        let hash = places.hasher.hash_one(key);
        if let Ok(entry) = places.table.find_entry(hash, |known| *known == place) {
            entry.remove();
        }
        places.free.push(place);
        let chunk = self.chunk(place);
        chunk.write().alive.unset(place as usize % CHUNK_ROWS);
        self.changes.fetch_add(1, Ordering::Relaxed);
        true
    }

    /// Bytes of memory that rows and dictionaries take.
    pub fn memory(&self) -> usize {
        let chunks = self.chunks.read().clone();
        let chunks: usize = chunks.iter().map(|chunk| chunk.read().memory()).sum();
        let dictionaries = self.dictionaries.iter();
        let dictionaries: usize = dictionaries.map(|one| one.read().memory()).sum();
        let places = self.places.lock();
        chunks
            + dictionaries
            + places.table.allocation_size()
            + places.free.capacity() * size_of::<u32>()
    }

    pub(crate) fn dictionary(&self, field: usize) -> RwLockReadGuard<'_, Dictionary> {
        self.dictionaries[field].read()
    }

    /// The chunks that are there now.
    pub(crate) fn chunks(&self) -> Vec<Arc<RwLock<Chunk>>> {
        self.chunks.read().clone()
    }

    fn code_of<'v>(
        &self,
        field: usize,
        values: impl Iterator<Item = &'v [u8]> + Clone,
        set: &mut SetOf,
    ) -> Code {
        let dictionary = &self.dictionaries[field];
        // The lock must be free again before it is taken to write.
        let known = dictionary.read().code_of_all(values.clone(), set);
        if let Some(code) = known {
            return code;
        }
        let code = dictionary.write().add_all(values, set);
        // Only one changes at a time: nothing is added between the two locks.
        let upkeep = dictionary.read().upkeep();
        if let Some(upkeep) = upkeep {
            dictionary.write().take_over(upkeep);
        }
        code
    }

    /// The code in one field of what a code means in another.
    fn copied(&self, from: usize, code: Code, to: usize, set: &mut SetOf) -> Code {
        if code == MISSING {
            return MISSING;
        }
        let dictionary = self.dictionaries[from].read();
        let value_of = |code| dictionary.value(code).into_owned();
        let values: Vec<Vec<u8>> = match dictionary.members(code) {
            None => vec![value_of(code)],
            Some(members) => members.iter().map(value_of).collect(),
        };
        drop(dictionary);
        self.code_of(to, values.iter().map(Vec::as_slice), set)
    }

    fn chunk(&self, place: u32) -> Arc<RwLock<Chunk>> {
        self.chunks.read()[place as usize / CHUNK_ROWS].clone()
    }

    fn find(&self, places: &Places, key: &Key) -> Option<u32> {
        let chunks = self.chunks.read();
        let is_it = |place: &u32| key_at(&chunks, *place) == *key;
        let hash = places.hasher.hash_one(key);
        places.table.find(hash, is_it).copied()
    }

    /// The place of a key, which is given one if it has none.
    fn place_of(&self, places: &mut Places, key: &Key) -> u32 {
        if let Some(place) = self.find(places, key) {
            return place;
        }
        let place = places.free.pop().unwrap_or_else(|| {
            places.next += 1;
            places.next - 1
        });
        let wanted = place as usize / CHUNK_ROWS + 1;
        if self.chunks.read().len() < wanted {
            let new = || Arc::new(RwLock::new(Chunk::new(&self.schema)));
            self.chunks.write().resize_with(wanted, new);
        }
        let chunks = self.chunks.read();
        let Places { table, hasher, .. } = places;
        let hash_of = |place: &u32| hasher.hash_one(key_at(&chunks, *place));
        table.insert_unique(hasher.hash_one(key), place, hash_of);
        place
    }
}

impl Places {
    fn of(chunks: &mut [Chunk]) -> Places {
        let alive: u64 = chunks.iter().map(|chunk| chunk.alive.len()).sum();
        let mut places = Places {
            table: HashTable::with_capacity(usize::try_from(alive).unwrap_or(0)),
            ..Places::default()
        };
        for number in 0..chunks.len() {
            for at in 0..chunks[number].keys.len() {
                let place = (number * CHUNK_ROWS + at) as u32;
                places.next = place + 1;
                if !chunks[number].alive.has(at) || !places.take(chunks, place) {
                    chunks[number].alive.unset(at);
                    places.free.push(place);
                }
            }
        }
        places
    }

    /// Gives a key the place that it has. False where it has another one.
    fn take(&mut self, chunks: &[Chunk], place: u32) -> bool {
        let key_at = |place: &u32| {
            let chunk = &chunks[*place as usize / CHUNK_ROWS];
            &chunk.keys[*place as usize % CHUNK_ROWS]
        };
        let Places { table, hasher, .. } = self;
        let key = key_at(&place);
        let hash_of = |place: &u32| hasher.hash_one(key_at(place));
        match table.entry(hasher.hash_one(key), |known| key_at(known) == key, hash_of) {
            Slot::Occupied(_) => false,
            Slot::Vacant(slot) => {
                slot.insert(place);
                true
            }
        }
    }
}

fn key_at(chunks: &[Arc<RwLock<Chunk>>], place: u32) -> Key {
    let chunk = chunks[place as usize / CHUNK_ROWS].read();
    chunk.keys[place as usize % CHUNK_ROWS]
}
