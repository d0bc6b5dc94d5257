//! What importing keeps, replaces, leaves alone and reports.

use super::*;

const STRANGER: &str = "333333333333";

#[test]
fn a_finding_is_created_then_unchanged_then_updated() {
    let t = enabled();
    let first = document("f", json!({}));
    assert_eq!(
        counts(&import(&t, std::slice::from_ref(&first))),
        [1, 0, 0, 0]
    );
    let uid = uid_of(ADMINISTRATOR, "f");
    let mut expected = first.clone();
    expected["metadata"]["uid"] = uid.clone().into();
    assert_eq!(findings(&t, json!({})), [expected.clone()]);

    t.advance_ms(1000);
    assert_eq!(counts(&import(&t, &[first])), [0, 0, 1, 0]);
    // What was exported is the same finding, also with its members in another order.
    let backwards = expected.as_object().unwrap().iter().rev();
    let members: Vec<String> = backwards.map(|(k, v)| format!("{k:?}: {v}")).collect();
    let reordered: Value = serde_json::from_str(&format!("{{{}}}", members.join(","))).unwrap();
    assert_eq!(counts(&import(&t, &[reordered])), [0, 0, 1, 0]);

    t.advance_ms(1000);
    let second = document(
        "f",
        json!({"severity_id": 5, "severity": "Critical", "extra": [1]}),
    );
    assert_eq!(counts(&import(&t, &[second])), [0, 1, 0, 0]);
    let found = finding(&t, "f");
    assert_eq!(
        (&found["severity"], &found["extra"]),
        (&json!("Critical"), &json!([1]))
    );
    assert_eq!(found.get("vendor_attributes"), None);

    let kinds = [
        json!({"created": [uid], "updated": []}),
        json!({"created": [], "updated": [uid]}),
    ];
    assert_eq!(
        log(&t),
        kinds.map(|body| ("findings.imported".to_owned(), body))
    );
}

#[test]
fn bad_documents_are_reported_by_place_and_good_ones_kept() {
    let t = enabled();
    let documents = [
        json!([]),
        document("a", json!({})),
        document("b", json!({"severity_id": 44, "time": null})),
        document("c", json!({})),
    ];
    let output = import(&t, &documents);
    assert_eq!(counts(&output), [2, 0, 0, 2]);
    assert_eq!(output["Failed"][0]["Index"], 0);
    assert_eq!(output["Failed"][1]["Index"], 2);
    let reason = output["Failed"][1]["Reason"].as_str().unwrap();
    assert!(reason.contains("severity_id must be one of") && reason.contains("time is missing"));
    assert_eq!(findings(&t, json!({})).len(), 2);
}

#[test]
fn a_call_that_keeps_nothing_leaves_no_trace() {
    let t = enabled();
    assert_eq!(counts(&import(&t, &[json!({})])), [0, 0, 0, 1]);
    assert_eq!(log(&t), []);
}

#[test]
fn of_documents_of_one_finding_in_one_call_the_newest_counts() {
    let t = enabled();
    let with = |severity: i64| document("f", json!({"severity_id": severity, "severity": null}));
    let output = import(&t, &[with(1), with(2), with(2), with(4)]);
    assert_eq!(counts(&output), [1, 0, 3, 0]);
    assert_eq!(finding(&t, "f")["severity"], "High");
    let uid = uid_of(ADMINISTRATOR, "f");
    let body = json!({"created": [uid], "updated": []});
    assert_eq!(log(&t), [("findings.imported".to_owned(), body)]);
    let again = import(&t, &[with(1), with(2), with(2), with(4)]);
    assert_eq!(counts(&again), [0, 0, 4, 0], "the same report again");
    // The order in the call is not that of the times.
    let at = |severity: i64, time: i64| {
        let set = json!({"severity_id": severity, "severity": null, "time": time});
        document("g", set)
    };
    let mixed = [at(1, 30), at(2, 40), at(3, 20)];
    for expected in [[1, 0, 2, 0], [0, 0, 3, 0]] {
        assert_eq!(counts(&import(&t, &mixed)), expected);
        assert_eq!(finding(&t, "g")["severity"], "Low");
    }
    // One that is refused gives way to none.
    let broken = document("h", json!({"severity_id": 44, "time": 50}));
    let output = import(&t, &[document("h", json!({})), broken]);
    assert_eq!(counts(&output), [1, 0, 0, 1]);
}

