//! Bytes as hexadecimal digits in lower case.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The digits of some bytes.
pub fn digits(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    let mut text = String::with_capacity(2 * bytes.len());
    push_digits(&mut text, bytes);
    text
}

/// Adds the digits of some bytes to a text.
pub fn push_digits(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_two_digits() {
        assert_eq!(digits([0x00, 0x0f, 0xa0, 0xff]), "000fa0ff");
        assert_eq!(digits([]), "");
        let all = digits(Vec::from_iter(0..=u8::MAX));
        let each = (0..=u8::MAX).map(|byte| format!("{byte:02x}"));
        assert_eq!(all, each.collect::<String>());
    }
}
