//! What a message asks for, and doing it.

use balefire_api::Operation;
use balefire_api::generated::events::PutEventsRequest;
use balefire_api::generated::events::operations::PutEvents;
use balefire_api::own::{self, Outcome, ResolveCauseInput, TriggerIncidentInput};
use serde::Deserialize;

use super::Hook;
use super::items::sha256;
use super::reply::Reply;
use crate::failure::Failure;
use crate::pipeline::Pipeline;

/// Whether the cause goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Firing,
    Resolved,
}

/// What is to be done.
#[derive(Debug)]
pub enum Action {
    Trigger(TriggerIncidentInput),
    Resolve(ResolveCauseInput),
    /// Events that tell the same when they are told twice.
    Put(PutEventsRequest),
}

impl Action {
    /// `message_id` is the sender's: what has it twice is done once, and answered the same.
    pub async fn perform(
        self,
        pipeline: &Pipeline,
        hook: &Hook,
        message_id: Option<String>,
    ) -> Result<Reply, Failure> {
        let client_token = message_id.map(|id| sha256(format!("hook/{}/{id}", hook.name)));
        match self {
            Action::Trigger(mut input) => {
                input.client_token = client_token;
                let done = call::<own::TriggerIncident>(pipeline, hook, input).await?;
                let reply = Reply::done(done.outcome, Some(&done.incident_arn));
                Ok(reply.leaving_out(done.related_items_left_out))
            }
            Action::Resolve(mut input) => {
                input.client_token = client_token;
                input.resolve_incident = Some(hook.auto_resolve);
                let done = call::<own::ResolveCause>(pipeline, hook, input).await?;
                Ok(Reply::done(done.outcome, done.incident_arn.as_deref()))
            }
            Action::Put(input) => {
                let done = call::<PutEvents>(pipeline, hook, input).await?;
                let refused = done
                    .entries
                    .into_iter()
                    .flatten()
                    .find_map(|entry| entry.error_message);
                Ok(refused.map_or_else(Reply::accepted, |wrong| Reply::malformed(&wrong)))
            }
        }
    }
}

pub async fn call<O: Operation>(
    pipeline: &Pipeline,
    hook: &Hook,
    input: O::Input,
) -> Result<O::Output, Failure> {
    pipeline
        .call::<O>(hook.caller.clone(), &hook.region, input)
        .await
}

/// What was done, in a word, and why where that is not plain.
pub fn words(outcome: Outcome) -> (&'static str, Option<&'static str>) {
    match outcome {
        Outcome::Opened => ("opened", None),
        Outcome::Repeated => ("repeated", None),
        Outcome::Resolved => ("resolved", None),
        Outcome::Noted => (
            "noted",
            Some(
                "The incident stays open: auto_resolve is not set, another cause goes on, or this hook has \
                 not opened it.",
            ),
        ),
        Outcome::Unchanged => ("ignored", Some("The message says what was said before.")),
        Outcome::NotOpen => ("ignored", Some("No incident of this cause is open.")),
    }
}
