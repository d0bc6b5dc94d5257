//! ASFF that came in files: it says less than what calls bring, and more than the model takes.

use super::*;
use crate::securityhub::asff;

/// Brings ASFF in as `balefire import` does.
fn bring(t: &Testing, findings: &[Value]) {
    let documents: Vec<Value> = findings
        .iter()
        .map(|finding| asff::to_ocsf(finding).unwrap())
        .collect();
    let input = json!({"Findings": documents});
    t.call("balefire", "ImportFindings", input).unwrap();
}

fn labelled(id: &str, label: &str) -> Value {
    finding(id, json!({"Severity": {"Label": label}}))
}

/// How many findings a filter by the provider's label finds, and an insight over it counts.
fn counted(t: &Testing, label: &str) -> (usize, i64) {
    let attribute = "FindingProviderFieldsSeverityLabel";
    let filters = json!({attribute: [{"Value": label, "Comparison": "EQUALS"}]});
    let found = found_as(t, ADMINISTRATOR, filters).len();
    let input = json!({"Name": "i", "Filters": {}, "GroupByAttribute": attribute});
    let call = |operation: &str, input| t.call("securityhub", operation, input).unwrap();
    let arn = json!({"InsightArn": call("CreateInsight", input)["InsightArn"]});
    let results = call("GetInsightResults", arn.clone());
    call("DeleteInsight", arn);
    let values = results["InsightResults"]["ResultValues"]
        .as_array()
        .unwrap()
        .clone();
    let value = values
        .iter()
        .find(|one| one["GroupByAttributeValue"] == label);
    (found, value.map_or(0, |one| one["Count"].as_i64().unwrap()))
}

#[test]
fn the_providers_severity_is_found_as_it_is_shown() {
    let t = enabled();
    bring(
        &t,
        &[
            labelled("a", "HIGH"),
            labelled("b", "HIGH"),
            labelled("c", "LOW"),
        ],
    );
    import(&t, &[labelled("d", "HIGH")]);
    assert_eq!((counted(&t, "HIGH"), counted(&t, "LOW")), ((3, 3), (1, 1)));
    // What customers and rules say is not the provider's.
    for id in ["a", "d"] {
        update(&t, id, json!({"Severity": {"Label": "CRITICAL"}}));
        let shown = get(&t, id);
        assert_eq!(shown["Severity"]["Label"], "CRITICAL");
        assert_eq!(
            shown["FindingProviderFields"]["Severity"]["Label"], "HIGH",
            "{id}"
        );
        let own = &shown["ProductFields"]["aws/securityhub/SeverityLabel"];
        assert_eq!(own, "HIGH", "{id}");
    }
    assert_eq!(
        (counted(&t, "HIGH"), counted(&t, "CRITICAL")),
        ((3, 3), (0, 0))
    );
}

#[test]
fn a_rules_severity_is_not_the_providers() {
    let t = enabled();
    let rule = json!({
        "RuleName": "r", "Description": "d", "RuleOrder": 1, "Criteria": {"OcsfFindingCriteria": {}},
        "Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"SeverityId": 5}}],
    });
    t.call("securityhub", "CreateAutomationRuleV2", rule)
        .unwrap();
    bring(&t, &[labelled("a", "LOW")]);
    let shown = get(&t, "a");
    assert_eq!(shown["Severity"]["Label"], "CRITICAL");
    assert_eq!(shown["FindingProviderFields"]["Severity"]["Label"], "LOW");
    assert_eq!(
        (counted(&t, "LOW"), counted(&t, "CRITICAL")),
        ((1, 1), (0, 0))
    );
}

#[test]
fn blank_entries_of_maps_are_left_out_whatever_way_they_came() {
    let t = enabled();
    let blank = |id: &str| {
        let resource = json!({
            "Type": "AwsS3Bucket", "Id": "r", "Tags": {"t": "", "k": "v"},
            "Details": {"Other": {"x": " ", "y": "z"}},
        });
        let fields = json!({"a": "b", "empty": ""});
        finding(
            id,
            json!({"ProductFields": fields, "UserDefinedFields": fields, "Resources": [resource]}),
        )
    };
    import(&t, &[blank("call")]);
    // As an old version read it from a file.
    bring(&t, &[blank("file")]);
    for id in ["call", "file"] {
        let shown = get(&t, id);
        let product = shown["ProductFields"].as_object().unwrap();
        assert_eq!(
            (product.get("a"), product.get("empty")),
            (Some(&json!("b")), None),
            "{id}"
        );
        assert_eq!(shown["UserDefinedFields"], json!({"a": "b"}), "{id}");
        let resource = &shown["Resources"][0];
        assert_eq!(resource["Tags"], json!({"k": "v"}), "{id}");
        assert_eq!(resource["Details"], json!({"Other": {"y": "z"}}), "{id}");
    }
}
