//! What a complete report closes, and what it leaves open.

use super::*;

pub(super) const OTHER_PRODUCT: &str = "other";

pub(super) fn import_run(t: &Testing, account: &str, run: &str, documents: &[Value]) -> Value {
    t.advance_ms(1000);
    let input = json!({"Findings": documents, "Run": run});
    t.call_as(account, "balefire", "ImportFindings", input)
        .unwrap()
}

pub(super) fn complete(t: &Testing, account: &str, set: Value) -> Result<i64, Failure> {
    let (mut input, mut closed) = (set, 0);
    loop {
        let output = t.call_as(account, "balefire", "CompleteImport", input.clone())?;
        closed += output["Closed"].as_i64().unwrap();
        match output.get("After") {
            Some(after) => input["After"] = after.clone(),
            None => return Ok(closed),
        }
    }
}

fn of_resource(uid: &str, resource: &str) -> Value {
    document(uid, json!({"resources": [{"uid": resource}]}))
}

pub(super) fn status(t: &Testing, uid: &str) -> i64 {
    finding(t, uid)["status_id"].as_i64().unwrap()
}

#[test]
fn what_a_report_no_longer_names_is_closed_and_opens_when_it_is_named_again() {
    let t = enabled();
    let (a, b) = (
        document("a", json!({})),
        document("b", json!({"type_name": "x"})),
    );
    import(&t, &[a.clone(), b.clone()]);
    import_run(&t, ADMINISTRATOR, "r1", std::slice::from_ref(&a));
    assert_eq!(
        complete(&t, ADMINISTRATOR, json!({"Run": "r1"})).unwrap(),
        1
    );
    let closed = finding(&t, "b");
    for (name, value) in [
        ("status_id", json!(4)),
        ("status", json!("Resolved")),
        ("activity_id", json!(3)),
        ("activity_name", json!("Close")),
        ("type_uid", json!(200_403)),
        ("type_name", json!("Detection Finding: Close")),
        ("time", json!(t.now().0)),
    ] {
        assert_eq!(closed[name], value, "{name}");
    }
    assert_eq!(status(&t, "a"), 1);
    assert_eq!(
        complete(&t, ADMINISTRATOR, json!({"Run": "r1"})).unwrap(),
        0,
        "again"
    );
    let uid = uid_of(ADMINISTRATOR, "b");
    assert_eq!(
        log(&t).last().unwrap().1,
        json!({"created": [], "updated": [uid]})
    );

    let again = import_run(&t, ADMINISTRATOR, "r2", &[a, b]);
    assert_eq!(counts(&again), [0, 1, 1, 0]);
    assert_eq!(
        complete(&t, ADMINISTRATOR, json!({"Run": "r2"})).unwrap(),
        0
    );
    assert_eq!(status(&t, "b"), 1);
}

#[test]
fn the_times_of_what_is_closed_are_that_of_the_closing() {
    let t = enabled();
    let old = "2025-06-15T15:06:40Z";
    let info = |set: Value| {
        let mut info = json!({"uid": "b", "title": "t"});
        info.as_object_mut()
            .unwrap()
            .extend(set.as_object().unwrap().clone());
        info
    };
    for (run, dated) in [
        json!({"finding_info": info(json!({}))}),
        json!({"time_dt": old, "finding_info": info(json!({"modified_time": 1_750_000_000_000_i64}))}),
        json!({
            "time_dt": old,
            "finding_info": info(json!({
                "modified_time": 1, "modified_time_dt": old, "created_time_dt": old,
            })),
        }),
        json!({"finding_info": info(json!({"modified_time": old}))}),
    ]
    .into_iter()
    .enumerate()
    {
        let open = document("b", dated.clone());
        import_run(&t, ADMINISTRATOR, &format!("open-{run}"), &[open]);
        let run = format!("closed-{run}");
        import_run(&t, ADMINISTRATOR, &run, &[document("a", json!({}))]);
        let count = complete(&t, ADMINISTRATOR, json!({"Run": run})).unwrap();
        assert_eq!(count, 1, "{dated}");
        let (closed, now) = (finding(&t, "b"), t.now());
        assert_eq!(closed["time"], now.0);
        for path in ["/time_dt", "/finding_info/modified_time", "/finding_info/modified_time_dt"] {
            let moved = dated.pointer(path).map(|before| match before.is_string() {
                true => json!(now.date_time()),
                false => json!(now.0),
            });
            assert_eq!(closed.pointer(path), moved.as_ref(), "{path} of {dated}");
        }
        let created = "/finding_info/created_time_dt";
        assert_eq!(closed.pointer(created), dated.pointer(created));
    }
}

