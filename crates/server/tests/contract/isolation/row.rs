//! What a row says: for an answered operation, an input with the owner's identifiers, and what comes of it.

use serde_json::{Value, json};

use super::world::World;

/// What the other account is answered.
#[derive(Clone, Copy)]
pub enum Foreign {
    /// Status and error.
    Refused(u16, &'static str),
    /// Success, in which nothing of the owner's is seen or changed.
    Nothing,
}

/// What the owner is answered.
#[derive(Clone, Copy)]
pub enum Own {
    /// Success, in which the mark is seen.
    Sees,
    May,
    /// Status and error.
    Refused(u16, &'static str),
}

pub const NOT_FOUND: Foreign = Foreign::Refused(404, "ResourceNotFoundException");
pub const DENIED: Foreign = Foreign::Refused(403, "AccessDeniedException");
/// It is on for both.
pub const CONFLICT: Foreign = Foreign::Refused(409, "ResourceConflictException");
pub const MAY_NOT: Own = Own::Refused(403, "AccessDeniedException");
/// Of what the administrator has.
pub const UNSEEN: Own = Own::Refused(404, "ResourceNotFoundException");

pub struct Row {
    pub id: &'static str,
    pub input: fn(&World) -> Value,
    pub foreign: Foreign,
    pub own: Own,
    /// The account whose answer no call of another account may change.
    pub watched_by: Option<&'static str>,
}

pub const fn row(id: &'static str, input: fn(&World) -> Value, foreign: Foreign, own: Own) -> Row {
    Row {
        id,
        input,
        foreign,
        own,
        watched_by: None,
    }
}

impl Row {
    /// Makes what an account is answered part of the world's snapshot.
    pub const fn watched_by(self, account: &'static str) -> Row {
        Row {
            watched_by: Some(account),
            ..self
        }
    }
}

/// The input of what asks for no more than the account's own.
pub fn nothing(_: &World) -> Value {
    json!({})
}

/// A text that the server has answered.
pub fn text(value: &Value) -> String {
    let text = value.as_str();
    text.unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}
