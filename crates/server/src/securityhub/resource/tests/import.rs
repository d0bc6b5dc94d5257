//! How what findings say comes into the inventory.

use balefire_store::Tx;

use super::*;

/// What the log has of resources, oldest first: how many each time.
fn logged(t: &Testing) -> Vec<usize> {
    let read = |tx: &mut Tx<'_>| -> Result<Vec<usize>, balefire_store::Error> {
        let sql =
            "SELECT body FROM log WHERE kind = 'resources.changed' ORDER BY at_ms, shard, seq";
        let rows = tx.query(sql, &[])?;
        let count = |row: &balefire_store::Row| {
            let body: Value = serde_json::from_slice(row.blob(0)?).unwrap();
            Ok(body["uids"].as_array().unwrap().len())
        };
        rows.iter().map(count).collect()
    };
    t.store.read_blocking(read).unwrap().unwrap()
}

#[test]
fn a_resource_is_shown_with_all_that_findings_say() {
    let t = enabled();
    let told = json!([{
        "uid": "i-0abc", "type": "AWS::EC2::Instance", "name": "lamp", "region": "eu-west-1",
        "cloud_partition": "aws", "provider": "aws", "created_time": 1_700_000_000_000_i64,
        "owner": {"account": {"uid": "999999999999"}, "org": {"uid": "o-1"}},
        "tags": [{"name": "team", "value": "lights"}], "data": {"ImageId": "ami-1"},
    }]);
    import(&t, &[about("f", told)]);
    let mut shown = resource(&t, "i-0abc");
    let guid = shown
        .as_object_mut()
        .unwrap()
        .remove("ResourceGuid")
        .unwrap();
    assert!(guid.as_str().unwrap().starts_with(ADMINISTRATOR));
    let summary = json!([{
        "FindingType": "Detection Finding", "ProductName": "Scanner", "TotalFindings": 1,
        "Severities": {
            "Other": 0, "Fatal": 0, "Critical": 0, "High": 0, "Medium": 1, "Low": 0, "Informational": 0,
            "Unknown": 0,
        },
    }]);
    let expected = json!({
        "ResourceId": "i-0abc", "AccountId": ADMINISTRATOR, "Region": "eu-central-1",
        "ResourceProvider": "AWS", "ResourceOwnerAccountId": "999999999999", "ResourceOwnerOrgId": "o-1",
        "ResourceCloudPartition": "aws", "ResourceRegion": "eu-west-1", "ResourceCategory": "Compute",
        "ResourceType": "AWS::EC2::Instance", "ResourceName": "lamp", "DiscoveryType": "Managed",
        "ResourceCreationTimeDt": "2023-11-14T22:13:20.000Z",
        "ResourceDetailCaptureTimeDt": "2026-01-01T00:00:00.000Z",
        "ResourceTags": [{"Key": "team", "Value": "lights"}], "ResourceConfig": {"ImageId": "ami-1"},
        "FindingsSummary": summary,
    });
    assert_eq!(shown, expected);
}

#[test]
fn what_has_no_details_has_an_empty_description() {
    let t = enabled();
    import(
        &t,
        &[about(
            "f",
            json!([{"uid": "x"}, {"name": "nameless"}, {"uid": 7}]),
        )],
    );
    let found = get(&t, json!({}));
    assert_eq!(ids(&found), ["x"]);
    assert_eq!(found[0]["ResourceConfig"], json!({}));
    assert_eq!(found[0]["ResourceType"], "Other");
    assert_eq!(found[0]["ResourceCategory"], "Other");
    import(&t, &[document_of(ADMINISTRATOR, "h", json!({}))]);
    assert_eq!(get(&t, json!({})).len(), 1);
}

