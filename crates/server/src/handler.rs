//! A row of an operation table: the model's row and the function that answers it.

use std::sync::Arc;

use balefire_api::shape::UNIT;
use balefire_api::{Node, Operation, Spec, Timestamp, Typed, Violations, check};

use crate::context::{Caller, Ctx};
use crate::failure::Failure;

pub type Run = dyn Fn(&mut Ctx<'_, '_>, Node) -> Result<Node, Failure> + Send + Sync;

/// Reads in a transaction what a write of an input is prepared with, and gives what prepares it.
pub type Look = dyn Fn(&mut Ctx<'_, '_>, Node) -> Result<Prepare, Failure> + Send + Sync;

/// Makes the write, without a transaction.
pub type Prepare = Box<dyn FnOnce(&Caller, Timestamp) -> Result<Prepared, Failure> + Send>;

/// A write that is ready for its transaction, which may be run more than once.
pub type Prepared = Box<dyn Fn(&mut Ctx<'_, '_>) -> Result<Node, Failure> + Send + Sync>;

type Outcome = dyn Fn(&mut Ctx<'_, '_>, Node) -> Result<Option<Node>, Failure> + Send + Sync;

/// How an operation works.
#[derive(Clone)]
pub enum Form {
    /// In one transaction.
    Whole(Arc<Run>),
    /// As far as it can before its transaction.
    Prepared(Arc<Look>),
}

/// An operation that is answered.
#[derive(Clone)]
pub struct Handler {
    pub spec: &'static Spec,
    form: Form,
    is_long: bool,
    /// A write that searches first, which may take long.
    searches: bool,
    /// The place of the input's member whose ARN names the account that is written to.
    written_to: Option<usize>,
    /// Where the answer is what a job comes to.
    outcome: Option<Arc<Outcome>>,
    /// The list in the input whose elements the operation holds against the model itself.
    judged: Option<&'static str>,
}

