//! Compiles patterns, and says of malformed ones what is wrong, where, and what would be right.

mod numeric;

use serde_json::{Map, Value};

use super::json::Unambiguous;
use super::network::Network;
use super::test::{Affix, Test, folded};
use super::wildcard::Wildcard;
use super::{Field, Leaf, Malformed, Object, Pattern};

const OR: &str = "$or";
/// The names of comparisons; an object that has one is no alternative of `$or`.
const COMPARISONS: &[&str] = &[
    "anything-but",
    "cidr",
    "equals-ignore-case",
    "exists",
    "numeric",
    "prefix",
    "suffix",
    "wildcard",
];

impl Pattern {
    pub fn compile(text: &str) -> Result<Pattern, Malformed> {
        let read = serde_json::from_str::<Unambiguous>(text);
        let Unambiguous(value) = read.map_err(|error| Malformed {
            path: String::new(),
            reason: format!("it is not JSON that can be read: {error}"),
        })?;
        let mut compiler = Compiler::default();
        let root = match &value {
            Value::Object(object) => compiler.object(object)?,
            _ => return compiler.refuse("it must be a JSON object"),
        };
        let absent = compiler.absent;
        Ok(Pattern { root, absent })
    }
}

/// Where the walk through a pattern is, and what it has found.
#[derive(Default)]
struct Compiler {
    path: Vec<String>,
    absent: Vec<Vec<String>>,
}

impl Compiler {
    fn refuse<T>(&self, reason: impl Into<String>) -> Result<T, Malformed> {
        Err(Malformed {
            path: self.path.join("."),
            reason: reason.into(),
        })
    }

    fn object(&mut self, object: &Map<String, Value>) -> Result<Object, Malformed> {
        if object.is_empty() {
            return self.refuse("an empty object is not allowed; it must name a field");
        }
        let mut compiled = Object::default();
        for (name, value) in object {
            if let Some(alternatives) = alternatives(name, value) {
                compiled.alternatives.push(self.either(&alternatives)?);
                continue;
            }
            self.path.push(name.clone());
            let field = match value {
                Value::Object(nested) => Field::Nested(self.object(nested)?),
                Value::Array(values) => Field::Leaf(self.leaf(values)?),
                _ => {
                    let reason = format!("it must be an object or an array, such as [{value}]");
                    return self.refuse(reason);
                }
            };
            self.path.pop();
            compiled.fields.push((name.clone(), field));
        }
        Ok(compiled)
    }

    fn either(&mut self, objects: &[&Map<String, Value>]) -> Result<Vec<Object>, Malformed> {
        if objects.len() < 2 {
            return self.refuse(format!("{OR} must be an array of at least two objects"));
        }
        objects.iter().map(|object| self.object(object)).collect()
    }

    fn leaf(&mut self, values: &[Value]) -> Result<Leaf, Malformed> {
        if values.is_empty() {
            return self.refuse("an empty array is not allowed; it would match nothing");
        }
        let (mut tests, mut absent) = (Vec::new(), None);
        for value in values {
            match value {
                Value::Array(_) => return self.refuse("an array may not hold arrays"),
                Value::Object(comparison) => match self.comparison(comparison)? {
                    Some(test) => tests.push(test),
                    None => absent = Some(self.absent.len()),
                },
                value => tests.push(exactly(value)),
            }
        }
        if absent.is_some() {
            // `$or` is a place in the pattern and none in the event, and is never on this path.
            self.absent.push(self.path.clone());
        }
        Ok(Leaf { tests, absent })
    }

    /// `None` where absence is asked for.
    fn comparison(&self, comparison: &Map<String, Value>) -> Result<Option<Test>, Malformed> {
        let (name, operand) = self.single(comparison)?;
        Ok(Some(match (name, operand) {
            ("exists", Value::Bool(true)) => Test::Exists,
            ("exists", Value::Bool(false)) => return Ok(None),
            ("exists", _) => return self.refuse("exists takes true or false"),
            ("numeric", operand) => self.numeric(operand)?,
            ("anything-but", operand) => Test::AnythingBut(self.anything_but(operand)?),
            ("prefix", operand) => Test::Prefix(self.affix(name, operand)?),
            ("suffix", operand) => Test::Suffix(self.affix(name, operand)?),
            ("equals-ignore-case" | "wildcard" | "cidr", Value::String(text)) => {
                self.textual(name, text)?
            }
            ("equals-ignore-case" | "wildcard" | "cidr", _) => {
                return self.refuse(format!("{name} takes a string"));
            }
            _ => {
                let known = COMPARISONS.join(", ");
                return self.refuse(format!("'{name}' is no comparison; there are {known}"));
            }
        }))
    }

