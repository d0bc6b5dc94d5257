//! Numbers as bytes, many at once.

/// A number of a fixed size, the lowest byte first.
pub trait Number: Copy {
    const BYTES: usize;

    fn encode(numbers: &[Self], into: &mut [u8]);

    fn decode(bytes: &[u8], into: &mut Vec<Self>);
}

/// Loops that compile to a copy where the machine has the same order of bytes.
macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Number for $number {
            const BYTES: usize = size_of::<$number>();

            fn encode(numbers: &[$number], into: &mut [u8]) {
                let (places, _) = into.as_chunks_mut::<{ size_of::<$number>() }>();
                for (place, number) in places.iter_mut().zip(numbers) {
                    *place = number.to_le_bytes();
                }
            }

            fn decode(bytes: &[u8], into: &mut Vec<$number>) {
                let (places, _) = bytes.as_chunks::<{ size_of::<$number>() }>();
                into.extend(places.iter().map(|place| <$number>::from_le_bytes(*place)));
            }
        }
    )*};
}

numbers! { u8 u16 u32 u64 i64 }
