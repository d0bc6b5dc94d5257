//! Orders and pages.

use super::*;

/// Six resources; the n-th has n findings, and the later ones are of a member.
fn store() -> Testing {
    let t = enabled();
    for number in 1..=6 {
        let account = if number > 3 { MEMBER } else { ADMINISTRATOR };
        let resource = json!([{
            "uid": format!("r{}", 7 - number), "name": format!("n{}", number % 2), "region": "eu-west-1",
        }]);
        let documents: Vec<Value> = (0..number)
            .map(|finding| about_of(account, &format!("{number}-{finding}"), resource.clone()))
            .collect();
        import(&t, &documents);
        t.advance_ms(1000);
    }
    t
}

/// All pages of an order, two resources at a time.
fn paged(t: &Testing, order: Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut input = json!({"MaxResults": 2, "SortCriteria": order});
    loop {
        let output = call_as(t, ADMINISTRATOR, "GetResourcesV2", input.clone()).unwrap();
        let page = output["Resources"].as_array().unwrap();
        assert!(page.len() <= 2);
        found.extend(ids(page).into_iter().map(str::to_owned));
        match output.get("NextToken") {
            Some(token) => input["NextToken"] = token.clone(),
            None => return found,
        }
    }
}

#[test]
fn orders_hold_over_pages() {
    let t = store();
    let by = |field: &str, order: &str| json!({"Field": field, "SortOrder": order});
    let rising = ["r1", "r2", "r3", "r4", "r5", "r6"];
    let falling = ["r6", "r5", "r4", "r3", "r2", "r1"];
    let cases = [
        (json!([]), rising),
        (json!([by("ResourceId", "desc")]), falling),
        (json!([by("ResourceDetailCaptureTime", "asc")]), falling),
        (json!([by("ResourceDetailCaptureTimeDt", "desc")]), rising),
        (json!([by("FindingsSummary.TotalFindings", "desc")]), rising),
        (
            json!([by("FindingsSummary.Severities.Medium", "asc")]),
            falling,
        ),
        (
            json!([
                by("ResourceName", "asc"),
                by("FindingsSummary.TotalFindings", "asc")
            ]),
            ["r5", "r3", "r1", "r6", "r4", "r2"],
        ),
        (
            json!([
                by("FindingsSummary.Severities.Critical", "asc"),
                by("ResourceId", "asc")
            ]),
            rising,
        ),
        // Nobody has one, so the uids decide, which begin with the account.
        (
            json!([by("ResourceOwnerOrgId", "asc"), by("ResourceId", "asc")]),
            rising,
        ),
    ];
    for (order, expected) in cases {
        assert_eq!(paged(&t, order.clone()), expected, "{order}");
    }
}

#[test]
fn orders_by_what_resources_do_not_have_are_refused() {
    let t = store();
    for field in [
        "severity_id",
        "ResourceTags",
        "ResourceConfig",
        "ResourceTypeDt",
    ] {
        let input = json!({"SortCriteria": [{"Field": field, "SortOrder": "asc"}]});
        let refused = wrong(call_as(&t, ADMINISTRATOR, "GetResourcesV2", input));
        assert_eq!(refused, ["/SortCriteria/0/Field"], "{field}");
    }
}

/// One page in the order of how many findings there are; gives ids and the token.
fn by_findings(t: &Testing, account: &str, mut more: Value) -> (Vec<String>, Value) {
    more["MaxResults"] = 2.into();
    more["SortCriteria"] = json!([{"Field": "FindingsSummary.TotalFindings", "SortOrder": "desc"}]);
    let output = call_as(t, account, "GetResourcesV2", more).unwrap();
    let page = output["Resources"].as_array().unwrap();
    let ids = ids(page).into_iter().map(str::to_owned).collect();
    (ids, output["NextToken"].clone())
}

#[test]
fn what_changes_between_two_pages_shows_in_the_second() {
    let t = store();
    let (first, token) = by_findings(&t, ADMINISTRATOR, json!({}));
    assert_eq!(first, ["r1", "r2"]);
    let grown: Vec<Value> = (0..6)
        .map(|n| about_of(ADMINISTRATOR, &format!("more-{n}"), json!([{"uid": "r6"}])))
        .collect();
    let next = |t: &Testing| by_findings(t, ADMINISTRATOR, json!({"NextToken": token})).0;
    assert_eq!(next(&t), ["r3", "r4"]);
    import(&t, &grown[..3]);
    let mut second = next(&t);
    second.sort();
    assert_eq!(second, ["r3", "r6"], "four each");
    import(&t, &grown);
    assert_eq!(
        next(&t),
        ["r3", "r4"],
        "seven are before the first page's end"
    );
}

#[test]
fn each_list_has_its_own_order() {
    let t = store();
    let (all, of_all) = by_findings(&t, ADMINISTRATOR, json!({}));
    let (own, of_own) = by_findings(&t, MEMBER, json!({}));
    assert_eq!(
        (all, own),
        (
            vec!["r1".into(), "r2".into()],
            vec!["r1".into(), "r2".into()]
        )
    );
    let filter =
        json!({"FieldName": "ResourceName", "Filter": {"Comparison": "EQUALS", "Value": "n1"}});
    let filters = json!({"CompositeFilters": [{"StringFilters": [filter]}]});
    let (named, of_named) = by_findings(&t, ADMINISTRATOR, json!({"Filters": filters}));
    assert_eq!(named, ["r2", "r4"]);
    let next = |account: &str, token: &Value, filters: Option<&Value>| {
        let mut input = json!({"NextToken": token});
        if let Some(filters) = filters {
            input["Filters"] = filters.clone();
        }
        by_findings(&t, account, input).0
    };
    for _ in 0..2 {
        assert_eq!(next(ADMINISTRATOR, &of_all, None), ["r3", "r4"]);
        assert_eq!(next(MEMBER, &of_own, None), ["r3"]);
        assert_eq!(next(ADMINISTRATOR, &of_named, Some(&filters)), ["r6"]);
    }
}
