//! Texts of scanners and people: the bold and code marks of Markdown are shown, the rest stays as written.

/// A stretch of text and how it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Plain(String),
    Strong(String),
    Code(String),
}

/// Takes a text apart. Marks that have no partner on their line are text like any other.
pub fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(place) = rest.find(['*', '`']) {
        plain.push_str(&rest[..place]);
        rest = &rest[place..];
        let found = marked(rest, "**").map(|(inner, after)| (Part::Strong(inner), after));
        let code = || marked(rest, "`").map(|(inner, after)| (Part::Code(inner), after));
        match found.or_else(code) {
            Some((part, after)) => {
                push_plain(&mut parts, &mut plain);
                parts.push(part);
                rest = after;
            }
            None => {
                // Both marks are one byte.
                plain.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    push_plain(&mut parts, &mut plain);
    parts
}

/// What stands between two marks at the start of a text, and what comes after them.
fn marked<'a>(text: &'a str, mark: &str) -> Option<(String, &'a str)> {
    let (inner, after) = text.strip_prefix(mark)?.split_once(mark)?;
    let fits = !inner.is_empty() && inner.trim() == inner && !inner.contains(['\n', '*', '`']);
    fits.then(|| (inner.to_owned(), after))
}

fn push_plain(parts: &mut Vec<Part>, plain: &mut String) {
    if !plain.is_empty() {
        parts.push(Part::Plain(std::mem::take(plain)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> Part {
        Part::Plain(text.into())
    }

    #[test]
    fn marks_with_partners_are_shown() {
        let text = "**IAM** may use `iam:PassRole`.";
        let expected = [
            Part::Strong("IAM".into()),
            plain(" may use "),
            Part::Code("iam:PassRole".into()),
            plain("."),
        ];
        assert_eq!(parts(text), expected);
    }

    #[test]
    fn other_marks_are_text() {
        for text in [
            "2 * 3 ** 4",
            "`open",
            "**a\nb**",
            "** a **",
            "****",
            "``",
            "*a*",
        ] {
            assert_eq!(parts(text), [plain(text)], "{text:?}");
        }
        assert_eq!(parts(""), []);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[a-c*` \n<]{0,40}") {
            let parts = parts(&text);
            let again: String = parts
                .iter()
                .map(|part| match part {
                    Part::Plain(text) => text.clone(),
                    Part::Strong(text) => format!("**{text}**"),
                    Part::Code(text) => format!("`{text}`"),
                })
                .collect();
            prop_assert_eq!(again, text);
        }
    }
}
