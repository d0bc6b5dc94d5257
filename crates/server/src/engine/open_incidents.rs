//! Opens the incidents that an event starts by the account's rules.

use std::collections::BTreeSet;
use std::sync::Arc;

use balefire_api::Timestamp;
use balefire_api::generated::ssm_incidents::{RelatedItem, TriggerDetails};
use serde_json::{Value, json};

use crate::context::Ctx;
use crate::events::Event;
use crate::events::alarm::Alarm;
use crate::events::rule::{Rules, Start, started_by};
use crate::failure::Failure;
use crate::incidents::incident::{Opening, open_or_fold};
use crate::incidents::{related_item, response_plan};

/// In whose name events call.
const EVENTS_PRINCIPAL: &str = "events.amazonaws.com";

/// An event, and what of it is known before the transaction in which it opens incidents.
pub struct Triggering {
    pub event: Event,
    /// The event as targets see it.
    document: Value,
    /// The names of the rules that it matches.
    matched: Vec<String>,
    alarm: Option<Alarm>,
    items: Arc<[RelatedItem]>,
}

impl Triggering {
    pub fn of(event: Event, rules: &Rules) -> Triggering {
        let document = event.document();
        let matched = rules.matched_by(&document);
        let (alarm, items) = match matched.is_empty() {
            true => (None, Vec::new()),
            false => {
                let alarm = event.alarm();
                let items = items(&event, alarm.as_ref());
                (alarm, items)
            }
        };
        Triggering {
            event,
            document,
            matched,
            alarm,
            items: items.into(),
        }
    }

    /// Each plan is started once by an event, however many rules name it.
    pub fn open_incidents(&self, ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
        let mut started = BTreeSet::new();
        for start in started_by(ctx, &self.matched)? {
            let Some(row) = response_plan::own_target(ctx, start.target_arn())? else {
                miss(ctx, &self.event, &start, "the response plan does not exist")?;
                continue;
            };
            if !started.insert(row.name.clone()) {
                continue;
            }
            let opening = self.opening(ctx, &start);
            match ctx.attempt(|ctx| open_or_fold(ctx, &row, opening)) {
                // Waiting would not help.
                Err(failure @ (Failure::Limit { .. } | Failure::Invalid(_))) => {
                    miss(ctx, &self.event, &start, &failure.message())?;
                }
                opened => drop(opened?),
            }
        }
        Ok(())
    }

    /// An alarm is its own trigger; any other event is its rule's.
    fn opening(&self, ctx: &Ctx<'_, '_>, start: &Start) -> Opening {
        let (source, trigger_arn) = match &self.alarm {
            Some(alarm) => ("aws.cloudwatch", alarm.arn.clone()),
            None => ("aws.events", start.rule_arn.clone()),
        };
        let role = start.role_arn.clone();
        Opening {
            title: None,
            impact: None,
            trigger: Some(TriggerDetails {
                raw_data: Some(start.input(&self.document)),
                source: source.into(),
                timestamp: Timestamp(self.event.at_ms),
                trigger_arn: Some(trigger_arn.clone()),
            }),
            created_by: role.unwrap_or_else(|| ctx.caller.arn.clone()),
            invoked_by: EVENTS_PRINCIPAL.into(),
            cause: Some(trigger_arn),
            related_items: Arc::clone(&self.items),
        }
    }
}

/// What an event involves: what an alarm measures, or the resources that the event names.
fn items(event: &Event, alarm: Option<&Alarm>) -> Vec<RelatedItem> {
    let Some(alarm) = alarm else {
        let resources = event.resources.iter();
        return resources
            .filter_map(|resource| related_item::involved_resource(resource))
            .collect();
    };
    // The alarm's own ARN is the trigger, and not what is in trouble.
    let named = event.resources.iter().filter(|arn| **arn != alarm.arn);
    let metric = alarm.widget.clone();
    let metric = metric.map(|widget| related_item::metric(&alarm.name, widget));
    let involved = alarm.resources.iter().chain(named);
    let involved = involved.filter_map(|resource| related_item::involved_resource(resource));
    metric.into_iter().chain(involved).collect()
}

/// A plan that starts nothing must not keep the event's other plans from starting, nor be passed over unseen.
fn miss(ctx: &mut Ctx<'_, '_>, event: &Event, start: &Start, why: &str) -> Result<(), Failure> {
    tracing::warn!(
        rule = start.rule_arn,
        target = start.target_arn(),
        event = event.id,
        "a rule matched, and its target opened no incident: {why}"
    );
    let missed = json!({"target": start.target_arn(), "event": event.id, "reason": why});
    ctx.changed("rule.target_missed", &start.rule_arn, &missed)
}

#[cfg(test)]
pub mod tests;