    fn single<'a>(
        &self,
        object: &'a Map<String, Value>,
    ) -> Result<(&'a str, &'a Value), Malformed> {
        let mut entries = object.iter();
        match (entries.next(), entries.next()) {
            (Some((name, operand)), None) => Ok((name, operand)),
            _ => self.refuse("a comparison is an object with exactly one name"),
        }
    }

    /// A comparison whose operand is a text.
    fn textual(&self, name: &str, text: &str) -> Result<Test, Malformed> {
        let malformed = |reason| self.refuse(format!("{name} cannot take {text:?}: {reason}"));
        match name {
            "equals-ignore-case" => Ok(Test::EqualsIgnoreCase(folded(text).collect())),
            "wildcard" => Wildcard::parse(text).map_or_else(malformed, |w| Ok(Test::Wildcard(w))),
            "cidr" => Network::parse(text).map_or_else(malformed, |n| Ok(Test::Cidr(n))),
            "prefix" if !text.is_empty() => Ok(Test::Prefix(Affix::exact(text))),
            "suffix" if !text.is_empty() => Ok(Test::Suffix(Affix::exact(text))),
            _ => malformed("an empty string is at each end of every text"),
        }
    }

    fn affix(&self, name: &str, operand: &Value) -> Result<Affix, Malformed> {
        match operand {
            Value::String(text) => Ok(Affix::exact(text)),
            Value::Object(object) => match self.single(object)? {
                ("equals-ignore-case", Value::String(text)) => Ok(Affix {
                    text: folded(text).collect(),
                    ignores_case: true,
                }),
                _ => self.refuse(format!("in {name} stands equals-ignore-case with a string")),
            },
            _ => self.refuse(format!(
                "{name} takes a string, or an object with equals-ignore-case"
            )),
        }
    }

    /// The tests of which none may hold.
    fn anything_but(&self, operand: &Value) -> Result<Vec<Test>, Malformed> {
        let refused = "anything-but takes a string, a number, a list of one or the other, \
                       or an object with prefix, suffix, wildcard or equals-ignore-case";
        match operand {
            Value::Object(object) => match self.single(object)? {
                (name @ ("prefix" | "suffix" | "wildcard" | "equals-ignore-case"), operand) => {
                    self.none_of(name, operand)
                }
                _ => self.refuse(refused),
            },
            Value::Array(values) if is_uniform(values) => Ok(values.iter().map(exactly).collect()),
            Value::String(_) | Value::Number(_) => Ok(vec![exactly(operand)]),
            _ => self.refuse(refused),
        }
    }

    fn none_of(&self, name: &str, operand: &Value) -> Result<Vec<Test>, Malformed> {
        let texts = match operand {
            Value::Array(texts) => texts.as_slice(),
            text => std::slice::from_ref(text),
        };
        let test = |text: &Value| match text {
            Value::String(text) => self.textual(name, text),
            _ => self.refuse(format!("{name} in anything-but takes strings")),
        };
        if texts.is_empty() {
            return self.refuse(format!("{name} in anything-but takes at least one string"));
        }
        texts.iter().map(test).collect()
    }
}

impl Affix {
    fn exact(text: &str) -> Affix {
        Affix {
            text: text.to_owned(),
            ignores_case: false,
        }
    }
}

/// The objects of `$or`. Where they are comparisons, or no objects at all, it is a field like any other.
fn alternatives<'a>(name: &str, value: &'a Value) -> Option<Vec<&'a Map<String, Value>>> {
    let objects: Option<Vec<_>> = value.as_array()?.iter().map(Value::as_object).collect();
    let is_comparison = |object: &&Map<String, Value>| {
        let mut names = object.keys();
        names.any(|name| COMPARISONS.contains(&name.as_str()))
    };
    objects.filter(|objects| name == OR && !objects.iter().any(is_comparison))
}

/// Whether a list holds strings alone or numbers alone, and at least one.
fn is_uniform(values: &[Value]) -> bool {
    !values.is_empty()
        && (values.iter().all(Value::is_string) || values.iter().all(Value::is_number))
}

/// The test for a value as it stands.
fn exactly(value: &Value) -> Test {
    match value {
        Value::Bool(value) => Test::Bool(*value),
        Value::Number(number) => Test::Number(number.clone()),
        Value::String(text) => Test::Text(text.clone()),
        // Arrays and objects never come here.
        Value::Null | Value::Array(_) | Value::Object(_) => Test::Null,
    }
}
