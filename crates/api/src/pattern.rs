//! Regular expressions of the model, compiled at their first use.

use std::sync::OnceLock;

use regex::Regex;

/// A pattern of the model and the expression that decides it.
///
/// The model's dialect has look-ahead and ASCII classes; code generation turns the only look-ahead
/// in use, `(?!aws:)` at the start, into `forbidden_start`, and the classes into plain ranges.
#[derive(Debug)]
pub struct Pattern {
    /// As the model writes it: what an error shows.
    pub shown: &'static str,
    pub expression: &'static str,
    pub forbidden_start: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub const fn new(
        shown: &'static str,
        expression: &'static str,
        forbidden_start: &'static str,
    ) -> Pattern {
        Pattern {
            shown,
            expression,
            forbidden_start,
            compiled: OnceLock::new(),
        }
    }

    /// Whether the text matches. An expression that does not compile matches nothing; a test
    /// compiles them all.
    pub fn matches(&self, text: &str) -> bool {
        let allowed = self.forbidden_start.is_empty() || !text.starts_with(self.forbidden_start);
        allowed && self.compile().is_some_and(|regex| regex.is_match(text))
    }

    /// The compiled expression, `None` where it cannot be compiled.
    pub fn compile(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| Regex::new(self.expression).ok())
            .as_ref()
    }
}
