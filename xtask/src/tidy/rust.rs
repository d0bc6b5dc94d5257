//! Just enough of Rust's lexical structure to tell code from comments and literals.

use std::ops::Range;

/// The text with comments and the insides of literals turned to spaces; lines stay lines.
pub fn blanked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let before = out.chars().next_back();
        let length = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => string(rest),
            'r' | 'b' if !before.is_some_and(is_word) => prefixed(rest),
            '\'' => character(rest),
            _ => 0,
        };
        if length == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            let (literal, after) = rest.split_at(length);
            out.extend(literal.chars().map(|c| if c == '\n' { c } else { ' ' }));
            rest = after;
        }
    }
    out
}

pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of a literal that begins with a quote.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `r"…"`, `r#"…"#`, `b"…"`, `br#"…"#`; 0 where a name merely begins with these letters.
fn prefixed(text: &str) -> usize {
    let after = text.trim_start_matches(['r', 'b']);
    let prefix = text.len() - after.len();
    if prefix > 2 {
        return 0;
    }
    let opened = after.trim_start_matches('#');
    let hashes = after.len() - opened.len();
    if !opened.starts_with('"') {
        return 0;
    }
    if !text[..prefix].contains('r') {
        return prefix + string(after);
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let body = prefix + hashes + 1;
    text[body..]
        .find(&end)
        .map_or(text.len(), |at| body + at + end.len())
}

/// The length of a character literal; 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut inside = text.char_indices().skip(1);
    match (inside.next(), inside.next()) {
        (Some((_, '\\')), Some(_)) => {
            let end = inside.find(|(_, c)| *c == '\'');
            end.map_or(0, |(at, _)| at + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}

/// The lines of each module in braces that only tests have.
pub fn test_blocks(code: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("#[cfg(test)]") {
        let after = &code[at..];
        let item = after["#[cfg(test)]".len()..].trim_start();
        let ends = (item.find('{'), item.find(';'));
        let in_braces = match ends {
            (Some(brace), Some(semicolon)) => brace < semicolon,
            (brace, _) => brace.is_some(),
        };
        let length = match (in_braces, ends.1) {
            (true, _) => block(after),
            (false, Some(_)) => after.find(';'),
            (false, None) => None,
        };
        let first = code[..at].matches('\n').count();
        let last = first + after[..length.unwrap_or(after.len())].matches('\n').count();
        found.push(first..(last + 1).min(code.lines().count()));
    }
    found
}

/// Where the first block in braces ends.
fn block(code: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// A function with a body.
#[derive(Debug, PartialEq)]
pub struct Function {
    pub name: String,
    /// Counted from 1.
    pub line: usize,
    pub line_count: usize,
}

/// Every function with a body.
pub fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        if code[..at].chars().next_back().is_some_and(is_word) {
            continue;
        }
        let rest = &code[at..];
        let name: String = rest[3..].chars().take_while(|c| is_word(*c)).collect();
        // A declaration ends before its body would begin; arrays in types may hold a semicolon.
        let end = rest.find("{").zip(rest.find(";\n").or(Some(rest.len())));
        let Some((brace, semicolon)) = end.filter(|_| !name.is_empty()) else {
            continue;
        };
        if let (true, Some(length)) = (brace < semicolon, block(rest)) {
            found.push(Function {
                name,
                line: code[..at].matches('\n').count() + 1,
                line_count: rest[..length].matches('\n').count() + 1,
            });
        }
    }
    found
}

/// Every word of the code, with its line.
pub fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.lines().enumerate().flat_map(|(at, line)| {
        line.split(|c| !is_word(c))
            .filter(|word| !word.is_empty())
            .map(move |word| (at + 1, word))
    })
}
