//! Rules are held against an event before its transaction, and asked again in it.

use std::sync::Arc;

use balefire_store::Job;

use super::*;
use crate::context::Ctx;
use crate::engine::job::End;
use crate::engine::open_incidents::Triggering;
use crate::events::rule::Rules;

#[test]
fn a_rule_that_goes_after_it_matched_starts_nothing() {
    for (operation, started) in [("DisableRule", 0), ("DeleteRule", 0), ("EnableRule", 1)] {
        let t = ready();
        rule(&t, "a", ANY, &["plan"]);
        send(&t, ADMINISTRATOR, other_event(&[]));
        let engine = t.engine(&Configuration::default());
        let job = t.wait(engine.claim(1, 1)).unwrap().remove(0);
        let read = engine.in_ctx(&job, |ctx: &mut Ctx<'_, '_>, _: &Job| Rules::read(ctx));
        let rules = t.wait(t.store.read(read)).unwrap().unwrap();
        let event = serde_json::from_slice(&job.payload).unwrap();
        let triggering = Arc::new(Triggering::of(event, &rules));
        let targets = json!({"Rule": "a", "Ids": ["plan"]});
        if operation == "DeleteRule" {
            t.call("events", "RemoveTargets", targets).unwrap();
        }
        t.call("events", operation, json!({"Name": "a"})).unwrap();
        let open = move |ctx: &mut Ctx<'_, '_>, _: &Job| triggering.open_incidents(ctx);
        t.wait(engine.settle(&job, End::Finished, open)).unwrap();
        assert_eq!(incidents(&t).len(), started, "{operation}");
    }
}

#[test]
fn a_kept_rule_that_cannot_be_read_keeps_no_other_from_starting() {
    let t = ready();
    rule(&t, "a", ANY, &["plan"]);
    rule(&t, "b", ANY, &["plan"]);
    // As a version with other patterns may have kept it.
    rewrite(&t, "event_rule", "a", ["prefix", "begins"]);
    take(&t, other_event(&[]));
    assert_eq!(
        only(&t)["incidentRecordSource"]["resourceArn"]
            .as_str()
            .map(|arn| arn.ends_with("/b")),
        Some(true)
    );
}
