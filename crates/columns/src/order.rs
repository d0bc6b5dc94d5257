//! In which order rows are wanted, and where each stands in it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::cmp::Ordering;

use crate::chunk::Chunk;
use crate::dates::NONE;
use crate::dictionary::{Code, Dictionary, MISSING, Spare, number_of, text_of};
use crate::mask::Mask;
use crate::schema::Kind;
use crate::step::Guards;

/// One criterion. Of several values the one that comes first counts; rows without a value come last, in
/// either direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Several fields of dates, of which the first that has a value counts; or one field.
    pub fields: Vec<usize>,
    pub descending: bool,
}

/// What a row has for one criterion.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    Missing,
    Date(i64),
    Number(f64),
    Text(String),
}

/// Dictionaries up to this size are sorted as a whole.
const SORTED_WHOLE_MAX: usize = if cfg!(test) { 4 } else { 1 << 16 };
/// The place of the value of a dictionary that comes first.
const FIRST_PLACE: u64 = 1;
/// The place of rows without a value.
const LAST: u64 = u64::MAX;

/// A criterion made ready: gives places that compare as the rows do, up to ties.
pub struct Rank<'s> {
    pub descending: bool,
    kind: Kind,
    fields: &'s [usize],
    dictionary: Option<&'s Dictionary>,
    /// The place of each code; where it is absent, places are the first bytes of values and leave ties.
    places: Option<Vec<u64>>,
    held: RefCell<Held>,
}

/// The value that others were compared with last, which mostly are many.
#[derive(Default)]
struct Held {
    code: Code,
    bytes: Vec<u8>,
    spare: Spare,
}

/// Where a row stands by one criterion: its place, and the code of the value that counts.
pub type Place = (u64, Code);

impl<'s> Rank<'s> {
    pub fn of(order: &'s Order, kind: Kind, guards: &'s Guards<'_>) -> Rank<'s> {
        let dictionary = match kind {
            Kind::Date => None,
            _ => order.fields.first().and_then(|field| guards.get(*field)),
        };
        let small = dictionary.filter(|dictionary| dictionary.len() <= SORTED_WHOLE_MAX);
        Rank {
            descending: order.descending,
            kind,
            fields: &order.fields,
            dictionary,
            places: small.map(|dictionary| places(dictionary, order.descending)),
            held: RefCell::default(),
        }
    }

    /// Whether rows of one place have the same value.
    pub fn is_exact(&self) -> bool {
        self.kind == Kind::Date || self.places.is_some()
    }

    /// No row has a place before this one.
    pub fn first_place(&self) -> u64 {
        match self.places {
            Some(_) => FIRST_PLACE,
            None => 0,
        }
    }

    pub fn place(&self, chunk: &Chunk, row: usize) -> Place {
        if self.kind == Kind::Date {
            return (self.date_place(chunk, row), MISSING);
        }
        let code = chunk.code(self.fields[0], row);
        match (&self.places, self.dictionary) {
            _ if code == MISSING => (LAST, MISSING),
            (Some(places), _) => (places[code as usize], code),
            (None, Some(dictionary)) => {
                let code = first_of(dictionary, code, self.descending);
                let (start, len) = dictionary.entries().start_of(code);
                (prefix(&start[..len], self.descending), code)
            }
            (None, None) => (LAST, MISSING),
        }
    }

    /// Takes out of the mask rows whose place is beyond another, as far as that can be told at once.
    pub fn prune(&self, chunk: &Chunk, mask: &mut Mask, last: u64) {
        if last == LAST {
            return;
        }
        if self.kind == Kind::Date {
            return self.prune_dates(chunk, mask, last);
        }
        if let (Some(places), Some(codes)) = (&self.places, chunk.codes(self.fields[0])) {
            let table: Vec<bool> = places.iter().map(|place| *place <= last).collect();
            codes.keep_passed(&table, mask);
        }
    }

    /// A row has the place of its first field that has a date.
    fn prune_dates(&self, chunk: &Chunk, mask: &mut Mask, last: u64) {
        let edge = date_of(directed(last, self.descending));
        let (from_ms, to_ms) = match self.descending {
            true => (edge, i64::MAX),
            false => (i64::MIN, edge),
        };
        let mut kept = Mask::none();
        for dates in self.fields.iter().filter_map(|field| chunk.dates(*field)) {
            if mask.is_empty() {
                break;
            }
            let mut here = mask.clone();
            dates.keep_between(from_ms, to_ms, &mut here);
            kept.add(&here);
            dates.keep_missing(mask);
        }
        *mask = kept;
    }

    /// The place of a value of an earlier page, which need not be in the dictionary any more.
    pub fn place_of(&self, scalar: &Scalar) -> u64 {
        match (scalar, self.dictionary) {
            (Scalar::Missing, _) => LAST,
            (Scalar::Date(ms), _) => directed(date_bits(*ms), self.descending),
            (_, None) => LAST,
            (scalar, Some(dictionary)) => {
                let bytes = scalar.bytes();
                match &self.places {
                    Some(_) => between(dictionary, &bytes, self.descending),
                    None => prefix(&bytes, self.descending),
                }
            }
        }
    }

    /// Breaks a tie of places.
    pub fn compare(&self, a: Place, b: &Scalar) -> Ordering {
        match self.dictionary {
            Some(dictionary)
                if a.1 != MISSING && *b != Scalar::Missing && self.places.is_none() =>
            {
                self.directed(dictionary.value(a.1).as_ref().cmp(&b.bytes()))
            }
            _ => Ordering::Equal,
        }
    }

    /// Breaks a tie of the places of two rows.
    pub fn compare_rows(&self, a: Place, b: Place) -> Ordering {
        match self.dictionary {
            Some(dictionary) if a.1 != MISSING && b.1 != MISSING && self.places.is_none() => {
                let held = &mut *self.held.borrow_mut();
                if held.code != b.1 {
                    let bytes = dictionary.value_in(b.1, &mut held.spare);
                    held.bytes.clear();
                    held.bytes.extend_from_slice(bytes);
                    held.code = b.1;
                }
                self.directed(dictionary.value_in(a.1, &mut held.spare).cmp(&held.bytes))
            }
            _ => Ordering::Equal,
        }
    }

    /// The value that counts of a row.
    pub fn scalar(&self, (place, code): Place) -> Scalar {
        if place == LAST {
            return Scalar::Missing;
        }
        let Some(dictionary) = self.dictionary else {
            return Scalar::Date(date_of(directed(place, self.descending)));
        };
        let bytes = dictionary.value(first_of(dictionary, code, self.descending));
        match self.kind {
            Kind::Number => Scalar::Number(number_of(&bytes)),
            _ => Scalar::Text(text_of(&bytes).to_owned()),
        }
    }

    fn date_place(&self, chunk: &Chunk, row: usize) -> u64 {
        let edges = self.fields.iter().filter_map(|field| {
            let edge = chunk.dates(*field)?.edge(row, self.descending);
            (edge != NONE).then_some(edge)
        });
        let mut edges = edges;
        edges
            .next()
            .map_or(LAST, |ms| directed(date_bits(ms), self.descending))
    }

    fn directed(&self, order: Ordering) -> Ordering {
        match self.descending {
            true => order.reverse(),
            false => order,
        }
    }
}

impl Scalar {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Scalar::Text(text) => text.as_bytes().to_vec(),
            Scalar::Number(number) => crate::dictionary::number_bytes(*number).to_vec(),
            Scalar::Missing | Scalar::Date(_) => Vec::new(),
        }
    }
}

