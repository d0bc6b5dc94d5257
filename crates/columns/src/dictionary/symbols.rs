//! Texts made shorter by a table of what comes often in them (FSST), each of which can be read by itself.
//!
//! Reading is done here, where any bytes can be read and no table can do harm; the crate that makes tables
//! trusts what it reads.

use fsst::Compressor;

/// What stands before a byte that is no number of a symbol.
const ESCAPE: u8 = 255;
/// How many symbols there can be.
const COUNT: usize = ESCAPE as usize;
const SYMBOL_BYTES: usize = 8;

/// Up to eight bytes for each number.
pub struct Symbols {
    words: [[u8; SYMBOL_BYTES]; COUNT + 1],
    /// How many bytes each has: none where there is no such symbol.
    lengths: [u8; COUNT + 1],
    count: usize,
}

/// Where texts are put together; it is reused.
#[derive(Default)]
pub struct Spare(Vec<u8>);

impl Symbols {
    /// Symbols that were kept; or what is wrong with them.
    pub fn of(lengths: &[u8], words: &[u64]) -> Result<Symbols, &'static str> {
        let is_length = |length: &u8| (1..=SYMBOL_BYTES).contains(&usize::from(*length));
        if lengths.len() > COUNT || lengths.len() != words.len() || !lengths.iter().all(is_length) {
            return Err("a dictionary has symbols that cannot be");
        }
        let mut symbols = Symbols {
            words: [[0; SYMBOL_BYTES]; COUNT + 1],
            lengths: [0; COUNT + 1],
            count: lengths.len(),
        };
        symbols.lengths[..lengths.len()].copy_from_slice(lengths);
        for (place, word) in symbols.words.iter_mut().zip(words) {
            *place = word.to_le_bytes();
        }
        Ok(symbols)
    }

    /// How many bytes each symbol has.
    pub fn lengths(&self) -> &[u8] {
        &self.lengths[..self.count]
    }

    pub fn words(&self) -> Vec<u64> {
        let words = self.words[..self.count].iter();
        words.map(|word| u64::from_le_bytes(*word)).collect()
    }

    /// The text that was packed.
    pub fn unpack<'s>(&self, packed: &[u8], spare: &'s mut Spare) -> &'s [u8] {
        let most = (packed.len() + 1) * SYMBOL_BYTES;
        if spare.0.len() < most {
            spare.0.resize(most, 0);
        }
        let len = self.write(packed, &mut spare.0);
        &spare.0[..len]
    }

    /// Writes the text that was packed, up to where there is no room for a whole symbol any more.
    pub fn write(&self, packed: &[u8], into: &mut [u8]) -> usize {
        let mut len = 0;
        let mut numbers = packed.iter();
        while let Some(number) = numbers.next() {
            let room = into.get_mut(len..).and_then(<[u8]>::first_chunk_mut);
            let Some(room) = room else {
                break;
            };
            if *number == ESCAPE {
                let Some(byte) = numbers.next() else {
                    break;
                };
                room[0] = *byte;
                len += 1;
            } else {
                let (word, length) = self.symbol(*number);
                *room = *word;
                len += length;
            }
        }
        len
    }

    fn symbol(&self, number: u8) -> (&[u8; SYMBOL_BYTES], usize) {
        let number = usize::from(number);
        (&self.words[number], usize::from(self.lengths[number]))
    }

    /// Whether this is the text that was packed.
    pub fn is(&self, packed: &[u8], text: &[u8]) -> bool {
        let mut left = text;
        let mut numbers = packed.iter();
        while let Some(number) = numbers.next() {
            let begins = match (*number, numbers.as_slice()) {
                (ESCAPE, [byte, ..]) => {
                    numbers.next();
                    left.strip_prefix(&[*byte])
                }
                (ESCAPE, []) => None,
                (number, _) => {
                    let (word, length) = self.symbol(number);
                    left.strip_prefix(&word[..length])
                }
            };
            match begins {
                Some(rest) => left = rest,
                None => return false,
            }
        }
        left.is_empty()
    }
}

/// Symbols for these texts, and each of them packed; `None` where one would not come back as it was.
pub fn packed(texts: &Vec<&[u8]>) -> Option<(Symbols, Vec<Vec<u8>>)> {
    let trained = Compressor::train(texts);
    let words: Vec<u64> = trained
        .symbol_table()
        .iter()
        .map(|one| one.to_u64())
        .collect();
    let symbols = Symbols::of(trained.symbol_lengths(), &words).ok()?;
    let packed: Vec<Vec<u8>> = texts.iter().map(|text| trained.compress(text)).collect();
    let mut pairs = packed.iter().zip(texts);
    let is_sound = pairs.all(|(packed, text)| symbols.is(packed, text));
    is_sound.then_some((symbols, packed))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let bytes = || prop::collection::vec(any::<u8>(), 0..40);
        let words = "(bucket|policy|\u{0}|é| ){0,20}".prop_map(String::into_bytes);
        prop::collection::vec(prop_oneof![bytes(), words], 0..40)
    }

    proptest! {
        #[test]
        fn texts_come_back(texts in texts()) {
            let slices: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
            // Where the last bytes of a symbol are zeros, its length may not be told.
            let Some((symbols, packed)) = packed(&slices) else {
                prop_assert!(texts.iter().any(|text| text.contains(&0)));
                return Ok(());
            };
            let kept = Symbols::of(symbols.lengths(), &symbols.words()).unwrap();
            let mut spare = Spare::default();
            for (text, packed) in texts.iter().zip(&packed) {
                prop_assert_eq!(kept.unpack(packed, &mut spare), text.as_slice());
                let mut first = [0; 16];
                let len = kept.write(packed, &mut first);
                prop_assert!(text.starts_with(&first[..len]) && len >= text.len().min(9));
                for other in &texts {
                    prop_assert_eq!(kept.is(packed, other), other == text);
                }
            }
        }

        #[test]
        fn any_bytes_can_be_read(
            lengths in prop::collection::vec(1..9_u8, 0..256),
            word: u64,
            packed in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let words = vec![word; lengths.len()];
            let Ok(symbols) = Symbols::of(&lengths, &words) else {
                prop_assert!(lengths.len() > 255);
                return Ok(());
            };
            let mut spare = Spare::default();
            let text = symbols.unpack(&packed, &mut spare).to_vec();
            let is_cut = packed.ends_with(&[ESCAPE]);
            prop_assert!(symbols.is(&packed, &text) || is_cut);
        }
    }

    #[test]
    fn symbols_that_cannot_be_are_refused() {
        assert!(Symbols::of(&[0], &[1]).is_err());
        assert!(Symbols::of(&[9], &[1]).is_err());
        assert!(Symbols::of(&[1, 2], &[1]).is_err());
        assert!(Symbols::of(&[8; 256], &[1; 256]).is_err());
        assert!(Symbols::of(&[8; 255], &[1; 255]).is_ok());
    }
}
