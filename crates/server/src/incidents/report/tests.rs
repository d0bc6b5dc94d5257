//! The report of an incident that was lived through.

use serde_json::json;

use crate::failure::Failure;
use crate::incidents::fixture::{SERVICE, start, with_plan};
use crate::testing::{MEMBER, Testing};

fn report(t: &Testing, incident: &str) -> Result<String, Failure> {
    let output = t.call(
        "balefire",
        "GetIncidentReport",
        json!({"Incident": incident}),
    )?;
    Ok(output["Markdown"].as_str().unwrap().to_owned())
}

fn deploy(t: &Testing, state: &str) {
    let detail = json!({
        "deploymentId": "d-ABC123", "application": "shop", "deploymentGroup": "blue", "state": state,
    });
    let entry = json!({
        "Source": "aws.codedeploy",
        "DetailType": "CodeDeploy Deployment State-change Notification",
        "Detail": detail.to_string(),
        "Time": t.now().0 as f64 / 1000.0,
    });
    t.call("events", "PutEvents", json!({"Entries": [entry]}))
        .unwrap();
    t.step();
}

#[test]
fn a_report_tells_times_deployments_and_who_did_what() {
    let (t, plan) =
        with_plan(json!({"title": "Shop | down", "impact": 1, "summary": "See **wiki**."}));
    deploy(&t, "START");
    t.advance_ms(60_000);
    deploy(&t, "SUCCESS");
    let trigger = json!({"source": "probe", "timestamp": t.now().0 as f64 / 1000.0});
    t.advance_ms(90_000);
    let arn = start(&t, &plan, json!({"triggerDetails": trigger})).unwrap();
    t.advance_ms(1000);
    let note = json!({
        "incidentRecordArn": arn, "eventType": "Note", "eventTime": t.now().0 as f64 / 1000.0,
        "eventData": "\"rolling <back>\"",
    });
    t.call(SERVICE, "CreateTimelineEvent", note).unwrap();
    t.advance_ms(3_600_000);
    t.call(
        SERVICE,
        "UpdateIncidentRecord",
        json!({"arn": arn, "status": "RESOLVED"}),
    )
    .unwrap();

    let id = arn.rsplit('/').next().unwrap();
    let told = report(&t, id).unwrap();
    assert_eq!(told, report(&t, &arn).unwrap());
    for line in [
        "# Shop \\| down",
        "See **wiki**.",
        "| Triggered | 2026-01-01 00:01:00 UTC (detected in 1m 30s) |",
        "| Started | 2026-01-01 00:02:30 UTC |",
        "| Acknowledged | by nobody |",
        "| Resolved | 2026-01-01 01:02:31 UTC (1h 1s after the start) |",
        "| 2026-01-01 00:00:00 UTC (2m 30s before) | 2026-01-01 00:01:00 UTC | d-ABC123 of \
         arn:aws:codedeploy:eu-central-1:111111111111:deploymentgroup:shop/blue |",
        "| 2026-01-01 00:02:31 UTC | tester | rolling &lt;back> |",
        "| 2026-01-01 01:02:31 UTC | tester | status is now RESOLVED |",
    ] {
        assert!(
            told.contains(&format!("{line}\n")),
            "{line}\nis missing in\n{told}"
        );
    }
}

#[test]
fn a_report_is_the_accounts_own() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 1}));
    let arn = start(&t, &plan, json!({})).unwrap();
    for named in [arn.as_str(), arn.rsplit('/').next().unwrap()] {
        let foreign = t.call_as(
            MEMBER,
            "balefire",
            "GetIncidentReport",
            json!({"Incident": named}),
        );
        assert!(
            matches!(foreign, Err(Failure::NotFound { .. })),
            "{foreign:?}"
        );
    }
    assert!(report(&t, "no-such-id").is_err());
}