#[test]
fn the_same_again_writes_nothing_and_news_are_taken() {
    let t = enabled();
    import(
        &t,
        &[about("f", json!([bucket()])), about("g", json!([bucket()]))],
    );
    assert_eq!(logged(&t), [1], "a resource of several findings is one");
    t.advance_ms(1000);
    import(&t, &[about("f", json!([bucket()]))]);
    // Another finding that says no more.
    import(&t, &[about("h", json!([{"uid": BUCKET}]))]);
    assert_eq!(logged(&t), [1]);
    let mut named = bucket();
    named["name"] = json!("renamed");
    import(&t, &[about("f", json!([named, {"uid": "y"}]))]);
    assert_eq!(logged(&t), [1, 2]);
    let shown = resource(&t, BUCKET);
    assert_eq!(shown["ResourceName"], "renamed");
    assert_eq!(shown["ResourceType"], "AWS::S3::Bucket");
    assert_eq!(
        shown["ResourceDetailCaptureTimeDt"],
        "2026-01-01T00:00:01.000Z"
    );
    // What was said before does not go over it when it is sent again.
    import(&t, &[about("g", json!([bucket()]))]);
    assert_eq!(resource(&t, BUCKET)["ResourceName"], "renamed");
    assert_eq!(
        resource(&t, BUCKET)["FindingsSummary"][0]["TotalFindings"],
        3
    );
}

#[test]
fn a_store_that_is_older_than_its_inventory_fills_it_with_what_is_sent_again() {
    let t = enabled();
    import(&t, &[about("f", json!([bucket()]))]);
    let forget = |tx: &mut Tx<'_>| tx.execute("DELETE FROM resource", &[]);
    t.store.write_blocking("a", forget).unwrap().unwrap();
    let output = import(&t, &[about("f", json!([bucket()]))]);
    assert_eq!(output["Unchanged"], 1);
    assert_eq!(resource(&t, BUCKET)["ResourceName"], "lantern");
}

#[test]
fn findings_of_the_first_version_count_as_well() {
    let t = enabled();
    t.call("securityhub", "EnableSecurityHub", json!({}))
        .unwrap();
    let product =
        format!("arn:aws:securityhub:eu-central-1:{ADMINISTRATOR}:product/{ADMINISTRATOR}/default");
    let finding = json!({
        "SchemaVersion": "2018-10-08", "Id": "1", "ProductArn": product, "GeneratorId": "probe",
        "AwsAccountId": ADMINISTRATOR, "Title": "Open", "Description": "Open.",
        "Severity": {"Label": "HIGH"},
        "CreatedAt": "2025-12-01T00:00:00Z", "UpdatedAt": "2025-12-01T00:00:00Z",
        "Resources": [{
            "Type": "AwsS3Bucket", "Id": BUCKET, "Region": "eu-north-1", "Tags": {"team": "lights"},
            "Details": {"AwsS3Bucket": {"OwnerName": "ada"}},
        }],
    });
    let input = json!({"Findings": [finding]});
    let imported = t.call("securityhub", "BatchImportFindings", input).unwrap();
    assert_eq!(imported["SuccessCount"], 1, "{imported}");
    let shown = resource(&t, BUCKET);
    assert_eq!(shown["ResourceType"], "AWS::S3::Bucket");
    assert_eq!(shown["ResourceRegion"], "eu-north-1");
    assert_eq!(
        shown["ResourceTags"],
        json!([{"Key": "team", "Value": "lights"}])
    );
    assert_eq!(shown["ResourceConfig"]["AwsS3Bucket"]["OwnerName"], "ada");
    assert_eq!(shown["FindingsSummary"][0]["Severities"]["High"], 1);
}

#[test]
fn a_uid_never_changes() {
    let key = super::super::key_of("123456789012", BUCKET).unwrap();
    let uid = crate::securityhub::finding::index::uid_of(&key);
    assert_eq!(uid, "123456789012b61682a236c3208dbd27adf029c26e21");
    assert!(super::super::key_of("123456789013", BUCKET).unwrap() > key);
    assert_eq!(super::super::key_of("none", BUCKET), None);
}
