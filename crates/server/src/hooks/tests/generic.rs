//! Tests of Balefire's own message.

use serde_json::json;

use super::Site;

#[test]
fn a_message_opens_what_its_key_ends() {
    let site = Site::new();
    let bucket = "arn:aws:s3:::orders";
    let opened = site.tell(
        "any",
        &json!({
            "status": "firing", "title": "Backups fail", "impact": 1, "dedupe_key": "backup",
            "source": "nightly", "resources": [bucket], "url": "https://ci.example.com/7",
            "details": {"step": 3},
        }),
    );
    assert_eq!(opened["done"], "opened");
    let record = site.record(&opened);
    assert_eq!(record["title"], "Backups fail");
    assert_eq!(record["impact"], 1);
    assert_eq!(record["incidentRecordSource"]["source"], "nightly");
    let items = site.items(&opened);
    assert_eq!(items[0], ("INVOLVED_RESOURCE".into(), bucket.into()));
    assert_eq!(
        items[1],
        ("OTHER".into(), "https://ci.example.com/7".into())
    );
    let more = json!({"status": "firing", "dedupe_key": "backup"});
    assert_eq!(site.tell("any", &more)["done"], "repeated");
    assert_eq!(site.tell("any", &more)["done"], "ignored");
    let over = json!({"status": "resolved", "dedupe_key": "backup"});
    assert_eq!(site.tell("any", &over)["done"], "noted");
    assert_eq!(site.incidents(), 1);
}

#[test]
fn without_a_key_each_message_opens() {
    let site = Site::new();
    for _ in 0..2 {
        let opened = site.tell("any", &json!({"status": "firing"}));
        assert_eq!(opened["done"], "opened");
        assert_eq!(site.record(&opened)["title"], "The plan's");
    }
    assert_eq!(site.incidents(), 2);
}

#[test]
fn a_key_means_the_same_only_within_its_hook() {
    let site = Site::new();
    let opened = site.tell("any", &json!({"status": "firing", "dedupe_key": "disk"}));
    let group = json!({
        "version": "4", "groupKey": "disk", "status": "resolved", "receiver": "r", "alerts": [],
    });
    assert_eq!(site.tell("closing", &group)["done"], "ignored");
    assert_eq!(site.record(&opened)["status"], "OPEN");
}

#[test]
fn what_is_wrong_is_named() {
    let site = Site::new();
    for (body, named) in [
        (json!([]), "invalid"),
        // Its members in their order.
        (
            json!(["firing", "t", 1, "k", "src", [], null, null]),
            "expected an object",
        ),
        (json!({}), "`status`"),
        (json!({"status": "on"}), "`on`"),
        (json!({"status": "firing", "severity": 1}), "`severity`"),
        (json!({"status": "firing", "impact": 0}), "impact is 0"),
        (json!({"status": "firing", "title": " "}), "title"),
        (json!({"status": "firing", "title": "x".repeat(201)}), "200"),
        (
            json!({"status": "firing", "source": "aws.ec2"}),
            "'aws.ec2'",
        ),
        (
            json!({"status": "firing", "resources": ["arn:aws:s3:::a", "b"]}),
            "resources[1]",
        ),
        (json!({"status": "firing", "url": "ftp://a"}), "url"),
        (json!({"status": "firing", "dedupe_key": ""}), "dedupe_key"),
        (json!({"status": "resolved"}), "dedupe_key is missing"),
    ] {
        let error = site.wrong("any", &body.to_string());
        assert!(error.contains(named), "{body}: {error}");
    }
    assert_eq!(site.incidents(), 0);
}
