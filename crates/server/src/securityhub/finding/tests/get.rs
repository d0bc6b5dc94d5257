//! Lists of findings: whose, which, in which order, and page by page.

use balefire_api::Document;
use balefire_api::generated::securityhub::GetFindingsV2Request;
use balefire_api::generated::securityhub::operations::GetFindingsV2;
use balefire_api::own::{ImportFindings, ImportFindingsInput};

use super::*;
use crate::securityhub::finding::scope::organization_id;

/// The providers' ids.
fn titles(found: &[Value]) -> Vec<String> {
    let title = |finding: &Value| finding["finding_info"]["uid"].as_str().unwrap().to_owned();
    found.iter().map(title).collect()
}

/// Findings whose severities and times differ.
fn several(t: &Testing) {
    let documents: Vec<Value> = [("a", 1, 30), ("b", 5, 10), ("c", 3, 20), ("d", 5, 40)]
        .into_iter()
        .map(|(uid, severity, time)| {
            let set = json!({
                "severity_id": severity, "severity": null, "time": 1_750_000_000_000_i64 + time,
            });
            document(uid, set)
        })
        .collect();
    import(t, &documents);
}

#[test]
fn members_see_their_own_and_the_administrator_sees_all() {
    let t = enabled();
    import(
        &t,
        &[
            document("f", json!({})),
            document_of(MEMBER, "g", json!({})),
        ],
    );
    assert_eq!(findings(&t, json!({})).len(), 2);
    let own = get_as(&t, MEMBER, json!({})).unwrap();
    assert_eq!(titles(own["Findings"].as_array().unwrap()), ["g"]);
    let filters = equals("cloud.account.uid", ADMINISTRATOR);
    let foreign = get_as(&t, MEMBER, json!({"Filters": filters})).unwrap();
    assert_eq!(foreign["Findings"], json!([]));
}

#[test]
fn the_order_is_as_asked_and_newest_first_otherwise() {
    let t = enabled();
    several(&t);
    let order = |criteria: Value| titles(&findings(&t, json!({"SortCriteria": criteria}))).join("");
    assert_eq!(titles(&findings(&t, json!({}))).join(""), "dacb");
    assert_eq!(order(json!([])), "dacb");
    let by_severity = json!({"Field": "severity_id", "SortOrder": "desc"});
    let by_time = json!({"Field": "time", "SortOrder": "asc"});
    assert_eq!(order(json!([by_severity, by_time])), "bdca");
    assert_eq!(order(json!([{"Field": "finding_info.uid"}])), "abcd");
    let unknown = json!({"SortCriteria": [{"Field": "nothing"}]});
    let refused = get_as(&t, ADMINISTRATOR, unknown).unwrap_err();
    assert!(matches!(refused, Failure::Invalid(_)), "{refused:?}");
}

#[test]
fn an_edit_is_what_filters_and_orders_see() {
    let t = enabled();
    several(&t);
    update(&t, "a", json!({"SeverityId": 6, "Comment": "look here"}));
    let number = json!({"FieldName": "severity_id", "Filter": {"Gte": 5}});
    let filters = json!({"CompositeFilters": [{"NumberFilters": [number]}]});
    let criteria = json!([{"Field": "severity_id", "SortOrder": "desc"}, {"Field": "time"}]);
    let found = findings(&t, json!({"Filters": filters, "SortCriteria": criteria}));
    assert_eq!(titles(&found), ["a", "b", "d"]);
    let text = |field: &str, comparison: &str, value: &str| {
        let filters = text_filter(field, comparison, value);
        titles(&findings(&t, json!({"Filters": filters}))).join("")
    };
    assert_eq!(text("comment", "CONTAINS_WORD", "LOOK"), "a");
    assert_eq!(text("severity", "EQUALS", "Informational"), "");
    assert_eq!(
        text("vendor_attributes.severity", "EQUALS", "Informational"),
        "a"
    );
    assert_eq!(
        text("metadata.uid", "EQUALS", &uid_of(ADMINISTRATOR, "c")),
        "c"
    );
}

#[test]
fn pages_give_each_finding_once_and_go_on_where_the_last_ended() {
    let t = enabled();
    let documents: Vec<Value> = (0..25)
        .map(|n| {
            let set = match n % 3 {
                0 => json!({"confidence_score": n % 4}),
                _ => json!({}),
            };
            document(&format!("f-{n:02}"), set)
        })
        .collect();
    import(&t, &documents);
    for criteria in [
        json!([]),
        json!([{"Field": "confidence_score", "SortOrder": "desc"}]),
        json!([{"Field": "confidence_score"}, {"Field": "finding_info.title", "SortOrder": "desc"}]),
    ] {
        let all = findings(&t, json!({"SortCriteria": criteria}));
        assert_eq!(all.len(), 25);
        let mut paged = Vec::new();
        let mut token = json!(null);
        loop {
            let input = json!({"SortCriteria": criteria, "MaxResults": 4, "NextToken": token});
            let page = get_as(&t, ADMINISTRATOR, input).unwrap();
            paged.extend(page["Findings"].as_array().unwrap().clone());
            // What comes in between does not disturb what is behind the page.
            update(
                &t,
                "f-00",
                json!({"Comment": format!("at {}", paged.len())}),
            );
            match page.get("NextToken") {
                Some(next) => token = next.clone(),
                None => break,
            }
        }
        assert_eq!(titles(&paged), titles(&all));
    }
}

