//! Balefire's own small message, for whatever can post JSON.

use balefire_api::generated::ssm_incidents::RelatedItem;
use balefire_api::json::Object;
use balefire_api::own::{ResolveCauseInput, TriggerIncidentInput};
use serde::Deserialize;
use serde_json::Value;

use super::Hook;
use super::action::{Action, Status};
use super::items::{TITLE_LENGTH_MAX, cause, link, raw_data, sha256};
use crate::incidents::related_item;

/// The source of messages that name none.
const SOURCE: &str = "webhook";
const SOURCE_LENGTH_MAX: usize = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    status: Status,
    title: Option<String>,
    impact: Option<i32>,
    dedupe_key: Option<String>,
    source: Option<String>,
    #[serde(default)]
    resources: Vec<String>,
    url: Option<String>,
    /// Anything. It is kept with the rest of the body.
    #[serde(rename = "details")]
    _details: Option<Value>,
}

pub fn read(hook: &Hook, body: &[u8]) -> Result<Action, String> {
    let Object(message): Object<Message> = serde_json::from_slice(body)
        .map_err(|error| format!("The body is not a message of this hook: {error}."))?;
    message.check()?;
    let related_items = message.items()?;
    let source = message.source.unwrap_or_else(|| SOURCE.into());
    let cause = message.dedupe_key.map(|key| cause(hook, &key));
    match (message.status, cause) {
        (Status::Firing, cause) => Ok(Action::Trigger(TriggerIncidentInput {
            response_plan_arn: hook.plan.clone(),
            source,
            title: message.title,
            impact: message.impact,
            cause,
            fingerprint: Some(sha256(body)),
            raw_data: Some(raw_data(body)),
            related_items: Some(related_items),
            ..TriggerIncidentInput::default()
        })),
        (Status::Resolved, Some(cause)) => Ok(Action::Resolve(ResolveCauseInput {
            response_plan_arn: hook.plan.clone(),
            source,
            cause,
            raw_data: Some(raw_data(body)),
            ..ResolveCauseInput::default()
        })),
        (Status::Resolved, None) => Err(
            "dedupe_key is missing; with status 'resolved' it must be that of the 'firing' message."
                .into(),
        ),
    }
}

impl Message {
    fn check(&self) -> Result<(), String> {
        for (name, text, max) in [
            ("title", &self.title, TITLE_LENGTH_MAX),
            ("source", &self.source, SOURCE_LENGTH_MAX),
            ("dedupe_key", &self.dedupe_key, usize::MAX),
        ] {
            let Some(text) = text else { continue };
            if text.trim().is_empty() || text.chars().count() > max {
                return Err(match max {
                    usize::MAX => format!("{name} is empty; leave it out or give a text."),
                    max => format!("{name} must have 1 to {max} characters."),
                });
            }
        }
        if let Some(source) = self.source.as_ref().filter(|text| text.starts_with("aws.")) {
            return Err(format!(
                "source is '{source}'; names that begin with 'aws.' are kept for AWS services."
            ));
        }
        match self.impact {
            Some(impact) if !(1..=5).contains(&impact) => {
                Err(format!("impact is {impact}; it must be 1 (critical) to 5."))
            }
            _ => Ok(()),
        }
    }

    fn items(&self) -> Result<Vec<RelatedItem>, String> {
        let mut items = Vec::new();
        for (place, resource) in self.resources.iter().enumerate() {
            items.push(related_item::involved_resource(resource).ok_or_else(|| {
                format!("resources[{place}] is '{resource}'; it must be an ARN.")
            })?);
        }
        if let Some(url) = &self.url {
            items.push(link("Source", url).ok_or_else(|| {
                "url must begin with http:// or https:// and have at most 1000 characters."
                    .to_owned()
            })?);
        }
        Ok(items)
    }
}
