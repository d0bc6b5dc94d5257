//! What the model says of operations, errors and services.

use crate::node::{Mismatch, Node, Typed};
use crate::shape::Structure;

/// An operation as a type: everything else is generic over it.
pub trait Operation: 'static {
    type Input: Typed + Send + 'static;
    type Output: Typed + Send + 'static;
    fn spec() -> &'static Spec;
}

/// An operation's row in the model.
#[derive(Debug)]
pub struct Spec {
    pub name: &'static str,
    /// The operation's function: its name in snake case.
    pub function: &'static str,
    pub service: &'static str,
    pub method: &'static str,
    /// The modelled URI, labels in braces, constant query parameters included.
    pub uri: &'static str,
    /// The status of success.
    pub status: u16,
    pub input: Option<&'static Structure>,
    pub output: Option<&'static Structure>,
    pub errors: &'static [&'static ErrorSpec],
    /// The IAM action, such as `ssm-incidents:StartIncident`.
    pub action: &'static str,
    pub pages: Option<Pages>,
    /// The member that holds the client's idempotency token.
    pub token: Option<&'static str>,
    /// Whether the operation only reads.
    pub reads: bool,
}

/// The members by which an operation pages.
#[derive(Clone, Copy, Debug)]
pub struct Pages {
    pub token: &'static str,
    pub next: &'static str,
    pub limit: Option<&'static str>,
}

/// A modelled error.
#[derive(Debug)]
pub struct ErrorSpec {
    pub name: &'static str,
    pub status: u16,
    pub structure: &'static Structure,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    RestJson,
    AwsJson,
    AwsQuery,
}

/// A service: its operations, and those of the model that are not generated.
#[derive(Debug)]
pub struct Service {
    /// The signing name.
    pub name: &'static str,
    pub protocol: Protocol,
    /// What precedes the operation in `X-Amz-Target`.
    pub target_prefix: &'static str,
    pub operations: &'static [&'static Spec],
    /// Operations that are in the model and answered with 501: name, method, URI.
    pub named_only: &'static [(&'static str, &'static str, &'static str)],
}

impl Spec {
    pub fn error(&self, name: &str) -> Option<&'static ErrorSpec> {
        self.errors.iter().find(|error| error.name == name).copied()
    }
}

/// The input or output of an operation that has none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Unit {}

impl Typed for Unit {
    fn from_node(_: Node) -> Result<Self, Mismatch> {
        Ok(Unit {})
    }

    fn into_node(self) -> Node {
        Node::Structure(Vec::new())
    }
}
