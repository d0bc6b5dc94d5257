//! Findings as they were, which is what was shown then.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::securityhub::finding::v1::tests::{finding_of, own_product};
use crate::testing::migrate_rows;

/// What was shown to an account at a moment.
struct Seen {
    at: String,
    by: &'static str,
    documents: Vec<Value>,
}

/// All documents, which are asked for in small pages.
fn as_of(t: &Testing, by: &str, at: &str) -> Result<Vec<Value>, Failure> {
    let (mut documents, mut token) = (Vec::new(), None);
    loop {
        let mut input = json!({"AsOf": at, "MaxResults": 3});
        if let Some(token) = token {
            input["NextToken"] = token;
        }
        let mut page = t.call_as(by, "balefire", "ListFindingsAsOf", input)?;
        documents.extend(page["Findings"].as_array().unwrap().clone());
        token = page.get_mut("NextToken").map(Value::take);
        if token.is_none() {
            return Ok(documents);
        }
    }
}

fn see(t: &Testing, by: &'static str) -> Seen {
    let shown = get_as(t, by, json!({})).unwrap();
    let mut documents = shown["Findings"].as_array().unwrap().clone();
    documents.sort_by_key(|document| document["metadata"]["uid"].to_string());
    let at = t.now().date_time();
    Seen { at, by, documents }
}

/// What happens to a few findings.
#[derive(Clone, Debug)]
enum Act {
    /// Providers send versions, in one call.
    Import(Vec<(usize, Value)>),
    /// Somebody sets something in some of them.
    Update(Vec<usize>, Value),
    /// The rule is switched on or off.
    Rule(bool),
    /// A complete report closes what it does not name.
    Complete(usize),
    /// A risk is accepted, or that is withdrawn.
    Accept(usize),
    Withdraw(usize),
    Fold,
}

const FINDINGS: usize = 5;

/// The first three are the administrator's.
fn account(place: usize) -> &'static str {
    if place < 3 { ADMINISTRATOR } else { MEMBER }
}

fn version_of(place: usize, set: &Value) -> Value {
    document_of(account(place), &format!("f{place}"), set.clone())
}

fn act() -> impl Strategy<Value = Act> {
    let version = prop::sample::select(vec![
        json!({}),
        json!({"status_id": 4, "status": "Resolved"}),
        json!({"severity_id": 4, "severity": "High"}),
        json!({"severity_id": 4, "severity": "High", "extra": 1}),
        json!({"comment": "the provider's"}),
    ]);
    let set = prop::sample::select(vec![
        json!({"SeverityId": 5}),
        json!({"StatusId": 3, "Comment": "both"}),
        json!({"StatusId": 4}),
        json!({"Comment": "a word"}),
    ]);
    let versions = prop::collection::vec((0..FINDINGS, version), 1..4);
    let some = prop::collection::vec(0..FINDINGS, 1..4);
    prop_oneof![
        5 => versions.prop_map(Act::Import),
        4 => (some, set).prop_map(|(some, set)| Act::Update(some, set)),
        1 => any::<bool>().prop_map(Act::Rule),
        1 => (0..FINDINGS).prop_map(Act::Complete),
        1 => (0..FINDINGS).prop_map(Act::Accept),
        1 => (0..FINDINGS).prop_map(Act::Withdraw),
        1 => Just(Act::Fold),
    ]
}

fn do_it(t: &Testing, rule: &str, run: usize, act: &Act) {
    match act {
        Act::Import(versions) => {
            let versions = versions.iter().map(|(place, set)| version_of(*place, set));
            import(t, &versions.collect::<Vec<Value>>());
        }
        Act::Update(places, set) => {
            let mut input = set.clone();
            let uids = places.iter().map(|place| named(*place));
            input["MetadataUids"] = json!(uids.collect::<Vec<String>>());
            update_as(t, ADMINISTRATOR, input).unwrap();
        }
        Act::Rule(is_on) => {
            let status = if *is_on { "ENABLED" } else { "DISABLED" };
            let input = json!({"Identifier": rule, "RuleStatus": status});
            t.call("securityhub", "UpdateAutomationRuleV2", input)
                .unwrap();
        }
        Act::Complete(place) => {
            let run = format!("r{run}");
            let named = [version_of(*place, &json!({}))];
            let input = json!({"Findings": named, "Run": run});
            t.call("balefire", "ImportFindings", input).unwrap();
            t.advance_ms(1);
            t.call("balefire", "CompleteImport", json!({"Run": run}))
                .unwrap();
        }
        // There may be no such finding, and no acceptance.
        Act::Accept(place) => {
            let input = json!({"FindingUid": named(*place), "Reason": "r"});
            let _ = t.call("balefire", "AcceptRisk", input);
        }
        Act::Withdraw(place) => {
            let input = json!({"FindingUid": named(*place)});
            let _ = t.call("balefire", "WithdrawRiskAcceptance", input);
        }
        Act::Fold => t.step(),
    }
}

