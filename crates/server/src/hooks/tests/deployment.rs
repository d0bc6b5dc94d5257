//! Deployments that are posted.

use serde_json::json;

use super::Site;

#[test]
fn a_deployment_is_found_by_the_incident() {
    let site = Site::new();
    let told = |status: &str| json!({"id": "d-1", "service": "shop", "status": status});
    assert_eq!(site.tell("releases", &told("started"))["done"], "accepted");
    site.testing.step();
    let opened = site.tell("any", &json!({"status": "firing", "title": "Down"}));
    assert_eq!(
        site.tell("releases", &told("succeeded"))["done"],
        "accepted"
    );
    // A sender that is not sure tells it again.
    assert_eq!(
        site.tell("releases", &told("succeeded"))["done"],
        "accepted"
    );
    site.testing.step();
    let incident = json!({"incidentRecordArn": opened["incident"]});
    let found = site.call("ListIncidentFindings", incident);
    assert_eq!(
        found["findings"].as_array().map(Vec::len),
        Some(1),
        "{found}"
    );
}

#[test]
fn what_is_wrong_with_a_deployment_is_named() {
    let site = Site::new();
    for (body, named) in [
        (
            json!({"id": "d-1", "service": "shop", "status": "maybe"}),
            "status",
        ),
        (
            json!({"id": "d-1", "service": "shop", "status": "started", "colour": 1}),
            "colour",
        ),
        (json!([1]), "object"),
    ] {
        let wrong = site.wrong("releases", &body.to_string());
        assert!(wrong.contains(named), "{body}: {wrong}");
    }
}
