//! Text with `*` for any run of characters.

/// The literal parts between the wildcards.
#[derive(Debug)]
pub struct Wildcard {
    first: String,
    /// Empty without a wildcard: then the text is `first`.
    rest: Vec<String>,
}

impl Wildcard {
    /// Reads `*`, `\*` for a star and `\\` for a backslash; `Err` says what is wrong.
    pub fn parse(text: &str) -> Result<Wildcard, &'static str> {
        let mut parts = vec![String::new()];
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let literal = match character {
                '*' if characters.peek() == Some(&'*') => {
                    return Err("it has two '*' in a row, where one says the same");
                }
                '*' => {
                    parts.push(String::new());
                    continue;
                }
                '\\' => match characters.next() {
                    Some(escaped @ ('*' | '\\')) => escaped,
                    _ => return Err("a backslash stands before '*' or another backslash only"),
                },
                other => other,
            };
            if let Some(part) = parts.last_mut() {
                part.push(literal);
            }
        }
        let rest = parts.split_off(1);
        let first = parts.pop().unwrap_or_default();
        Ok(Wildcard { first, rest })
    }

    /// Each part is taken where it comes first, so that the time does not grow with the stars.
    pub fn matches(&self, text: &str) -> bool {
        let Some((last, middle)) = self.rest.split_last() else {
            return text == self.first;
        };
        let mut left = text.strip_prefix(self.first.as_str());
        for part in middle {
            let after = |text: &'_ str| text.find(part.as_str()).map(|at| at + part.len());
            left = left.and_then(|text| text.get(after(text)?..));
        }
        left.is_some_and(|text| text.ends_with(last.as_str()))
    }
}