#[test]
fn what_was_closed_opens_again_whatever_the_time_of_the_report() {
    let t = enabled();
    let began_ms = t.now().0;
    let at = |uid: &str, time_ms: i64| document(uid, json!({"time": time_ms}));
    import_run(
        &t,
        ADMINISTRATOR,
        "r1",
        &[at("a", began_ms), at("b", began_ms)],
    );
    import_run(&t, ADMINISTRATOR, "r2", &[at("a", began_ms + 500)]);
    assert_eq!(
        complete(&t, ADMINISTRATOR, json!({"Run": "r2"})).unwrap(),
        1
    );
    // Made before the closing, and brought in behind it.
    let late = import_run(
        &t,
        ADMINISTRATOR,
        "r3",
        &[at("b", began_ms + 600), at("a", began_ms)],
    );
    assert_eq!(counts(&late), [0, 1, 1, 0]);
    assert_eq!((status(&t, "a"), status(&t, "b")), (1, 1));
    assert_eq!(
        complete(&t, ADMINISTRATOR, json!({"Run": "r3"})).unwrap(),
        0
    );
}

#[test]
fn other_products_accounts_and_resources_stay_open() {
    let t = enabled();
    let product = json!({"metadata": {"product": {"uid": OTHER_PRODUCT}, "version": "1.6.0"}});
    let others = [
        document("product", product),
        document_of(MEMBER, "account", json!({})),
        of_resource("elsewhere", "image-2"),
        document("nowhere", json!({})),
        of_resource("gone", "image-1"),
    ];
    import(&t, &others);
    let named = of_resource("there", "image-1");
    import_run(&t, ADMINISTRATOR, "r1", &[named]);
    let scoped = json!({"Run": "r1", "Scope": "image-1"});
    assert_eq!(complete(&t, ADMINISTRATOR, scoped).unwrap(), 1);
    assert_eq!(status(&t, "gone"), 4);
    for uid in ["product", "account", "elsewhere", "nowhere", "there"] {
        assert_eq!(status(&t, uid), 1, "{uid}");
    }
    // Without a scope the product and account are what is covered.
    assert_eq!(
        complete(&t, ADMINISTRATOR, json!({"Run": "r1"})).unwrap(),
        2
    );
    assert_eq!((status(&t, "product"), status(&t, "account")), (1, 1));
}

#[test]
fn a_report_of_another_cloud_covers_its_own_projects() {
    let t = enabled();
    let of = |uid: &str, project: &str| {
        let cloud = json!({"provider": "gcp", "account": {"uid": project}});
        document(uid, json!({"cloud": cloud}))
    };
    import(
        &t,
        &[
            document("aws", json!({})),
            of("other", "two"),
            of("gone", "one"),
        ],
    );
    import_run(&t, ADMINISTRATOR, "r1", &[of("there", "one")]);
    let closed = complete(&t, ADMINISTRATOR, json!({"Run": "r1"}));
    assert_eq!(closed.unwrap(), 1);
    assert_eq!(
        ["aws", "other", "gone"].map(|uid| status(&t, uid)),
        [1, 1, 4]
    );
    import_run(&t, ADMINISTRATOR, "r2", &[document("new", json!({}))]);
    let closed = complete(&t, ADMINISTRATOR, json!({"Run": "r2"}));
    assert_eq!(closed.unwrap(), 1);
    assert_eq!(["aws", "other"].map(|uid| status(&t, uid)), [4, 1]);
}

#[test]
fn a_report_that_was_refused_in_part_or_is_empty_closes_nothing() {
    let t = enabled();
    import(&t, &[document("a", json!({}))]);
    let output = import_run(
        &t,
        ADMINISTRATOR,
        "r1",
        &[document("b", json!({})), json!({})],
    );
    assert_eq!(counts(&output), [1, 0, 0, 1]);
    let refused = complete(&t, ADMINISTRATOR, json!({"Run": "r1"})).unwrap_err();
    assert!(refused.message().contains("1 documents"), "{refused:?}");
    let none = complete(&t, ADMINISTRATOR, json!({"Run": "r2"}));
    assert!(matches!(none, Err(Failure::NotFound { .. })), "{none:?}");
    assert_eq!(status(&t, "a"), 1);
}