impl Handler {
    fn with(spec: &'static Spec, form: Form) -> Handler {
        Handler {
            spec,
            form,
            is_long: false,
            searches: false,
            written_to: None,
            outcome: None,
            judged: None,
        }
    }

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
        Handler::with(O::spec(), Form::Whole(Arc::new(run)))
    }

    /// An operation that gives its output as a node, in which a member may be stored wire form that
    /// goes out as it is.
    pub fn of_wire_form<O: Operation>(
        function: impl Fn(&mut Ctx<'_, '_>, O::Input) -> Result<Node, Failure> + Send + Sync + 'static,
    ) -> Handler {
        let run =
            move |ctx: &mut Ctx<'_, '_>, node: Node| function(ctx, O::Input::from_node(node)?);
        Handler::with(O::spec(), Form::Whole(Arc::new(run)))
    }

    /// An operation that takes a list and answers for each element by itself: an element that breaks a
    /// constraint of the model fails alone, so the operation holds each against the model.
    pub fn of_elements<O: Operation>(
        member: &'static str,
        function: impl Fn(&mut Ctx<'_, '_>, Vec<Node>) -> Result<O::Output, Failure>
        + Send
        + Sync
        + 'static,
    ) -> Handler {
        let place = O::spec().input.and_then(|input| input.place(member));
        let run = move |ctx: &mut Ctx<'_, '_>, node: Node| {
            let slot = match (node, place) {
                (Node::Structure(mut slots), Some(place)) => {
                    slots.get_mut(place).and_then(Option::take)
                }
                _ => None,
            };
            let Some(Node::List(elements)) = slot else {
                return Err(Failure::Internal(format!(
                    "{} has no {member}",
                    O::spec().name
                )));
            };
            function(ctx, elements).map(Typed::into_node)
        };
        Handler {
            judged: Some(member),
            ..Handler::with(O::spec(), Form::Whole(Arc::new(run)))
        }
    }

    /// A write most of whose work needs no transaction, and should hold up none: `look` reads what there is
    /// to know, `prepare` works on the input, and `write` is left with what must see the newest. It has no
    /// client token.
    pub fn prepared<O: Operation, S: Send + 'static, P: Send + Sync + 'static>(
        look: impl Fn(&mut Ctx<'_, '_>) -> Result<S, Failure> + Send + Sync + 'static,
        prepare: impl Fn(&Caller, Timestamp, S, O::Input) -> Result<P, Failure> + Send + Sync + 'static,
        write: impl Fn(&mut Ctx<'_, '_>, &P) -> Result<O::Output, Failure> + Send + Sync + 'static,
    ) -> Handler {
        let (prepare, write) = (Arc::new(prepare), Arc::new(write));
        let look = move |ctx: &mut Ctx<'_, '_>, node: Node| {
            let seen = look(ctx)?;
            let (prepare, write) = (Arc::clone(&prepare), Arc::clone(&write));
            Ok(Box::new(move |caller: &Caller, now: Timestamp| {
                let ready = prepare(caller, now, seen, O::Input::from_node(node)?)?;
                let write = move |ctx: &mut Ctx<'_, '_>| write(ctx, &ready).map(Typed::into_node);
                Ok(Box::new(write) as Prepared)
            }) as Prepare)
        };
        Handler::with(O::spec(), Form::Prepared(Arc::new(look)))
    }

    /// A write to things that are searched first: `look` finds in a snapshot what the input names, where it
    /// holds up no other request, and `write` is left with what was found. It has no client token.
    pub fn looked_up<O: Operation, P: Send + Sync + 'static>(
        look: impl Fn(&mut Ctx<'_, '_>, O::Input) -> Result<P, Failure> + Send + Sync + 'static,
        write: impl Fn(&mut Ctx<'_, '_>, &P) -> Result<O::Output, Failure> + Send + Sync + 'static,
    ) -> Handler {
        let write = Arc::new(write);
        let look = move |ctx: &mut Ctx<'_, '_>, node: Node| {
            let ready = look(ctx, O::Input::from_node(node)?)?;
            let write = Arc::clone(&write);
            let write = move |ctx: &mut Ctx<'_, '_>| write(ctx, &ready).map(Typed::into_node);
            Ok(Box::new(move |_: &Caller, _| Ok(Box::new(write) as Prepared)) as Prepare)
        };
        Handler {
            searches: true,
            ..Handler::with(O::spec(), Form::Prepared(Arc::new(look)))
        }
    }

    /// For what takes milliseconds to read or to prepare: it is done where it holds up no other request.
    pub fn at_length(mut self) -> Handler {
        self.is_long = true;
        self
    }

    pub fn is_long(&self) -> bool {
        self.is_long
    }

    /// Whether a write looks at length before.
    pub fn searches(&self) -> bool {
        self.searches
    }

    pub fn form(&self) -> &Form {
        &self.form
    }

    /// What of an input breaks the model's constraints, but for elements that the operation judges.
    pub fn violations(&self, input: &Node) -> Violations {
        let structure = self.spec.input.unwrap_or(&UNIT);
        check::check_apart_from(self.judged, structure, input)
    }

    /// For writes to what another account may have shared: they run in the order of that account's own
    /// writes, which the ARN in this member of the input names. Panics where there is no such member.
    pub fn ordered_by(mut self, member: &str) -> Handler {
        let place = self.spec.input.and_then(|input| input.place(member));
        assert!(place.is_some(), "{} has no {member}", self.spec.name);
        self.written_to = place;
        self
    }

    /// For writes that leave a call to another system as a job and are answered with what it came to: after
    /// the commit the request waits until `outcome`, given what the write gave, gives something.
    pub fn answered_by_job<O: Operation>(
        mut self,
        outcome: impl Fn(&mut Ctx<'_, '_>, O::Output) -> Result<Option<O::Output>, Failure>
        + Send
        + Sync
        + 'static,
    ) -> Handler {
        let look = move |ctx: &mut Ctx<'_, '_>, left: Node| {
            let found = outcome(ctx, O::Output::from_node(left)?)?;
            Ok(found.map(Typed::into_node))
        };
        self.outcome = Some(Arc::new(look));
        self
    }

    pub fn is_answered_by_job(&self) -> bool {
        self.outcome.is_some()
    }

    /// What the job has come to; nothing while it is under way.
    pub fn outcome(&self, ctx: &mut Ctx<'_, '_>, left: Node) -> Result<Option<Node>, Failure> {
        match &self.outcome {
            Some(outcome) => outcome(ctx, left),
            None => Ok(Some(left)),
        }
    }

    /// The account in whose order a write runs: the caller's, or the one that the input names.
    pub fn account<'a>(&self, caller: &'a str, input: &'a Node) -> &'a str {
        let (Some(place), Node::Structure(slots)) = (self.written_to, input) else {
            return caller;
        };
        let arn = slots.get(place).and_then(|slot| slot.as_ref()?.as_text());
        let account = arn.and_then(|arn| arn.split(':').nth(4));
        account
            .filter(|account| !account.is_empty())
            .unwrap_or(caller)
    }
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "Handler({})", self.spec.name)
    }
}

#[cfg(test)]
mod tests {
    use balefire_api::generated::ssm_incidents::operations::StartIncident;
    use balefire_api::generated::ssm_incidents::{StartIncidentInput, StartIncidentOutput};

    use super::*;

    #[test]
    fn a_write_is_ordered_by_the_account_that_it_names() {
        let plain = Handler::of::<StartIncident>(|_, _| Ok(StartIncidentOutput::default()));
        let ordered = plain.clone().ordered_by("responsePlanArn");
        let plan = "arn:aws:ssm-incidents::222222222222:response-plan/plan";
        for (handler, arn, expected) in [
            (&plain, plan, "caller"),
            (&ordered, plan, "222222222222"),
            (&ordered, "arn:aws:s3:::bucket", "caller"),
            (&ordered, "no ARN", "caller"),
        ] {
            let input = StartIncidentInput {
                response_plan_arn: arn.into(),
                ..StartIncidentInput::default()
            };
            assert_eq!(
                handler.account("caller", &input.into_node()),
                expected,
                "{arn}"
            );
        }
    }
}
