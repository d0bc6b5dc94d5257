//! Findings of the first version that a complete report closes.

use super::*;
use crate::securityhub::finding::tests::document;

/// Closes what of the own product a report without them does not name.
fn close(t: &Testing, run: &str) {
    let product = json!({"product": {"uid": own_product(ADMINISTRATOR)}, "version": "1.6.0"});
    let other = document("other", json!({"metadata": product}));
    let input = json!({"Findings": [other], "Run": run});
    t.call("balefire", "ImportFindings", input).unwrap();
    let done = t.call("balefire", "CompleteImport", json!({"Run": run}));
    assert_eq!(done.unwrap()["Closed"], 1);
}

#[test]
fn who_asks_for_what_was_updated_since_gets_what_was_closed_and_it_opens_again() {
    let t = enabled();
    let active = || finding("a", json!({"RecordState": "ACTIVE"}));
    import(&t, &[active()]);
    for run in ["r1", "r2"] {
        t.advance_ms(1000);
        let since = json!([{"Start": t.now().date_time(), "End": "2027-01-01T00:00:00Z"}]);
        let updated = || found_as(&t, ADMINISTRATOR, json!({"UpdatedAt": since}));
        assert_eq!(updated(), [] as [Value; 0]);
        close(&t, run);
        let closed = updated();
        assert_eq!(closed.len(), 1);
        assert_eq!(
            (&closed[0]["Id"], &closed[0]["RecordState"]),
            (&json!("a"), &json!("ARCHIVED"))
        );
        assert_eq!(closed[0]["UpdatedAt"], t.now().date_time());
        // The provider's own time is the one that it had.
        t.advance_ms(1000);
        import(&t, &[active()]);
        let shown = get(&t, "a");
        assert_eq!(
            (&shown["RecordState"], &shown["Workflow"]["Status"]),
            (&json!("ACTIVE"), &json!("NEW"))
        );
        assert_eq!(shown["UpdatedAt"], active()["UpdatedAt"]);
        // What is not newer than that changes nothing again.
        let mut older = active();
        older["Title"] = "older".into();
        import(&t, &[older]);
        assert_eq!(get(&t, "a")["Title"], "Finding a");
    }
}