fn named(place: usize) -> String {
    uid_of(account(place), &format!("f{place}"))
}

/// A rule for what is of high severity.
fn rule(t: &Testing) -> String {
    let filter = json!({"Comparison": "EQUALS", "Value": "High"});
    let filter = json!({"FieldName": "severity", "Filter": filter});
    let criteria = json!({"CompositeFilters": [{"StringFilters": [filter]}]});
    let update = json!({"StatusId": 2, "Comment": "by rule"});
    let rule = json!({
        "RuleName": "high", "Description": "x", "RuleOrder": 1.0,
        "Criteria": {"OcsfFindingCriteria": criteria},
        "Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": update}],
    });
    let made = t
        .call("securityhub", "CreateAutomationRuleV2", rule)
        .unwrap();
    made["RuleArn"].as_str().unwrap().to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn what_was_shown_is_shown_as_of_then(acts in prop::collection::vec(act(), 1..25)) {
        let t = enabled();
        let rule = rule(&t);
        let mut seen = vec![see(&t, ADMINISTRATOR)];
        for (run, act) in acts.iter().enumerate() {
            t.advance_ms(60_000);
            do_it(&t, &rule, run, act);
            seen.extend([ADMINISTRATOR, MEMBER].map(|by| see(&t, by)));
        }
        t.advance_ms(60_000);
        for Seen { at, by, documents } in seen {
            let then = as_of(&t, by, &at).unwrap();
            prop_assert_eq!(then, documents, "by {} at {}", by, at);
        }
    }
}

#[test]
fn what_came_as_asff_is_shown_as_it_was() {
    let t = enabled();
    t.call("securityhub", "EnableSecurityHub", json!({}))
        .unwrap();
    let send = |day: &str, set: Value| {
        let mut finding = finding_of(ADMINISTRATOR, "a", set);
        finding["UpdatedAt"] = format!("2025-12-{day}T00:00:00Z").into();
        let input = json!({"Findings": [finding]});
        let answer = t.call("securityhub", "BatchImportFindings", input);
        assert_eq!(answer.unwrap()["SuccessCount"], 1);
    };
    let set = |mut set: Value| {
        let name = json!({"Id": "a", "ProductArn": own_product(ADMINISTRATOR)});
        set["FindingIdentifiers"] = json!([name]);
        t.call("securityhub", "BatchUpdateFindings", set).unwrap();
    };
    let acts: [&dyn Fn(); 6] = [
        &|| send("01", json!({})),
        &|| set(json!({"Types": ["Effects/Data Exposure"]})),
        &|| set(json!({"Workflow": {"Status": "RESOLVED"}})),
        &|| send("02", json!({"Compliance": {"Status": "PASSED"}})),
        &|| send("03", json!({"Compliance": {"Status": "FAILED"}})),
        &|| set(json!({"Severity": {"Label": "LOW"}, "Types": ["TTPs/Impact"]})),
    ];
    let mut seen: Vec<Seen> = Vec::new();
    for act in acts {
        t.advance_ms(1000);
        act();
        let now = see(&t, ADMINISTRATOR);
        if let Some(before) = seen.last() {
            assert_ne!(before.documents, now.documents, "at {}", now.at);
        }
        seen.push(now);
    }
    for Seen { at, by, documents } in seen {
        assert_eq!(as_of(&t, by, &at).unwrap(), documents, "at {at}");
    }
}

