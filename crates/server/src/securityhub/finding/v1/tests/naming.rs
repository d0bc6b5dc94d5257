//! What GetFindings lists can be named by the product and the id that it shows.

use super::*;
use crate::securityhub::finding::tests::document_of;

/// A document of OCSF whose title says which it is.
fn native(account: &str, product: &str, region: &str, id: &str) -> Value {
    let mut document = document_of(account, id, json!({}));
    document["metadata"]["product"]["uid"] = product.into();
    document["cloud"]["region"] = region.into();
    let title = format!("{product} of {account} in {region}");
    document["finding_info"]["title"] = title.into();
    document
}

fn import_native(t: &Testing, documents: &[Value]) {
    let input = json!({"Findings": documents});
    let output = t.call("balefire", "ImportFindings", input).unwrap();
    assert_eq!(output["Created"], documents.len());
}

fn name_of(shown: &Value) -> Value {
    json!({"ProductArn": shown["ProductArn"], "Id": shown["Id"]})
}

/// Notes the title of each finding in it, by the name that it is shown with.
fn note_all(t: &Testing, shown: &[Value]) {
    for one in shown {
        let note = json!({"Text": one["Title"], "UpdatedBy": "me"});
        let input = json!({"FindingIdentifiers": [name_of(one)], "Note": note});
        let answer = t.call("securityhub", "BatchUpdateFindings", input).unwrap();
        assert_eq!(answer["UnprocessedFindings"], json!([]), "{one}");
    }
}

#[test]
fn what_is_listed_can_be_named_and_is_the_only_one_that_is_meant() {
    let t = enabled();
    let mut documents: Vec<Value> = ["Prowler", "AWS Config", "a/b", "plain"]
        .map(|product| native(MEMBER, product, "us-east-1", "one"))
        .into();
    documents.push(native(MEMBER, "a:b", "us-east-1", "two"));
    let v2 = "arn:aws:securityhub:us-east-1::productv2/aws/inspector";
    documents.push(native(MEMBER, v2, "us-east-1", "two"));
    // The region is all that tells these apart.
    documents.push(native(MEMBER, "scan", "eu-west-1", "three"));
    documents.push(native(ADMINISTRATOR, "scan", "us-east-1", "three"));
    documents.push(native("999999999999", "scan", "eu-north-1", "three"));
    // It says that it was ASFF, so its product is shown as it is.
    let mut odd = native(MEMBER, "Odd One", "us-east-1", "four");
    odd["metadata"]["log_version"] = "2018-10-08".into();
    documents.push(odd);
    import_native(&t, &documents);
    import(&t, &[finding("five", json!({}))]);

    let shown = found_as(&t, ADMINISTRATOR, json!({}));
    assert_eq!(shown.len(), 11);
    note_all(&t, &shown);
    for one in &found_as(&t, ADMINISTRATOR, json!({})) {
        assert_eq!(one["Note"]["Text"], one["Title"], "{one}");
        let input = json!({"FindingIdentifier": name_of(one)});
        let told = t.call("securityhub", "GetFindingHistory", input).unwrap();
        let newest = &told["Records"][0];
        assert_eq!(newest["UpdateSource"]["Type"], "BATCH_UPDATE_FINDINGS");
        assert_eq!(newest["FindingIdentifier"], name_of(one));
    }
}

#[test]
fn of_several_with_one_name_the_own_accounts_is_meant() {
    let t = enabled();
    let products = ["Tool", "tool"];
    let accounts = [MEMBER, ADMINISTRATOR];
    let documents = products
        .iter()
        .zip(accounts)
        .map(|(product, account)| native(account, product, "us-east-1", "x"));
    import_native(&t, &documents.collect::<Vec<Value>>());
    let arn = "arn:aws:securityhub:us-east-1::product/tool/tool";
    let set = json!({
        "FindingIdentifiers": [{"ProductArn": arn, "Id": "x"}], "Workflow": {"Status": "NOTIFIED"},
    });
    for (by, expected) in [
        (ADMINISTRATOR, ["NEW", "NOTIFIED"]),
        (MEMBER, ["NOTIFIED", "NOTIFIED"]),
    ] {
        t.call_as(by, "securityhub", "BatchUpdateFindings", set.clone())
            .unwrap();
        let found = found_as(&t, ADMINISTRATOR, json!({}));
        let statuses = accounts.map(|account| {
            let one = found.iter().find(|one| one["AwsAccountId"] == account);
            one.unwrap()["Workflow"]["Status"].clone()
        });
        assert_eq!(json!(statuses), json!(expected), "{by}");
    }
}

#[test]
fn an_account_that_the_name_mentions_comes_before_others() {
    let t = enabled();
    let accounts = ["888888888888", MEMBER, "999999999999"];
    let id = format!("x/{MEMBER}");
    let documents = accounts.map(|account| native(account, "tool", "us-east-1", &id));
    import_native(&t, &documents);
    let arn = "arn:aws:securityhub:us-east-1::product/tool/tool";
    let set = json!({"FindingIdentifiers": [{"ProductArn": arn, "Id": id}], "Confidence": 7});
    t.call("securityhub", "BatchUpdateFindings", set).unwrap();
    let found = found_as(&t, ADMINISTRATOR, json!({}));
    let set: Vec<&Value> = found.iter().filter(|one| one["Confidence"] == 7).collect();
    assert_eq!(set.len(), 1);
    assert_eq!(set[0]["AwsAccountId"], MEMBER);
}

#[test]
fn another_spelling_names_nothing() {
    let t = enabled();
    import_native(&t, &[native(MEMBER, "Scan", "eu-west-1", "x")]);
    for (region, product, id) in [
        ("us-east-1", "scan", "x"),
        ("eu-west-1", "Scan", "x"),
        ("eu-west-1", "scan", "X"),
        ("eu-west-1", "scan", "y"),
    ] {
        let arn = format!("arn:aws:securityhub:{region}::product/{product}/{product}");
        let name = json!({"ProductArn": arn, "Id": id});
        let input = json!({"FindingIdentifiers": [name], "Confidence": 1});
        let answer = t.call("securityhub", "BatchUpdateFindings", input).unwrap();
        let unprocessed = &answer["UnprocessedFindings"][0];
        assert_eq!(unprocessed["ErrorCode"], "FindingNotFound", "{name}");
    }
}
