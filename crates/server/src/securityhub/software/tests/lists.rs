//! The lists of packages and of the resources that have one.

use super::*;

const HOUR_MS: i64 = 60 * 60 * 1000;

#[test]
fn packages_are_counted_over_the_resources_that_may_be_seen() {
    let t = filled();
    assert_eq!(all(&t), ["anvil 1 3", "anvil 2 1", "bolt 1 1"]);
    let own = list_as(&t, MEMBER, json!({})).unwrap();
    assert_eq!(packages(&own), ["anvil 1 1"]);
    let scopes = json!({"Scopes": {"AwsOrganizations": []}});
    let scoped = list_as(&t, ADMINISTRATOR, scopes).unwrap();
    assert_eq!(packages(&scoped).len(), 3);
}

#[test]
fn a_resource_is_shown_as_findings_describe_it() {
    let t = filled();
    let output = resources_as(&t, MEMBER, json!({})).unwrap();
    let expected = json!({
        "AccountId": MEMBER, "Region": "eu-central-1", "ResourceId": "c",
        "ResourceType": "AWS::EC2::Instance", "ResourceProvider": "AWS",
    });
    assert_eq!(output["SoftwareResources"], json!([expected]));
}

#[test]
fn resources_have_any_version_or_the_one_that_is_asked_for() {
    let t = filled();
    for (input, expected) in [
        (json!({}), &["a", "b", "c"][..]),
        (json!({"PackageVersion": "2"}), &["b"]),
        (json!({"PackageVersion": "3"}), &[]),
        (json!({"PackageName": "bolt"}), &["a"]),
        (json!({"PackageType": "application"}), &[]),
        (json!({"PackageName": "Anvil"}), &[]),
    ] {
        let output = resources_as(&t, ADMINISTRATOR, input.clone()).unwrap();
        assert_eq!(ids(&output), expected, "{input}");
    }
    let theirs = resources_as(&t, MEMBER, json!({"PackageName": "bolt"})).unwrap();
    assert_eq!(ids(&theirs), [""; 0]);
}

#[test]
fn filters_narrow_what_is_counted() {
    let t = filled();
    for (asked, expected) in [
        (
            filters(&[("PackageName", "EQUALS", "anvil")]),
            &["anvil 1 3", "anvil 2 1"][..],
        ),
        (filters(&[("PackageName", "EQUALS", "anv")]), &[]),
        (filters(&[("PackageName", "PREFIX", "b")]), &["bolt 1 1"]),
        (
            filters(&[("PackageName", "PREFIX_NOT_EQUALS", "b")]),
            &["anvil 1 3", "anvil 2 1"],
        ),
        // Resources that do not match do not count.
        (
            filters(&[("ResourceId", "EQUALS", "a")]),
            &["anvil 1 1", "bolt 1 1"],
        ),
        (
            filters(&[("AccountId", "NOT_EQUALS", MEMBER)]),
            &["anvil 1 2", "anvil 2 1", "bolt 1 1"],
        ),
        // Positives of one field are joined by OR, fields by AND.
        (
            filters(&[
                ("ResourceId", "EQUALS", "a"),
                ("ResourceId", "EQUALS", "c"),
                ("PackageVersion", "EQUALS", "1"),
                ("PackageName", "NOT_EQUALS", "bolt"),
            ]),
            &["anvil 1 2"],
        ),
        // What has no value there passes what excludes.
        (filters(&[("ResourceOwnerOrgId", "PREFIX", "o-")]), &[]),
        (
            filters(&[
                ("ResourceOwnerOrgId", "NOT_EQUALS", "o-1"),
                ("PackageVersion", "EQUALS", "2"),
            ]),
            &["anvil 2 1"],
        ),
        (
            json!({"CompositeOperator": "OR", "CompositeFilters": [
                texts(&[("PackageVersion", "EQUALS", "2")]), texts(&[("PackageName", "EQUALS", "bolt")]),
            ]}),
            &["anvil 2 1", "bolt 1 1"],
        ),
        (
            json!({"CompositeFilters": [{"Operator": "OR", "NestedCompositeFilters": [
                texts(&[("PackageVersion", "EQUALS", "2")]), texts(&[("ResourceId", "EQUALS", "c")]),
            ]}]}),
            &["anvil 1 1", "anvil 2 1"],
        ),
        (json!({}), &["anvil 1 3", "anvil 2 1", "bolt 1 1"]),
    ] {
        let output = list_as(&t, ADMINISTRATOR, json!({"Filters": asked})).unwrap();
        assert_eq!(packages(&output), expected, "{asked}");
    }
    let asked = filters(&[
        ("ResourceId", "NOT_EQUALS", "b"),
        ("Region", "EQUALS", "eu-central-1"),
    ]);
    let output = resources_as(&t, ADMINISTRATOR, json!({"Filters": asked})).unwrap();
    assert_eq!(ids(&output), ["a", "c"]);
}

#[test]
fn lists_are_sorted_by_criteria() {
    let t = filled();
    let by = |criteria: Value| {
        let output = list_as(&t, ADMINISTRATOR, json!({"SortCriteria": criteria})).unwrap();
        packages(&output).join(", ")
    };
    let name = json!({"Field": "PackageName", "SortOrder": "desc"});
    let version = json!({"Field": "PackageVersion", "SortOrder": "desc"});
    assert_eq!(by(json!([name])), "bolt 1 1, anvil 1 3, anvil 2 1");
    assert_eq!(by(json!([version])), "anvil 2 1, anvil 1 3, bolt 1 1");
    assert_eq!(by(json!([version, name])), "anvil 2 1, bolt 1 1, anvil 1 3");
    import(&t, &[vulnerable("5", &[("anvil", "")], &["a"])]);
    // Without a version comes last, in either order.
    assert_eq!(
        by(json!([version, name])),
        "anvil 2 1, bolt 1 1, anvil 1 3, anvil - 1"
    );
    assert_eq!(by(json!([])), "anvil 1 3, anvil 2 1, anvil - 1, bolt 1 1");
    let criteria = json!([{"Field": "ResourceId", "SortOrder": "desc"}]);
    let output = resources_as(&t, ADMINISTRATOR, json!({"SortCriteria": criteria})).unwrap();
    assert_eq!(ids(&output), ["c", "b", "a"]);
}

