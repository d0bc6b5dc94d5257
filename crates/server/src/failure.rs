//! Why an operation did not do what was asked, in words that are the same for every service.

use balefire_api::{Rejection, Violations};

/// What an operation answers instead of its output. `pipeline::failure` makes the service's error of it.
#[derive(Debug)]
pub enum Failure {
    /// Nothing of this kind has this id, or it is another account's.
    NotFound { kind: &'static str, id: String },
    /// It exists already, or is in a state that forbids the call.
    Conflict {
        kind: &'static str,
        id: String,
        message: String,
    },
    /// The input breaks a rule that the model cannot say.
    Invalid(Violations),
    /// A pattern of events is malformed; the text says what and where.
    Pattern(String),
    /// A quota would be passed.
    Limit {
        kind: &'static str,
        id: String,
        quota: &'static str,
        message: String,
    },
    /// The caller may not do this.
    Denied(String),
    /// The account has not turned the service on.
    NotSubscribed(String),
    /// What the call needs is on the move; it may be repeated when it has settled.
    Unsettled(String),
    /// Too much at once; the call may be repeated.
    Throttled,
    /// The findings are being read into memory; the call may be repeated.
    Reading,
    /// The account has asked for an operation too often.
    RateExceeded {
        operation: &'static str,
        quota: &'static str,
        per_second: u32,
    },
    /// The server's own fault. The text is logged and never sent.
    Internal(String),
    /// The store's fault, some of which a client may be told.
    Store(balefire_store::Error),
}

/// What holds for texts that are looked for, in both engines.
pub const NO_NUL: &str = "Texts that things are found by must not have the character NUL";

impl Failure {
    /// An input whose member at `path` breaks a rule; `rule` says what would be right.
    pub fn invalid(path: &str, rule: impl std::fmt::Display) -> Failure {
        Failure::Invalid(vec![balefire_api::rejection::violation(path, rule)].into())
    }

    pub fn not_found(kind: &'static str, id: impl Into<String>) -> Failure {
        Failure::NotFound {
            kind,
            id: id.into(),
        }
    }

    pub fn conflict(
        kind: &'static str,
        id: impl Into<String>,
        message: impl Into<String>,
    ) -> Failure {
        Failure::Conflict {
            kind,
            id: id.into(),
            message: message.into(),
        }
    }

    /// What a client is told.
    pub fn message(&self) -> String {
        match self {
            Failure::NotFound { kind, id } => {
                format!("There is no {} {id}.", kind.to_lowercase().replace('_', " "))
            }
            Failure::Conflict { message, .. } | Failure::Limit { message, .. } | Failure::Denied(message)
            | Failure::Pattern(message) | Failure::NotSubscribed(message) | Failure::Unsettled(message) => {
                message.clone()
            }
            Failure::Invalid(violations) => Rejection::Validation(violations.clone()).message(),
            Failure::Throttled => "The server has as many requests waiting as it takes. Try again.".into(),
            Failure::Reading => {
                "The findings are being read into memory after the server's start. Try again soon.".into()
            }
            Failure::RateExceeded { operation, per_second, .. } => format!(
                "An account may call {operation} {per_second} times a second. Try again a little later."
            ),
            Failure::Internal(_) | Failure::Store(_) => {
                "The request could not be served. The server's log says why, under this request's id.".into()
            }
        }
    }
}

impl From<balefire_store::Error> for Failure {
    fn from(error: balefire_store::Error) -> Failure {
        match error {
            balefire_store::Error::Busy { .. } => Failure::Throttled,
            // A parameter the engines cannot keep is in the request: NUL in a text is the only one.
            balefire_store::Error::Invalid { .. } => Failure::invalid("/", NO_NUL),
            error => Failure::Store(error),
        }
    }
}

impl From<balefire_api::Mismatch> for Failure {
    fn from(mismatch: balefire_api::Mismatch) -> Failure {
        Failure::Internal(format!(
            "a value does not have the form of its type: {}",
            mismatch.0
        ))
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure::Internal(format!(
            "a stored document could not be read or written: {error}"
        ))
    }
}
