//! The rules of a SARIF tool, and what they say of a result.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::draft::{Members, references, text};
use super::super::words::{cwe, is_cve, severity_id, severity_of_score};
use super::Found;

#[derive(Deserialize)]
pub struct Tool {
    pub driver: Component,
    extensions: Option<Vec<Component>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    pub name: String,
    pub version: Option<String>,
    pub semantic_version: Option<String>,
    pub organization: Option<String>,
    rules: Option<Vec<Rule>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    id: String,
    name: Option<String>,
    short_description: Option<Words>,
    full_description: Option<Words>,
    help: Option<Words>,
    help_uri: Option<String>,
    default_configuration: Option<Defaults>,
    message_strings: Option<HashMap<String, Words>>,
    properties: Option<Value>,
}

#[derive(Deserialize)]
struct Words {
    text: Option<String>,
}

#[derive(Deserialize)]
struct Defaults {
    level: Option<String>,
}

/// How a result names its rule.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    id: Option<String>,
    index: Option<i64>,
    tool_component: Option<ComponentReference>,
}

#[derive(Deserialize)]
struct ComponentReference {
    index: Option<i64>,
    name: Option<String>,
}

#[derive(Deserialize)]
pub struct Message {
    text: Option<String>,
    markdown: Option<String>,
    id: Option<String>,
    arguments: Option<Vec<String>>,
}

impl Message {
    /// Its own text, or the rule's with its arguments in.
    pub fn said(&self, rule: Option<&Rule>) -> String {
        let own = self.text.as_deref().or(self.markdown.as_deref());
        let of_rule = || {
            let strings = rule?.message_strings.as_ref()?;
            strings.get(self.id.as_deref()?)?.text.as_deref()
        };
        let text = own.or_else(of_rule).unwrap_or_default();
        filled(text, self.arguments.as_deref().unwrap_or_default())
    }
}

/// A message with its arguments in the places of `{0}`, `{1}` and so on, and with single braces for the
/// doubled ones that stand for them. What arguments say is not looked into, and other braces stay.
fn filled(text: &str, arguments: &[String]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        let (said, len) = if rest.starts_with("{{") || rest.starts_with("}}") {
            (&rest[..1], 2)
        } else {
            placeholder(rest, arguments).unwrap_or((&rest[..1], 1))
        };
        filled.push_str(said);
        rest = &rest[len..];
    }
    filled + rest
}

/// The argument whose place a text begins with, and how long that is there.
fn placeholder<'a>(text: &str, arguments: &'a [String]) -> Option<(&'a str, usize)> {
    let inside = text.strip_prefix('{')?;
    let is_no_digit = |byte: u8| !byte.is_ascii_digit();
    let (digits, rest) = inside.split_at(inside.bytes().position(is_no_digit)?);
    let place: usize = digits.parse().ok().filter(|_| rest.starts_with('}'))?;
    Some((arguments.get(place)?, digits.len() + 2))
}

impl Rule {
    pub fn title(&self) -> Option<&str> {
        let short = self
            .short_description
            .as_ref()
            .and_then(|words| words.text.as_deref());
        short
            .or(self.name.as_deref())
            .filter(|title| !title.trim().is_empty())
    }

    pub fn description(&self) -> Option<&str> {
        let words = self
            .full_description
            .as_ref()
            .or(self.short_description.as_ref());
        words.and_then(|words| words.text.as_deref())
    }
}

/// The rules of a run's tool and of its extensions.
pub struct Rules<'a> {
    tool: &'a Tool,
    by_id: HashMap<&'a str, &'a Rule>,
}

impl<'a> Rules<'a> {
    pub fn of(tool: &'a Tool) -> Rules<'a> {
        let components = std::iter::once(&tool.driver).chain(tool.extensions.iter().flatten());
        let rules = components.flat_map(|component| component.rules.iter().flatten());
        Rules {
            tool,
            by_id: rules.map(|rule| (rule.id.as_str(), rule)).collect(),
        }
    }

    pub fn of_result(&self, found: &Found) -> Option<&'a Rule> {
        let reference = found.rule.as_ref();
        let component = self.component(reference.and_then(|rule| rule.tool_component.as_ref()));
        let index = reference.and_then(|rule| rule.index).or(found.rule_index);
        let at = index.and_then(|index| usize::try_from(index).ok());
        let placed = at.and_then(|at| component?.rules.as_ref()?.get(at));
        placed.or_else(|| {
            let id = reference
                .and_then(|rule| rule.id.as_deref())
                .or(found.rule_id.as_deref())?;
            // `a/b` is a special case of the rule `a`.
            let parent = || self.by_id.get(id.rsplit_once('/')?.0);
            self.by_id.get(id).or_else(parent).copied()
        })
    }

