//! The inspector room.

use crate::handler::Handler;

/// The operations of this room.
pub fn operations() -> Vec<Handler> {
    Vec::new()
}
