//! Rows of links: filters of a list, and its pages.

use super::form::href;
use super::visit::Visit;
use crate::failure::Failure;

/// A choice among a few, drawn as a row of links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub label: &'static str,
    pub href: String,
    pub chosen: bool,
}

/// Choices for one name of a query; `kept` is the rest of that query.
pub fn choices(
    path: &str,
    name: &str,
    chosen: &str,
    kept: &[(&str, &str)],
    values: &[(&'static str, &str)],
) -> Vec<Choice> {
    let choice = |&(label, value): &(&'static str, &str)| {
        let mut pairs = kept.to_vec();
        pairs.push((name, value));
        Choice {
            label,
            href: href(path, &pairs),
            chosen: chosen == value,
        }
    };
    values.iter().map(choice).collect()
}

/// What the query has chosen of what is offered. Anything else would show all as if it were meant.
pub fn chosen<'a>(
    visit: &Visit<'_>,
    name: &str,
    offered: &[(&str, &'a str)],
) -> Result<&'a str, Failure> {
    let Some(value) = visit.query.get(name) else {
        return Ok("");
    };
    let found = offered.iter().find(|(_, known)| *known == value);
    let values = || {
        let values = offered.iter().map(|(_, known)| *known);
        let values: Vec<&str> = values.filter(|known| !known.is_empty()).collect();
        values.join(", ")
    };
    found.map(|(_, known)| *known).ok_or_else(|| {
        Failure::invalid(
            name,
            format_args!("'{value}' is not known; there are {}", values()),
        )
    })
}

/// Links to the first and the next page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    pub first: Option<String>,
    pub next: Option<String>,
}

impl Pages {
    pub fn of(path: &str, kept: &[(&str, &str)], token: Option<&str>, next: Option<&str>) -> Pages {
        let with_token = |next| {
            let mut pairs = kept.to_vec();
            pairs.push(("token", next));
            href(path, &pairs)
        };
        Pages {
            first: token.map(|_| href(path, kept)),
            next: next.map(with_token),
        }
    }
}
