//! Turns the model's regular expressions into the dialect of the `regex` crate.

use anyhow::{Result, bail};

/// An expression for the engine, and a start that a text must not have.
pub struct Translated {
    pub expression: String,
    pub forbidden_start: String,
}

/// The model's dialect is ECMA's: ASCII classes, look-ahead, `\uXXXX`, and `$` at the very end.
/// An expression without `^` means the whole value.
pub fn translate(pattern: &str) -> Result<Translated> {
    let mut rest = pattern;
    let anchored = has_anchor(pattern);
    let mut forbidden_start = String::new();
    let start = rest.strip_prefix('^').unwrap_or(rest);
    if let Some(after) = start.strip_prefix("(?!") {
        let Some((forbidden, after)) = after.split_once(')') else {
            bail!("open look-ahead in {pattern}")
        };
        forbidden_start = forbidden.to_owned();
        rest = after;
    }
    if rest.contains("(?!") || rest.contains("(?=") {
        bail!("the look-ahead in {pattern} is not at its start");
    }
    let body = ascii_classes(rest);
    let expression = match (anchored, forbidden_start.is_empty()) {
        (true, true) => body,
        (true, false) => format!("^{body}"),
        // A dot in a whole-value pattern stands for line breaks too.
        (false, _) => format!("(?s)^(?:{body})$"),
    };
    Ok(Translated {
        expression,
        forbidden_start,
    })
}

/// Whether a `^` stands for the start. In a class it negates or is itself, and escaped it is itself.
fn has_anchor(pattern: &str) -> bool {
    let mut in_class = false;
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => {
                characters.next();
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '^' if !in_class => return true,
            _ => {}
        }
    }
    false
}

/// Writes `\d`, `\w`, `\s` and `\S` out, since the engine's own would be Unicode.
fn ascii_classes(pattern: &str) -> String {
    let mut out = String::new();
    let mut in_class = false;
    let mut characters = pattern.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some('d') => out.push_str(if in_class { "0-9" } else { "[0-9]" }),
                Some('w') => out.push_str(if in_class {
                    "A-Za-z0-9_"
                } else {
                    "[A-Za-z0-9_]"
                }),
                Some('s') => out.push_str(if in_class {
                    r" \t\n\r\x0B\x0C"
                } else {
                    r"[ \t\n\r\x0B\x0C]"
                }),
                Some('S') if in_class => out.push_str(r"[^ \t\n\r\x0B\x0C]"),
                Some('S') => out.push_str(r"[^ \t\n\r\x0B\x0C]"),
                Some('b') => out.push_str(r"(?-u:\b)"),
                Some('/') => out.push('/'),
                Some(':') => out.push(':'),
                // Beyond four digits ECMA reads literal digits; the only use means the astral range.
                Some('u') => push_unicode(&mut characters, &mut out),
                Some(other) => {
                    out.push('\\');
                    out.push(other);
                }
                None => out.push_str("\\\\"),
            },
            '[' if in_class => out.push_str("\\["),
            '[' => {
                in_class = true;
                out.push('[');
            }
            ']' => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' if in_class => {
                out.push('\\');
                out.push(c);
            }
            other => out.push(other),
        }
    }
    out
}

fn push_unicode(characters: &mut std::iter::Peekable<std::str::Chars>, out: &mut String) {
    let mut digits = String::new();
    while digits.len() < 6 && characters.peek().is_some_and(char::is_ascii_hexdigit) {
        // Five and six digits only follow where the code point is astral.
        if digits.len() >= 4 && !digits.starts_with('1') {
            break;
        }
        digits.extend(characters.next());
    }
    // Surrogates are no characters in Rust: the ranges around them lose nothing.
    let digits = if digits == "D7FF" || digits == "d7ff" {
        "D7FF".into()
    } else {
        digits
    };
    out.push_str(&format!("\\u{{{digits}}}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialects() {
        for (pattern, expected) in [
            (r"^[0-9]{12}$", r"^[0-9]{12}$"),
            (r"\d{12}|SELF", r"(?s)^(?:[0-9]{12}|SELF)$"),
            (r"[-\w]+", r"(?s)^(?:[-A-Za-z0-9_]+)$"),
            (r"[^\p{C}]*", r"(?s)^(?:[^\p{C}]*)$"),
            (r".*\S.*", r"(?s)^(?:.*[^ \t\n\r\x0B\x0C].*)$"),
            (r"a:([^:]+):b", r"(?s)^(?:a:([^:]+):b)$"),
            (r"[a^]\^", r"(?s)^(?:[a^]\^)$"),
            (r"[^:]+|^$", r"[^:]+|^$"),
            (r"\[^a]", r"\[^a]"),
        ] {
            assert_eq!(translate(pattern).unwrap().expression, expected);
        }
        let tag = translate("^(?!aws:)[a-z]+$").unwrap();
        assert_eq!(
            (tag.expression.as_str(), tag.forbidden_start.as_str()),
            ("^[a-z]+$", "aws:")
        );
        assert!(translate("a(?=b)").is_err());
    }
}