#[test]
fn only_times_of_the_last_90_days_are_shown_and_older_documents_go() {
    let t = enabled();
    let day_ms = 24 * 60 * 60 * 1000;
    let created = t.now().date_time();
    import(&t, &[document("f", json!({}))]);
    t.advance_ms(day_ms);
    import(&t, &[document("f", json!({"extra": 1}))]);
    let drop_expired = || {
        let engine = t.engine(&crate::configuration::Configuration::default());
        t.wait(engine.drop_expired()).unwrap();
        let count = |tx: &mut Tx<'_>| -> Result<i64, balefire_store::Error> {
            tx.query("SELECT COUNT(*) FROM finding_version", &[])?[0].int(0)
        };
        t.store.read_blocking(count).unwrap().unwrap()
    };
    t.advance_ms(89 * day_ms);
    assert_eq!(drop_expired(), 1);
    let then = as_of(&t, ADMINISTRATOR, &created).unwrap();
    assert_eq!(then[0].get("extra"), None);
    t.advance_ms(1);
    for refused in [created.as_str(), "2026-12-31T00:00:00Z"] {
        let failure = as_of(&t, ADMINISTRATOR, refused).unwrap_err();
        assert!(matches!(failure, Failure::Invalid(_)), "{failure:?}");
    }
    t.advance_ms(day_ms);
    assert_eq!(drop_expired(), 0);
}

#[test]
fn a_clock_that_ran_ahead_hides_nothing_that_came_after_it_was_set_right() {
    let t = enabled();
    let hour_ms = 60 * 60 * 1000;
    for (number, ahead_ms) in [2 * hour_ms, 1 - 2 * hour_ms, hour_ms]
        .into_iter()
        .enumerate()
    {
        import(&t, &[document("f", json!({"extra": number}))]);
        t.advance_ms(ahead_ms);
    }
    import(&t, &[document("f", json!({"extra": 3}))]);
    t.advance_ms(-hour_ms);
    for passed_ms in [0, hour_ms - 1, 1] {
        t.advance_ms(passed_ms);
        let [then] = &as_of(&t, ADMINISTRATOR, &t.now().date_time()).unwrap()[..] else {
            panic!("one finding");
        };
        let expected = if passed_ms == 1 { 3 } else { 2 };
        assert_eq!(then["extra"], expected, "{passed_ms}");
    }
}

/// Makes the store one that was there before history was kept.
fn begin_history(t: &Testing) {
    let begin = |tx: &mut Tx<'_>| -> Result<(), balefire_store::Error> {
        for table in ["finding_version", "finding_edit_version"] {
            tx.execute(&format!("DELETE FROM {table}"), &[])?;
        }
        let forget = "DELETE FROM log_cursor WHERE name = 'findings.history'";
        tx.execute(forget, &[])?;
        migrate_rows(
            tx,
            include_str!("../../../../migrations/0025_finding_history.sql"),
        )
    };
    t.store.write_blocking("", begin).unwrap().unwrap();
}

#[test]
fn of_the_time_before_history_findings_are_as_they_were_when_it_began() {
    let t = enabled();
    rule(&t);
    let before = t.now().date_time();
    let high = json!({"severity_id": 4, "severity": "High"});
    import(&t, &[document("f", high.clone()), document("g", json!({}))]);
    t.advance_ms(1000);
    update(&t, "f", json!({"SeverityId": 5}));
    t.step();
    // One more is only in the log when history begins.
    update(&t, "g", json!({"Comment": "a word"}));
    begin_history(&t);
    let begun = see(&t, ADMINISTRATOR);
    t.advance_ms(1000);
    update(&t, "f", json!({"Comment": "another"}));
    let edited = see(&t, ADMINISTRATOR);
    t.advance_ms(1000);
    import(&t, &[document("f", json!({})), document("g", high)]);
    t.step();
    let imported = see(&t, ADMINISTRATOR);
    let rows = as_of(&t, ADMINISTRATOR, &before).unwrap();
    assert_eq!(rows[0]["severity_id"], begun.documents[0]["severity_id"]);
    for Seen { at, by, documents } in [begun, edited, imported] {
        assert_eq!(as_of(&t, by, &at).unwrap(), documents, "at {at}");
    }
}