/// Reads a list page by page; gives how many there were of each page.
fn walk(
    mut get: impl FnMut(Value) -> Value,
    input: &Value,
    list: &str,
) -> (Vec<Value>, Vec<usize>) {
    let (mut items, mut sizes) = (Vec::new(), Vec::new());
    let mut input = input.clone();
    loop {
        let output = get(input.clone());
        let page = output[list].as_array().unwrap().clone();
        sizes.push(page.len());
        items.extend(page);
        match output.get("NextToken") {
            Some(token) => input["NextToken"] = token.clone(),
            None => return (items, sizes),
        }
    }
}

#[test]
fn pages_follow_each_other_in_every_order() {
    let t = enabled();
    let names: Vec<String> = (0..7).map(|number| format!("p{number}")).collect();
    let on: Vec<&str> = names.iter().map(String::as_str).collect();
    let versions = [
        ("anvil", "1"),
        ("anvil", ""),
        ("bolt", "1"),
        ("nut", "1"),
        ("nut", "2"),
    ];
    import(&t, &[vulnerable("1", &versions, &on)]);
    for criteria in [
        json!([]),
        json!([{"Field": "PackageVersion", "SortOrder": "desc"}]),
        json!([{"Field": "PackageType"}, {"Field": "PackageName", "SortOrder": "desc"}]),
    ] {
        let get = |input| list_as(&t, ADMINISTRATOR, input).unwrap();
        let whole = get(json!({"SortCriteria": criteria}));
        let input = json!({"SortCriteria": criteria, "MaxResults": 2});
        let (items, sizes) = walk(get, &input, "Software");
        assert_eq!(
            (json!(items), sizes),
            (whole["Software"].clone(), vec![2, 2, 1])
        );
    }
    let get = |input| resources_as(&t, ADMINISTRATOR, input).unwrap();
    let criteria = json!([{"Field": "ResourceOwnerOrgId", "SortOrder": "desc"}]);
    let input = json!({"MaxResults": 3, "SortCriteria": criteria});
    let (items, sizes) = walk(get, &input, "SoftwareResources");
    assert_eq!((items.len(), sizes), (7, vec![3, 3, 1]));
    let found = json!({"SoftwareResources": items});
    assert_eq!(ids(&found), on);
}

#[test]
fn a_token_is_good_for_an_hour_and_for_the_same_question() {
    let t = filled();
    let output = list_as(&t, ADMINISTRATOR, json!({"MaxResults": 1})).unwrap();
    let token = &output["NextToken"];
    let next = json!({"NextToken": token, "MaxResults": 5});
    for changed in [
        json!({"NextToken": token, "Filters": filters(&[("PackageName", "PREFIX", "a")])}),
        json!({"NextToken": token, "SortCriteria": [{"Field": "PackageName"}]}),
        json!({"NextToken": "made up"}),
    ] {
        let refused = list_as(&t, ADMINISTRATOR, changed).unwrap_err();
        assert!(refused.message().contains("NextToken"), "{refused:?}");
    }
    list_as(&t, MEMBER, next.clone()).unwrap_err();
    t.advance_ms(HOUR_MS);
    let output = list_as(&t, ADMINISTRATOR, next.clone()).unwrap();
    assert_eq!(packages(&output), ["anvil 2 1", "bolt 1 1"]);
    t.advance_ms(1);
    let refused = list_as(&t, ADMINISTRATOR, next).unwrap_err();
    assert!(refused.message().contains("an hour ago"), "{refused:?}");
}

#[test]
fn blank_texts_are_as_good_as_none() {
    let t = enabled();
    let package = |name: &str, version: &str| json!({"name": name, "version": version});
    let set = json!({
        "class_uid": 2002, "class_name": "Vulnerability Finding",
        "cloud": {"account": {"uid": ADMINISTRATOR}, "region": " ", "provider": "AWS"},
        "resources": [
            {"uid": "a", "type": " ", "provider": "\t", "owner": {"account": {"uid": " "}}},
            {"uid": "  ", "type": "AWS::EC2::Instance"},
        ],
        "vulnerabilities": [{"affected_packages": [package("anvil", " "), package(" ", "1")]}],
    });
    let document = document_of(ADMINISTRATOR, "1", set);
    import(&t, std::slice::from_ref(&document));
    assert_eq!(all(&t), ["anvil - 1"]);
    let asked = json!({"PackageName": "anvil", "PackageType": "unknown"});
    let listed = resources_as(&t, ADMINISTRATOR, asked).unwrap();
    let resources = listed["SoftwareResources"].as_array().unwrap();
    assert_eq!(resources.len(), 1);
    assert_eq!(resources[0]["ResourceId"], "a");
    assert_eq!(resources[0]["ResourceType"], "Other");
    assert_eq!(resources[0]["Region"], "global");
    for absent in ["ResourceProvider", "ResourceOwnerAccountId"] {
        assert_eq!(resources[0].get(absent), None, "{absent}");
    }
    // What is counted under a blank goes as it came.
    let mut over = document;
    over["status_id"] = json!(4);
    over["time"] = json!(over["time"].as_i64().unwrap() + 1000);
    import(&t, &[over]);
    assert_eq!(rows(&t), []);
}
