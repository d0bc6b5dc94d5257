//! Why a request was not understood, before any rule of a service was asked.

/// A constraint that a value does not meet.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The member's place, such as `/incidentTemplate/title`.
    pub path: String,
    /// The whole sentence for the client.
    pub message: String,
}

/// A request that cannot be given to an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// The body, a header, a label or a query parameter has the wrong form.
    Serialization(String),
    /// Every constraint that does not hold, in the order of the model.
    Validation(Vec<Violation>),
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
                let noun = if violations.len() == 1 {
                    "error"
                } else {
                    "errors"
                };
                let all: Vec<&str> = violations.iter().map(|v| v.message.as_str()).collect();
                format!(
                    "{} validation {noun} detected. {}",
                    violations.len(),
                    all.join("; ")
                )
            }
        }
    }
}

/// A violation whose sentence begins with the place of the value.
pub fn violation(path: &str, constraint: impl std::fmt::Display) -> Violation {
    Violation {
        path: path.to_owned(),
        message: format!("Value at '{path}' failed to satisfy constraint: {constraint}"),
    }
}