#[test]
fn a_document_of_an_earlier_time_changes_nothing() {
    let t = enabled();
    let at =
        |time_ms: i64, message: &str| document("f", json!({"time": time_ms, "message": message}));
    let now_ms = t.now().0;
    let (first, second) = (at(now_ms - 2000, "first"), at(now_ms - 1000, "second"));
    for (document, expected, message) in [
        (&first, [1, 0, 0, 0], "first"),
        (&second, [0, 1, 0, 0], "second"),
        (&first, [0, 0, 1, 0], "second"),
        (&second, [0, 0, 1, 0], "second"),
        // Of the same time it may be mended.
        (&at(now_ms - 1000, "third"), [0, 1, 0, 0], "third"),
    ] {
        assert_eq!(
            counts(&import(&t, std::slice::from_ref(document))),
            expected
        );
        assert_eq!(finding(&t, "f")["message"], message);
    }
    // Clocks are not all alike, and one that is wrong shuts nobody out.
    let (slightly, far) = (5 * 60 * 1000, 5 * 60 * 1000 + 1);
    for (ahead_ms, expected) in [(slightly, [0, 0, 1, 0]), (far, [0, 1, 0, 0])] {
        let ahead = at(now_ms + ahead_ms, "ahead");
        assert_eq!(counts(&import(&t, &[ahead])), [0, 1, 0, 0]);
        assert_eq!(counts(&import(&t, std::slice::from_ref(&second))), expected);
    }
    assert_eq!(finding(&t, "f")["message"], "second");
    // What has no time of its own is not compared.
    assert_eq!(
        counts(&import(&t, &[at(now_ms + slightly, "ahead")])),
        [0, 1, 0, 0]
    );
    let mut undated = at(0, "undated");
    undated.as_object_mut().unwrap().remove("time");
    let input = json!({"Findings": [undated], "Undated": true});
    let output = t.call("balefire", "ImportFindings", input).unwrap();
    assert_eq!(counts(&output), [0, 1, 0, 0]);
    assert_eq!(counts(&import(&t, &[first])), [0, 1, 0, 0]);
}

#[test]
fn a_text_beside_a_time_that_is_not_there_is_the_time() {
    let t = enabled();
    let mut document = document("f", json!({"time_dt": "2025-12-01T00:00:00Z"}));
    document.as_object_mut().unwrap().remove("time");
    let input = json!({"Findings": [document], "Undated": true});
    t.call("balefire", "ImportFindings", input).unwrap();
    assert_eq!(finding(&t, "f")["time"], 1_764_547_200_000_i64);
}

#[test]
fn the_administrator_imports_for_any_account_and_others_for_their_own() {
    let t = enabled();
    let documents = [ADMINISTRATOR, MEMBER, STRANGER].map(|a| document_of(a, "f", json!({})));
    let output = import_as(&t, MEMBER, &documents).unwrap();
    assert_eq!(counts(&output), [1, 0, 0, 2]);
    let reason = output["Failed"][0]["Reason"].as_str().unwrap();
    assert!(
        reason.contains(&format!("cloud.account.uid must be {MEMBER}")),
        "{reason}"
    );
    let accounts = |t: &Testing| {
        let read = |tx: &mut Tx<'_>| tx.query("SELECT id FROM account ORDER BY id", &[]);
        t.store.read_blocking(read).unwrap().unwrap().len()
    };
    assert_eq!(accounts(&t), 2);
    assert_eq!(counts(&import(&t, &documents)), [2, 0, 1, 0]);
    assert_eq!(accounts(&t), 3);
    let own = get_as(&t, MEMBER, json!({})).unwrap();
    assert_eq!(own["Findings"].as_array().unwrap().len(), 1);
    assert_eq!(own["Findings"][0]["cloud"]["account"]["uid"], MEMBER);
    assert_eq!(findings(&t, json!({})).len(), 3);
}

#[test]
fn a_document_without_an_account_is_the_importers() {
    let t = enabled();
    let mut document = document("f", json!({}));
    document.as_object_mut().unwrap().remove("cloud");
    import_as(&t, MEMBER, &[document]).unwrap();
    let own = get_as(&t, MEMBER, json!({})).unwrap();
    assert_eq!(own["Findings"][0]["metadata"]["uid"], uid_of(MEMBER, "f"));
}