    /// The driver, or the extension that is named.
    fn component(&self, reference: Option<&ComponentReference>) -> Option<&'a Component> {
        let Some(reference) = reference else {
            return Some(&self.tool.driver);
        };
        let extensions = self.tool.extensions.as_deref().unwrap_or_default();
        match (reference.index, reference.name.as_deref()) {
            (Some(index), _) => extensions.get(usize::try_from(index).ok()?),
            (None, Some(name)) => extensions.iter().find(|extension| extension.name == name),
            (None, None) => Some(&self.tool.driver),
        }
    }
}

/// The id of a result's rule, as the result says it or else the rule.
pub fn id<'a>(found: &'a Found, rule: Option<&'a Rule>) -> &'a str {
    let named = found.rule.as_ref().and_then(|rule| rule.id.as_deref());
    let id = found.rule_id.as_deref().or(named);
    id.or(rule.map(|rule| rule.id.as_str()))
        .unwrap_or("unnamed")
}

/// The score for security where there is one, or else the level.
pub fn severity(found: &Found, rule: Option<&Rule>) -> i64 {
    let of_rule = rule.and_then(|rule| rule.properties.as_ref());
    let mut holders = [found.properties.as_ref(), of_rule].into_iter().flatten();
    let score = holders.find_map(|properties| {
        let score = properties.get("security-severity")?;
        score
            .as_f64()
            .or_else(|| score.as_str()?.trim().parse().ok())
    });
    if let Some(score) = score {
        return severity_of_score(score);
    }
    let defaults = rule.and_then(|rule| rule.default_configuration.as_ref());
    let level = match (found.level.as_deref(), found.kind.as_deref()) {
        (Some(level), _) => level,
        (None, Some(kind)) if kind != "fail" => "none",
        _ => defaults
            .and_then(|defaults| defaults.level.as_deref())
            .unwrap_or("warning"),
    };
    severity_id(level)
}

pub fn remediation(rule: Option<&Rule>) -> Value {
    let help = rule
        .and_then(|rule| rule.help.as_ref())
        .and_then(|help| help.text.as_deref());
    Members::default()
        .with("desc", text(help))
        .with(
            "references",
            references(rule.and_then(|rule| rule.help_uri.as_deref())),
        )
        .object()
}

/// What is wrong with the code, as the schema of a vulnerability has it.
pub fn vulnerability(rule: Option<&Rule>, id: &str, message: &str, code: Vec<Value>) -> Value {
    let tags = rule.and_then(|rule| rule.properties.as_ref()?.get("tags")?.as_array());
    let tags = tags.into_iter().flatten().filter_map(Value::as_str);
    // Tags say it as `external/cwe/cwe-079` or as `CWE-79: Improper Neutralization`.
    let mut cwes = tags.filter_map(|tag| {
        let tag = tag.split(':').next().unwrap_or_default().trim();
        let is_cwe = tag.to_ascii_lowercase().contains("cwe-");
        is_cwe.then(|| cwe(tag)).flatten()
    });
    let cwe = cwes.next().map(|uid| json!({"uid": uid}));
    let cve = is_cve(id).then(|| json!({"uid": id}));
    Members::default()
        .with("title", rule.and_then(Rule::title).unwrap_or(id))
        .with("desc", text(Some(message)))
        .with("cve", cve.unwrap_or_default())
        .with("cwe", cwe.unwrap_or_default())
        .with(
            "references",
            references(rule.and_then(|rule| rule.help_uri.as_deref())),
        )
        .with("remediation", remediation(rule))
        .with("affected_code", code)
        .object()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_filled_once_and_from_the_left() {
        for (text, arguments, expected) in [
            ("x is unused", &[][..], "x is unused"),
            ("{0} and {1}, {0}", &["a", "b"], "a and b, a"),
            // What an argument says is nobody's placeholder.
            ("{0} {1}", &["{1}", "b"], "{1} b"),
            ("{0} {1}", &["{{", "}}"], "{{ }}"),
            ("{{0}} is {0}", &["a"], "{0} is a"),
            ("{{{0}}}", &["a"], "{a}"),
            ("if (x) {{ y }}", &[], "if (x) { y }"),
            // What is no placeholder stays: not all tools double their braces.
            (
                "{1} {} {x} {-1} {+0} { }",
                &["a"],
                "{1} {} {x} {-1} {+0} { }",
            ),
            (
                "{99999999999999999999} {0",
                &["a"],
                "{99999999999999999999} {0",
            ),
            ("ä{0}ö{", &["é"], "äéö{"),
        ] {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            assert_eq!(filled(text, &arguments), expected, "{text}");
        }
    }
}
