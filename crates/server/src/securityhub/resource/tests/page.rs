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