/// Never the first nor the last number, so that no value stands where rows without one do.
fn date_bits(ms: i64) -> u64 {
    (ms.cast_unsigned() ^ 1 << 63).clamp(1, LAST - 1)
}

fn date_of(bits: u64) -> i64 {
    (bits ^ 1 << 63).cast_signed()
}

fn directed(bits: u64, descending: bool) -> u64 {
    if descending { !bits } else { bits }
}

/// The first seven bytes: enough to order most values, and below the place of rows without one.
fn prefix(bytes: &[u8], descending: bool) -> u64 {
    let mut first = [0; 8];
    let len = bytes.len().min(7);
    first[1..=len].copy_from_slice(&bytes[..len]);
    let bits = u64::from_be_bytes(first);
    if descending { (LAST >> 1) - bits } else { bits }
}

/// Of a set the member that comes first.
fn first_of(dictionary: &Dictionary, code: Code, descending: bool) -> Code {
    let Some(members) = dictionary.members(code) else {
        return code;
    };
    let by_value = |a: &Code, b: &Code| dictionary.value(*a).cmp(&dictionary.value(*b));
    let first = match descending {
        true => members.iter().max_by(by_value),
        false => members.iter().min_by(by_value),
    };
    first.unwrap_or(code)
}

/// The place of each code: odd numbers, so that there is room between two of them.
fn places(dictionary: &Dictionary, descending: bool) -> Vec<u64> {
    let values = (1..=dictionary.len() as Code).filter(|code| dictionary.members(*code).is_none());
    let mut sorted: Vec<(Cow<'_, [u8]>, Code)> =
        values.map(|code| (dictionary.value(code), code)).collect();
    sorted.sort_unstable();
    if descending {
        sorted.reverse();
    }
    let mut places = vec![LAST; dictionary.len() + 1];
    for (rank, (_, code)) in (0..).zip(&sorted) {
        places[*code as usize] = 2 * rank + FIRST_PLACE;
    }
    dictionary.entries().each_set(|code, members| {
        let of_members = members.iter().map(|member| places[member as usize]);
        places[code as usize] = of_members.min().unwrap_or(LAST);
    });
    places
}

/// The place of a value among those of a dictionary that is sorted as a whole.
fn between(dictionary: &Dictionary, bytes: &[u8], descending: bool) -> u64 {
    let mut before = 0;
    dictionary.entries().each_value(|_, value| {
        let comes_before = if descending {
            value > bytes
        } else {
            value < bytes
        };
        before += u64::from(comes_before);
    });
    let place = 2 * before;
    match dictionary.code_of(bytes) {
        Some(_) => place + 1,
        None => place,
    }
}
