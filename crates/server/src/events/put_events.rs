//! PutEvents: each entry is accepted or refused by itself; what is accepted is kept before the answer.

use balefire_api::generated::events::{
    PutEventsRequest, PutEventsRequestEntry, PutEventsResponse, PutEventsResultEntry,
};
use serde_json::Value;

use super::arn::is_default_bus;
use super::{Deployments, Event, TAKE_DEPLOYMENTS, TAKE_EVENT};
use crate::context::Ctx;
use crate::failure::Failure;

/// Bytes an entry may have in all.
pub const ENTRY_BYTES_MAX: usize = 256 * 1024;

pub fn put_events(
    ctx: &mut Ctx<'_, '_>,
    input: PutEventsRequest,
) -> Result<PutEventsResponse, Failure> {
    if input.endpoint_id.is_some() {
        let rule = "Member must be absent: there are no global endpoints here, send to this one";
        return Err(Failure::invalid("/EndpointId", rule));
    }
    let (mut results, mut deployments) = (Vec::new(), Vec::new());
    for entry in input.entries {
        let result = match event(ctx, entry) {
            Ok((event, tells_of)) => {
                let event_id = Some(event.id.clone());
                match tells_of {
                    TellsOf::Deployment => deployments.push(event),
                    TellsOf::Other => leave(ctx, &event)?,
                }
                PutEventsResultEntry {
                    event_id,
                    ..Default::default()
                }
            }
            Err((code, message)) => PutEventsResultEntry {
                error_code: Some(code.into()),
                error_message: Some(message),
                ..Default::default()
            },
        };
        results.push(result);
    }
    leave_deployments(ctx, deployments)?;
    let failed = results
        .iter()
        .filter(|result| result.error_code.is_some())
        .count();
    Ok(PutEventsResponse {
        failed_entry_count: Some(i32::try_from(failed).unwrap_or(i32::MAX)),
        entries: Some(results),
    })
}

/// What an event tells of.
enum TellsOf {
    Deployment,
    Other,
}

fn leave(ctx: &mut Ctx<'_, '_>, event: &Event) -> Result<(), Failure> {
    ctx.leave_job(&event.account, TAKE_EVENT, &event.id, event)
}

/// Jobs run side by side, so what is to be taken in in its order is one.
fn leave_deployments(ctx: &mut Ctx<'_, '_>, events: Vec<Event>) -> Result<(), Failure> {
    match events.as_slice() {
        [] => Ok(()),
        [event] => leave(ctx, event),
        [first, ..] => {
            let (account, subject) = (first.account.clone(), first.id.clone());
            let region = first.region.clone();
            let deployments = Deployments { region, events };
            ctx.leave_job(&account, TAKE_DEPLOYMENTS, &subject, &deployments)
        }
    }
}

/// A detail that can be kept: it is read inside an array, since the event holds it a level deeper than it
/// came.
fn detail_of(text: &str) -> serde_json::Result<Value> {
    serde_json::from_str(&format!("[{text}]"))
        .map(|(detail,): (Value,)| detail)
        // Said as of the text that was sent.
        .map_err(|error| serde_json::from_str::<Value>(text).err().unwrap_or(error))
}

fn event(
    ctx: &Ctx<'_, '_>,
    entry: PutEventsRequestEntry,
) -> Result<(Event, TellsOf), (&'static str, String)> {
    let given = |name: &str, value: Option<String>| {
        value.filter(|text| !text.is_empty()).ok_or_else(|| {
            (
                "InvalidArgument",
                format!("Parameter {name} is not valid. Reason: {name} is a required argument."),
            )
        })
    };
    if let Some(bus) = &entry.event_bus_name
        && !is_default_bus(ctx, bus)
    {
        let message = format!("There is no event bus {bus}; the only one is 'default'.");
        return Err(("InvalidArgument", message));
    }
    let source = given("Source", entry.source)?;
    let detail_type = given("DetailType", entry.detail_type)?;
    let text = given("Detail", entry.detail)?;
    let resources = entry.resources.unwrap_or_default();
    let bytes = source.len()
        + detail_type.len()
        + text.len()
        + resources.iter().map(String::len).sum::<usize>();
    if bytes > ENTRY_BYTES_MAX {
        let message =
            format!("An entry has at most {ENTRY_BYTES_MAX} bytes; this one has {bytes}.");
        return Err(("InvalidArgument", message));
    }
    let detail = detail_of(&text)
        .map_err(|error| ("MalformedDetail", format!("Detail is malformed: {error}.")))?;
    if !detail.is_object() {
        return Err((
            "MalformedDetail",
            "Detail is malformed: it must be a JSON object.".into(),
        ));
    }
    let event = Event {
        id: ctx.new_id(),
        account: ctx.caller.account.clone(),
        region: ctx.region.to_owned(),
        source,
        detail_type,
        resources,
        at_ms: entry.time.map_or(ctx.now.0, |time| time.0),
        is_dated: entry.time.is_some(),
        detail,
    };
    // Here there is still someone to tell.
    match event.deployment() {
        Ok(Some(_)) => Ok((event, TellsOf::Deployment)),
        Ok(None) => Ok((event, TellsOf::Other)),
        Err(fault) => Err(("MalformedDetail", format!("Detail is malformed: {fault}."))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::Testing;

    #[test]
    fn an_endpoint_is_refused() {
        let t = Testing::new();
        let entry = json!({"Source": "shop", "DetailType": "order", "Detail": "{}"});
        for (endpoint, is_taken) in [(None, true), (Some("abcde.veo"), false)] {
            let mut input = json!({"Entries": [entry]});
            if let Some(endpoint) = endpoint {
                input["EndpointId"] = endpoint.into();
            }
            match t.call("events", "PutEvents", input) {
                Ok(answer) => assert!(is_taken && answer["FailedEntryCount"] == 0, "{answer}"),
                Err(Failure::Invalid(violations)) => {
                    assert_eq!((is_taken, &*violations[0].path), (false, "/EndpointId"));
                }
                Err(other) => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn details_are_read_once_and_faults_told_of_the_text_that_came() {
        let nested =
            |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
        let deep = nested(126);
        for text in ["{}", r#" {"a": [1, {"b": null}]} "#, "7", &deep] {
            let expected: Value = serde_json::from_str(text).unwrap();
            assert_eq!(detail_of(text).unwrap(), expected, "{text}");
        }
        let too_deep = nested(127);
        assert!(serde_json::from_str::<Value>(&too_deep).is_ok());
        let said = detail_of(&too_deep).unwrap_err().to_string();
        assert!(said.contains("recursion limit"), "{said}");
        for text in [
            "",
            "{",
            r#"{"a": x}"#,
            "{} {}",
            "{}, {}",
            "{},",
            "1], [2",
            "{}] [",
            "[",
        ] {
            let expected = serde_json::from_str::<Value>(text).unwrap_err();
            let said = detail_of(text).unwrap_err();
            assert_eq!(said.to_string(), expected.to_string(), "{text}");
        }
    }
}