#[test]
fn what_came_since_the_run_began_stays_open() {
    let t = enabled();
    import(&t, &["a", "b", "c"].map(|uid| document(uid, json!({}))));
    import_run(&t, ADMINISTRATOR, "r1", &[document("a", json!({}))]);
    // Another run names one that is unchanged, and an import changes one.
    import_run(&t, ADMINISTRATOR, "r2", &[document("b", json!({}))]);
    import(&t, &[document("c", json!({"message": "new"}))]);
    assert_eq!(
        complete(&t, ADMINISTRATOR, json!({"Run": "r1"})).unwrap(),
        0
    );
    t.advance_ms(1000);
    import_run(&t, ADMINISTRATOR, "r3", &[document("a", json!({}))]);
    assert_eq!(
        complete(&t, ADMINISTRATOR, json!({"Run": "r3"})).unwrap(),
        2
    );
}

#[test]
fn a_run_is_its_accounts_and_of_a_day() {
    let t = enabled();
    import_run(&t, MEMBER, "r1", &[document_of(MEMBER, "a", json!({}))]);
    let foreign = complete(&t, ADMINISTRATOR, json!({"Run": "r1"}));
    assert!(matches!(foreign, Err(Failure::NotFound { .. })));
    // The administrator's report covers the accounts that it names.
    let both = [
        document_of(MEMBER, "b", json!({})),
        document("c", json!({})),
    ];
    import_run(&t, ADMINISTRATOR, "r2", &both);
    assert_eq!(
        complete(&t, ADMINISTRATOR, json!({"Run": "r2"})).unwrap(),
        1
    );
    assert_eq!(status(&t, "a"), 4);
    t.advance_ms(25 * 60 * 60 * 1000);
    import_run(&t, ADMINISTRATOR, "r3", &both);
    let old = complete(&t, ADMINISTRATOR, json!({"Run": "r2"}));
    assert!(matches!(old, Err(Failure::NotFound { .. })));
}

#[test]
fn many_are_closed_in_steps() {
    let t = enabled();
    let all: Vec<Value> = (0..1200)
        .map(|n| document(&format!("f{n}"), json!({})))
        .collect();
    for batch in all.chunks(400) {
        import(&t, batch);
    }
    import_run(&t, ADMINISTRATOR, "r1", &all[..150]);
    let first = t
        .call("balefire", "CompleteImport", json!({"Run": "r1"}))
        .unwrap();
    assert!(first.get("After").is_some(), "{first}");
    let closed = first["Closed"].as_i64().unwrap();
    let rest = json!({"Run": "r1", "After": first["After"]});
    assert_eq!(closed + complete(&t, ADMINISTRATOR, rest).unwrap(), 1050);
}

#[test]
fn a_document_without_a_time_is_unchanged_when_only_time_has_passed() {
    let t = enabled();
    let mut undated = document("a", json!({}));
    undated.as_object_mut().unwrap().remove("time");
    let take = |document: &Value| {
        let input = json!({"Findings": [document], "Undated": true});
        counts(&t.call("balefire", "ImportFindings", input).unwrap())
    };
    let began_ms = t.now().0;
    assert_eq!(take(&undated), [1, 0, 0, 0]);
    t.advance_ms(1000);
    assert_eq!(take(&undated), [0, 0, 1, 0]);
    assert_eq!(finding(&t, "a")["time"], began_ms);
    undated["message"] = json!("else");
    assert_eq!(take(&undated), [0, 1, 0, 0]);
    assert_eq!(finding(&t, "a")["time"], began_ms + 1000);
}

#[test]
fn what_a_rule_has_set_is_decided_anew_when_a_report_closes() {
    let t = enabled();
    let is_new = json!({"FieldName": "status", "Filter": {"Comparison": "EQUALS", "Value": "New"}});
    let rule = json!({
        "RuleName": "seen", "Description": "What is new is looked at.", "RuleOrder": 1.0,
        "Criteria": {"OcsfFindingCriteria": {"CompositeFilters": [{"StringFilters": [is_new]}]}},
        "Actions": [{
            "Type": "FINDING_FIELDS_UPDATE",
            "FindingFieldsUpdate": {"StatusId": 2, "SeverityId": 5},
        }],
    });
    t.call("securityhub", "CreateAutomationRuleV2", rule)
        .unwrap();
    let [a, b] = ["a", "b"].map(|uid| document(uid, json!({})));
    import_run(&t, ADMINISTRATOR, "r1", &[a.clone(), b]);
    assert_eq!([status(&t, "a"), status(&t, "b")], [2, 2]);
    import_run(&t, ADMINISTRATOR, "r2", &[a]);
    assert_eq!(
        complete(&t, ADMINISTRATOR, json!({"Run": "r2"})).unwrap(),
        1
    );
    assert_eq!([status(&t, "a"), status(&t, "b")], [2, 4]);
    assert_eq!(finding(&t, "b")["severity_id"], 3, "the provider's again");
}
