//! Names and values in query strings and form bodies, and links that carry them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What a value in a query may hold as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/')
    .remove(b':');

/// The pairs of an `application/x-www-form-urlencoded` text.
#[derive(Debug, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads any text: what is no UTF-8 after decoding gets replacement characters.
    pub fn read(text: &str) -> Form {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        });
        Form(pairs.collect())
    }

    /// The first value of a name, if it is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(known, _)| known == name);
        pair.map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

/// A path with the pairs that have a value.
pub fn href(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut href = path.to_owned();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        href.push(if href.contains('?') { '&' } else { '?' });
        href.push_str(name);
        href.push('=');
        href.extend(utf8_percent_encode(value, KEPT));
    }
    href
}

/// The text as a link, if it leads to the web and nowhere else: no script, no data, no file.
pub fn web_link(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let plain = text.chars().all(|c| !c.is_control() && !c.is_whitespace());
    (web && plain && !rest.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forms_are_read() {
        let form = Form::read("a=1&b=x%20y+z&c&a=2&%64=%26%3D&e=");
        assert_eq!(form.get("a"), Some("1"));
        assert_eq!(form.get("b"), Some("x y z"));
        assert_eq!(form.get("c"), None);
        assert_eq!(form.get("d"), Some("&="));
        assert_eq!(form.get("e"), None);
        assert_eq!(Form::read("a=%ff").get("a"), Some("\u{fffd}"));
    }

    proptest! {
        #[test]
        fn what_a_link_carries_is_read_again(value in "\\PC{1,40}") {
            let link = href("/console/finding", &[("none", ""), ("uid", &value), ("x", "1")]);
            let query = link.split_once('?').unwrap().1;
            let form = Form::read(query);
            prop_assert_eq!(form.get("uid"), Some(value.as_str()));
            prop_assert!(!link.contains(['"', '<', '>', '\'', ' ']));
        }
    }

    #[test]
    fn only_the_web_is_a_link() {
        for text in ["https://a.example/x?y#z", "HTTP://a.example"] {
            assert_eq!(web_link(text), Some(text));
        }
        for text in [
            "javascript:alert(1)",
            "javascript://a.example/%0aalert(1)",
            "data:text/html,x",
            " https://a.example",
            "https://a.example/\nx",
            "https://",
            "//a.example",
            "a.example",
            "file:///x",
            "",
        ] {
            assert_eq!(web_link(text), None, "{text:?}");
        }
    }
}
