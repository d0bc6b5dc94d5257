//! Why a request was not understood, before any rule of a service was asked.

use std::ops::Deref;

/// Violations that one error tells; of the others it says how many there are.
const TOLD_MAX: usize = 50;

/// A constraint that a value does not meet.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The member's place, such as `/incidentTemplate/title`.
    pub path: String,
    /// The whole sentence for the client.
    pub message: String,
}

/// What an input breaks, in the order of the model. However much that is, an error of it stays small.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Violations {
    told: Vec<Violation>,
    /// How many there are beyond those that are told.
    untold: usize,
}

/// A request that cannot be given to an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// The body, a header, a label or a query parameter has the wrong form.
    Serialization(String),
    /// Every constraint that does not hold.
    Validation(Violations),
    UnsupportedMediaType(String),
    NotAcceptable(String),
}

impl Rejection {
    /// The error's name and status where the protocol fixes them.
    pub fn code(&self) -> (&'static str, u16) {
        match self {
            Rejection::Serialization(_) => ("SerializationException", 400),
            Rejection::Validation(_) => ("ValidationException", 400),
            Rejection::UnsupportedMediaType(_) => ("UnsupportedMediaTypeException", 415),
            Rejection::NotAcceptable(_) => ("NotAcceptableException", 406),
        }
    }

    /// One text that names everything that was wrong.
    pub fn message(&self) -> String {
        match self {
            Rejection::Serialization(text)
            | Rejection::UnsupportedMediaType(text)
            | Rejection::NotAcceptable(text) => text.clone(),
            Rejection::Validation(violations) => {
                let count = violations.count();
                let noun = if count == 1 { "error" } else { "errors" };
                let all = violations.sentences();
                format!("{count} validation {noun} detected. {all}")
            }
        }
    }
}

impl Violations {
    /// Adds one, which is made only if it is told.
    pub fn add(&mut self, made: impl FnOnce() -> Violation) {
        if self.told.len() < TOLD_MAX {
            self.told.push(made());
        } else {
            self.untold += 1;
        }
    }

    pub fn push(&mut self, violation: Violation) {
        self.add(|| violation);
    }

    /// Adds what was found elsewhere.
    pub fn append(&mut self, other: Violations) {
        for violation in other.told {
            self.push(violation);
        }
        self.untold += other.untold;
    }

    /// The same violations, each told otherwise.
    pub fn map(self, told: impl FnMut(Violation) -> Violation) -> Violations {
        Violations {
            told: self.told.into_iter().map(told).collect(),
            untold: self.untold,
        }
    }

    /// How many there are, told or not.
    pub fn count(&self) -> usize {
        self.told.len() + self.untold
    }

    /// All sentences as one text.
    pub fn sentences(&self) -> String {
        let told: Vec<&str> = self.told.iter().map(|one| one.message.as_str()).collect();
        let told = told.join("; ");
        match self.untold {
            0 => told,
            untold => format!("{told}; and {untold} more"),
        }
    }
}

/// Those that are told.
impl Deref for Violations {
    type Target = [Violation];

    fn deref(&self) -> &[Violation] {
        &self.told
    }
}

/// Those that are told.
impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.told.into_iter()
    }
}

impl From<Vec<Violation>> for Violations {
    fn from(all: Vec<Violation>) -> Violations {
        all.into_iter().collect()
    }
}

impl FromIterator<Violation> for Violations {
    fn from_iter<I: IntoIterator<Item = Violation>>(all: I) -> Violations {
        let mut violations = Violations::default();
        for violation in all {
            violations.push(violation);
        }
        violations
    }
}

/// A violation whose sentence begins with the place of the value.
pub fn violation(path: &str, constraint: impl std::fmt::Display) -> Violation {
    Violation {
        path: path.to_owned(),
        message: format!("Value at '{path}' failed to satisfy constraint: {constraint}"),
    }
}