#[test]
fn a_page_holds_a_hundred_and_tokens_are_of_one_list() {
    let t = enabled();
    let documents: Vec<Value> = (0..101)
        .map(|n| document(&format!("f-{n}"), json!({})))
        .collect();
    import(&t, &documents);
    let page = get_as(&t, ADMINISTRATOR, json!({})).unwrap();
    assert_eq!(page["Findings"].as_array().unwrap().len(), 100);
    let token = &page["NextToken"];
    let last = get_as(&t, ADMINISTRATOR, json!({"NextToken": token})).unwrap();
    assert_eq!(last["Findings"].as_array().unwrap().len(), 1);
    assert_eq!(last.get("NextToken"), None);
    let sorted = json!({"NextToken": token, "SortCriteria": [{"Field": "time"}]});
    assert!(matches!(
        get_as(&t, ADMINISTRATOR, sorted),
        Err(Failure::Invalid(_))
    ));
    let foreign = get_as(&t, MEMBER, json!({"NextToken": token}));
    assert!(matches!(foreign, Err(Failure::Invalid(_))));
    for limit in [0, 101] {
        let input = json!({"MaxResults": limit});
        assert!(matches!(
            get_as(&t, ADMINISTRATOR, input),
            Err(Failure::Invalid(_))
        ));
    }
}

#[test]
fn scopes_are_the_administrators_and_name_the_one_organization() {
    let t = enabled();
    import(
        &t,
        &[
            document("f", json!({})),
            document_of(MEMBER, "g", json!({})),
        ],
    );
    let own = organization_id(ADMINISTRATOR);
    assert!(own.len() == 12 && own.starts_with("o-"));
    let ask = |account: &str, scopes: Value| {
        get_as(&t, account, json!({"Scopes": {"AwsOrganizations": scopes}}))
    };
    let denied = ask(MEMBER, json!([{"OrganizationId": own}]));
    assert!(matches!(denied, Err(Failure::Denied(_))), "{denied:?}");
    for scopes in [json!([]), json!([{"OrganizationId": own}]), json!(null)] {
        let found = ask(ADMINISTRATOR, scopes).unwrap();
        assert_eq!(found["Findings"].as_array().unwrap().len(), 2);
    }
    for (scopes, kind) in [
        (json!([{"OrganizationId": "o-0000000000"}]), "ORGANIZATION"),
        (
            json!([{"OrganizationalUnitId": "ou-a"}]),
            "ORGANIZATIONAL_UNIT",
        ),
        (
            json!([{"OrganizationId": own, "OrganizationalUnitId": "ou-a"}]),
            "ORGANIZATIONAL_UNIT",
        ),
    ] {
        let refused = ask(ADMINISTRATOR, scopes).unwrap_err();
        assert!(matches!(refused, Failure::NotFound { kind: found, .. } if found == kind));
    }
    let entry = json!({"OrganizationId": own});
    for scopes in [
        json!([{}]),
        json!([entry, {"OrganizationalUnitId": "ou-a"}]),
        vec![entry.clone(); 11].into(),
    ] {
        let refused = ask(ADMINISTRATOR, scopes).unwrap_err();
        assert!(matches!(refused, Failure::Invalid(_)), "{refused:?}");
    }
}

#[test]
fn filters_that_break_a_rule_are_refused() {
    let t = enabled();
    let nested = json!({"NestedCompositeFilters": [{"NestedCompositeFilters": [{}]}]});
    let input = json!({"Filters": {"CompositeFilters": [nested]}});
    let refused = get_as(&t, ADMINISTRATOR, input).unwrap_err();
    assert!(refused.message().contains("nest no further"), "{refused:?}");
}

/// Calls as the administrator, with documents as the very text.
fn call<O: balefire_api::Operation>(t: &Testing, input: O::Input) -> O::Output {
    let caller = crate::context::Caller {
        account: ADMINISTRATOR.into(),
        arn: format!("arn:aws:iam::{ADMINISTRATOR}:user/tester"),
        user_id: "AKIATEST".into(),
        administrator: true,
    };
    let region = crate::testing::REGION;
    let call = t.pipeline.call::<O>(caller.into(), region, input);
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(call).unwrap()
}

#[test]
fn a_document_comes_back_letter_by_letter_but_for_what_is_set() {
    let t = enabled();
    let mut sent = document("f", json!({"unmapped": {"big": 0, "text": ""}})).to_string();
    // Numbers that no parser keeps, escapes, and order.
    let odd = r#""unmapped":{"big":1.10000000000000000000001e5,"text":"\u00e9\/"}"#;
    sent = sent.replace(r#""unmapped":{"big":0,"text":""}"#, odd);
    assert!(sent.contains(odd));
    let uid = uid_of(ADMINISTRATOR, "f");
    let with_uid = format!(r#""metadata":{{"uid":"{uid}","#);
    let kept = sent.replace(r#""metadata":{"#, &with_uid);
    let findings = vec![Document::from_text(sent).unwrap()];
    call::<ImportFindings>(
        &t,
        ImportFindingsInput {
            findings,
            ..ImportFindingsInput::default()
        },
    );
    let text = || {
        let found = call::<GetFindingsV2>(&t, GetFindingsV2Request::default());
        found.findings.unwrap()[0].text().to_owned()
    };
    assert_eq!(text(), kept);
    update(&t, "f", json!({"StatusId": 4}));
    let new = r#""status":"New","status_id":1"#;
    assert!(kept.contains(new));
    let resolved = r#""status":"Resolved","status_id":4"#;
    assert_eq!(text(), kept.replace(new, resolved));
}
