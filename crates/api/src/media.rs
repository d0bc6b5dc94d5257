//! Media types: what a request may carry and what a client accepts.

/// Whether a `Content-Type` names this media type; parameters are ignored.
pub fn is(content_type: &str, wanted: &str) -> bool {
    essence(content_type).eq_ignore_ascii_case(wanted)
}

/// Whether an `Accept` header allows this media type.
pub fn accepts(accept: &str, offered: &str) -> bool {
    let kind = offered.split('/').next().unwrap_or_default();
    accept.split(',').map(essence).any(|range| {
        range.eq_ignore_ascii_case(offered)
            || range == "*/*"
            || range
                .strip_suffix("/*")
                .is_some_and(|r| r.eq_ignore_ascii_case(kind))
    })
}

fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_wildcards() {
        assert!(is("application/JSON; charset=utf-8", "application/json"));
        assert!(!is("application/hal+json", "application/json"));
        for accept in ["*/*", "application/*", "text/html, application/json;q=0.1"] {
            assert!(accepts(accept, "application/json"), "{accept}");
        }
        assert!(!accepts("application/hal+json", "application/json"));
    }
}
