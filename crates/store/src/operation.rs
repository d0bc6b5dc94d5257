//! A queued write: a closure with its types erased, and where its answer goes.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use crate::Error;
use crate::tx::Tx;

/// What the caller of a write waits for.
pub(crate) type Reply<T, E> = Result<Result<T, E>, Error>;

/// A queued write, its types erased.
pub(crate) trait Operation: Send {
    fn shard(&self) -> i64;
    fn run(&mut self, tx: &mut Tx<'_>) -> Ran;
    /// Sends what `run` returned last, or the error.
    fn answer(self: Box<Self>, result: Result<(), Error>);
}

/// How the closure ended.
pub(crate) enum Ran {
    Accepted,
    Declined,
    Panicked(Error),
}

/// A closure and where its answer goes.
pub(crate) struct Write<T, E, F> {
    pub shard: i64,
    pub closure: F,
    pub outcome: Option<Result<T, E>>,
    pub reply: oneshot::Sender<Reply<T, E>>,
}

impl<T, E, F> Operation for Write<T, E, F>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: Send,
{
    fn shard(&self) -> i64 {
        self.shard
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Ran {
        // What the closure left half done in its captures is not looked at again: it is not rerun.
        match catch_unwind(AssertUnwindSafe(|| (self.closure)(tx))) {
            Ok(outcome) => {
                let ran = if outcome.is_ok() {
                    Ran::Accepted
                } else {
                    Ran::Declined
                };
                self.outcome = Some(outcome);
                ran
            }
            Err(payload) => Ran::Panicked(panicked(&*payload)),
        }
    }

    fn answer(self: Box<Self>, result: Result<(), Error>) {
        let never_ran = || Error::Unknown {
            reason: "the operation has no outcome".into(),
        };
        let Write {
            closure,
            outcome,
            reply,
            ..
        } = *self;
        // What the caller holds as well is then the caller's to free, and not for the writer's time.
        drop(closure);
        // A caller that went away does not change what was kept.
        let _ = reply.send(result.and_then(|()| outcome.ok_or_else(never_ran)));
    }
}

/// The error that stands for a caught panic.
pub(crate) fn panicked(payload: &(dyn Any + Send)) -> Error {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    Error::Panicked {
        message: text.unwrap_or("no message").into(),
    }
}