#[test]
fn what_customers_set_outlives_what_providers_send() {
    let t = enabled();
    import(&t, &[document("f", json!({}))]);
    update(
        &t,
        "f",
        json!({"SeverityId": 1, "StatusId": 2, "Comment": "ours"}),
    );
    let next = json!({
        "severity_id": 5, "severity": "Critical", "status_id": 1, "comment": "theirs", "extra": 1,
    });
    let next = document("f", next);
    assert_eq!(
        counts(&import(&t, std::slice::from_ref(&next))),
        [0, 1, 0, 0]
    );
    let found = finding(&t, "f");
    assert_eq!(
        (&found["severity_id"], &found["severity"]),
        (&json!(1), &json!("Informational"))
    );
    assert_eq!(
        (&found["status_id"], &found["status"]),
        (&json!(2), &json!("In Progress"))
    );
    assert_eq!(
        (&found["comment"], &found["extra"]),
        (&json!("ours"), &json!(1))
    );
    let vendor = json!({"severity_id": 5, "severity": "Critical"});
    assert_eq!(found["vendor_attributes"], vendor);
    // The very same document again is not a change, edits or not.
    assert_eq!(counts(&import(&t, &[next])), [0, 0, 1, 0]);
}

#[test]
fn a_provider_that_opens_a_finding_again_makes_it_new_unless_suppressed() {
    let open = || json!({"status_id": 1, "status": "New"});
    let archived = || json!({"status_id": 5, "status": "Archived"});
    let resolved = || json!({"status_id": 4, "status": "Resolved"});
    let closed = || json!({"activity_id": 3, "activity_name": "Close"});
    let check = |id: i64| json!({"class_uid": 2003, "compliance": {"status_id": id}});
    let cases = [
        (open(), open(), 4, 4),
        (archived(), open(), 4, 1),
        (archived(), open(), 2, 1),
        (archived(), open(), 3, 3),
        (archived(), resolved(), 4, 4),
        (resolved(), open(), 5, 1),
        (closed(), open(), 4, 1),
        (check(1), check(3), 4, 1),
        (check(1), check(3), 3, 3),
        (check(3), check(1), 4, 4),
    ];
    for (before, after, set, expected) in cases {
        let t = enabled();
        import(&t, &[document("f", before.clone())]);
        update(&t, "f", json!({"StatusId": set, "Comment": "seen"}));
        let mut after = document("f", after);
        after["extra"] = 1.into();
        import(&t, &[after.clone()]);
        let found = finding(&t, "f");
        assert_eq!(found["status_id"], expected, "{before} {after} {set}");
        assert_eq!(found["comment"], "seen");
    }
}

#[test]
fn a_status_that_ended_with_a_reopening_follows_the_provider() {
    let t = enabled();
    let send = |extra: i64, status_id: i64| {
        let caption = if status_id == 1 { "New" } else { "Resolved" };
        let set = json!({"status_id": status_id, "status": caption, "extra": extra});
        import(&t, &[document("f", set)]);
        finding(&t, "f")["status_id"].clone()
    };
    send(1, 1);
    update(&t, "f", json!({"StatusId": 4, "Comment": "seen"}));
    for (extra, status_id) in [(2, 4), (3, 1), (4, 4), (5, 1)] {
        assert_eq!(send(extra, status_id), status_id, "{extra}");
    }
    assert_eq!(finding(&t, "f")["comment"], "seen");
    // A New that a customer chose stays.
    update(&t, "f", json!({"StatusId": 1}));
    assert_eq!(send(6, 4), 1);
}

#[test]
fn the_thousandth_finding_brings_a_dictionary_and_all_stay_readable() {
    let t = enabled();
    let documents: Vec<Value> = (0..1200)
        .map(|n| {
            document(
                &format!("f-{n}"),
                json!({"message": format!("message {}", n % 7)}),
            )
        })
        .collect();
    for batch in documents.chunks(400) {
        import(&t, batch);
    }
    let count = |tx: &mut Tx<'_>| tx.query("SELECT id FROM finding_dictionary", &[]);
    assert_eq!(t.store.read_blocking(count).unwrap().unwrap().len(), 1);
    for batch in documents.chunks(400) {
        assert_eq!(counts(&import(&t, batch)), [0, 0, 400, 0]);
    }
    let changed = document("f-7", json!({"extra": 1}));
    assert_eq!(counts(&import(&t, &[changed])), [0, 1, 0, 0]);
    assert_eq!(finding(&t, "f-7")["extra"], 1);
    assert_eq!(finding(&t, "f-8")["message"], "message 1");
}
