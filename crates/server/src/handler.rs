//! A row of an operation table: the model's row and the function that answers it.

use std::sync::Arc;

use balefire_api::{Node, Operation, Spec, Typed};

use crate::context::Ctx;
use crate::failure::Failure;

type Run = dyn Fn(&mut Ctx<'_, '_>, Node) -> Result<Node, Failure> + Send + Sync;

/// An operation that is answered.
#[derive(Clone)]
pub struct Handler {
    pub spec: &'static Spec,
    run: Arc<Run>,
}

impl Handler {
    pub fn of<O: Operation>(
        function: impl Fn(&mut Ctx<'_, '_>, O::Input) -> Result<O::Output, Failure>
        + Send
        + Sync
        + 'static,
    ) -> Handler {
        let run = move |ctx: &mut Ctx<'_, '_>, node: Node| {
            let input = O::Input::from_node(node)?;
            function(ctx, input).map(Typed::into_node)
        };
        Handler {
            spec: O::spec(),
            run: Arc::new(run),
        }
    }

    /// An operation that gives its output as a node, in which a member may be stored wire form that
    /// goes out as it is.
    pub fn of_wire_form<O: Operation>(
        function: impl Fn(&mut Ctx<'_, '_>, O::Input) -> Result<Node, Failure> + Send + Sync + 'static,
    ) -> Handler {
        let run =
            move |ctx: &mut Ctx<'_, '_>, node: Node| function(ctx, O::Input::from_node(node)?);
        Handler {
            spec: O::spec(),
            run: Arc::new(run),
        }
    }

    pub fn run(&self, ctx: &mut Ctx<'_, '_>, input: Node) -> Result<Node, Failure> {
        (self.run)(ctx, input)
    }
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "Handler({})", self.spec.name)
    }
}
