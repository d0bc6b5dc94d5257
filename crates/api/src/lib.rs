//! What the wire says: shapes, operations, constraints and protocols, with no I/O and no opinion.
//!
//! `generated` is written by `cargo xtask codegen` from the public API models; everything else here
//! is the engine that gives those tables their meaning.

// Generated code names this crate from within and from without in the same way.
extern crate self as balefire_api;

pub mod aws_json;
pub mod aws_query;
pub mod check;
mod declare;
pub mod generated;
pub mod json;
pub mod media;
pub mod node;
pub mod own;
pub mod pattern;
pub mod rejection;
pub mod rest_json;
pub mod route;
pub mod shape;
pub mod spec;
pub mod text;
pub mod timestamp;

pub use node::{Document, Mismatch, Node, Typed};
pub use rejection::{Rejection, Violation, Violations};
pub use spec::{ErrorSpec, Operation, Protocol, Service, Spec, Unit};
pub use timestamp::Timestamp;
