//! What the columns say of ASFF against a look at every finding.

mod asked;
mod random;

use std::collections::BTreeSet;

use balefire_columns::Key;
use proptest::prelude::*;

use self::asked::Asked;
use self::random::Deed;
use super::super::shown::show;
use super::*;
use crate::context::Visible;
use crate::securityhub::finding::Tail;
use crate::securityhub::finding::index::{key_of, uid_of};
use crate::securityhub::finding::scan::{Passing, scan};

/// The uids of all findings, from the store.
fn uids(t: &Testing) -> Vec<String> {
    let read = t.store.read_blocking(|tx| {
        let mut uids = Vec::new();
        let see = |Passing { uid, .. }: Passing<'_>| {
            uids.push(uid.to_owned());
            Ok(())
        };
        scan(tx, Visible::Organization, &Tail::default(), see).map(|()| uids)
    });
    read.expect("a read").unwrap()
}

/// All findings in ASFF, with what was set in them.
fn kept(t: &Testing) -> Vec<(String, Value)> {
    let keys: Vec<Key> = uids(t).iter().map(|uid| key_of(uid).unwrap()).collect();
    let read = t.store.read_blocking(move |tx| {
        let mut kept = Vec::new();
        let see = |uid: &str, document| kept.push((uid.to_owned(), document));
        show(tx, Visible::Organization, &keys, &Tail::default(), see).map(|()| kept)
    });
    read.expect("a read").unwrap()
}

/// Does what can be done: findings that are refused, and those that are not there, are passed over.
fn perform(t: &Testing, deed: &Deed) {
    match deed {
        Deed::ImportAsff(account, finding) => {
            let taken = import_as(t, account, std::slice::from_ref(finding));
            taken.unwrap_or_else(|failure| panic!("{finding}: {failure:?}"));
        }
        Deed::Import(document) => {
            let input = json!({"Findings": [document]});
            t.call("balefire", "ImportFindings", input).unwrap();
        }
        Deed::Update(account, id, set) => {
            let mut input = set.clone();
            input["FindingIdentifiers"] = json!([{"Id": id, "ProductArn": own_product(account)}]);
            let _ = t.call("securityhub", "BatchUpdateFindings", input);
        }
        Deed::UpdateV2(place, set) => {
            let uids = uids(t);
            if let Some(uid) = uids.get(place % uids.len().max(1)) {
                let mut input = set.clone();
                input["MetadataUids"] = json!([uid]);
                let _ = t.call("securityhub", "BatchUpdateFindingsV2", input);
            }
        }
    }
}

/// What names a finding in an answer.
fn name(finding: &Value) -> String {
    format!(
        "{} {} {}",
        finding["AwsAccountId"], finding["ProductArn"], finding["Id"]
    )
}

fn pages(t: &Testing, asked: &Asked) -> Vec<String> {
    let mut found = Vec::new();
    let mut token = Value::Null;
    loop {
        let input = json!({
            "Filters": asked.filters, "SortCriteria": asked.criteria(), "MaxResults": asked.page,
            "NextToken": token,
        });
        let answer = t.call_as(asked.account, "securityhub", "GetFindings", input);
        let answer = answer.unwrap();
        found.extend(answer["Findings"].as_array().unwrap().iter().map(name));
        token = answer["NextToken"].clone();
        if token.is_null() {
            return found;
        }
    }
}

fn insight(t: &Testing, asked: &Asked) -> Vec<(String, i64)> {
    let input = json!({"Name": "i", "Filters": asked.filters, "GroupByAttribute": asked.group});
    let call = |operation, input| {
        let answer = t.call_as(asked.account, "securityhub", operation, input);
        answer.unwrap()
    };
    let named = json!({"InsightArn": call("CreateInsight", input)["InsightArn"]});
    let answer = call("GetInsightResults", named.clone());
    call("DeleteInsight", named);
    let values = answer["InsightResults"]["ResultValues"].as_array().unwrap();
    let value = |value: &Value| {
        let text = value["GroupByAttributeValue"].as_str().unwrap().to_owned();
        (text, value["Count"].as_i64().unwrap())
    };
    values.iter().map(value).collect()
}

/// The uids of what is possible, and of what is certain.
fn told(t: &Testing, asked: &Asked) -> [BTreeSet<String>; 2] {
    let (index, filters) = (t.index.clone(), asked.compiled(t.now()));
    let read = t.store.read_blocking(move |tx| {
        let current = index.current(tx)?;
        let plans = [
            filters.possible(index.fields()),
            filters.certain(index.fields()),
        ];
        Ok::<_, Failure>(plans.map(|plan| current.keys(Visible::Organization, plan)))
    });
    let keys = read.expect("a read").unwrap();
    let is_seen = |uid: &String| asked.account == ADMINISTRATOR || uid.starts_with(asked.account);
    keys.map(|keys| keys.iter().map(uid_of).filter(is_seen).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn answers_are_those_of_a_look_at_every_finding(
        deeds in prop::collection::vec(random::deed(), 1..40),
        questions in prop::collection::vec(asked::asked(), 30),
    ) {
        let t = enabled();
        for deed in &deeds {
            perform(&t, deed);
        }
        let (all, now) = (kept(&t), t.now());
        let own: Vec<(String, Value)> =
            all.iter().filter(|(uid, _)| uid.starts_with(MEMBER)).cloned().collect();
        for asked in &questions {
            let kept = if asked.account == MEMBER { &own } else { &all };
            let found = asked.found(kept, now);
            let uids: BTreeSet<String> = found.iter().map(|(uid, _)| uid.clone()).collect();
            let [possible, certain] = told(&t, asked);
            for uid in uids.symmetric_difference(&possible).filter(|uid| uids.contains(*uid)) {
                let document = kept.iter().find(|(known, _)| known == uid);
                prop_assert!(false, "not possible: {:?} {:?}", asked, document);
            }
            for uid in certain.difference(&uids) {
                let document = kept.iter().find(|(known, _)| known == uid);
                prop_assert!(false, "certain: {:?} {:?}", asked, document);
            }
            let names: Vec<String> = found.iter().map(|(_, document)| name(document)).collect();
            prop_assert_eq!(pages(&t, asked), names, "{:?}", asked);
            prop_assert_eq!(insight(&t, asked), asked.counted(kept, now), "{:?}", asked);
        }
    }
}

/// How many findings are possible and how many are certain.
fn counts(t: &Testing, filters: Value) -> [usize; 2] {
    let asked = Asked::plain(filters);
    told(t, &asked).map(|uids| uids.len())
}

#[test]
fn columns_leave_only_what_matches() {
    let t = enabled();
    let findings: Vec<Value> = (0..20)
        .map(|number| {
            let label = ["LOW", "HIGH"][number % 2];
            let resource = json!([{"Type": "AwsS3Bucket", "Id": format!("r{number}")}]);
            finding(
                &format!("f{number}"),
                json!({
                    "Severity": {"Label": label}, "Resources": resource,
                    "Workflow": {"Status": "NOTIFIED"}, "Compliance": {"Status": "FAILED"},
                }),
            )
        })
        .collect();
    import(&t, &findings);
    update(&t, "f1", json!({"Severity": {"Label": "LOW"}}));
    let equals = |value: &str| json!([{"Comparison": "EQUALS", "Value": value}]);
    let not = |value: &str| json!([{"Comparison": "NOT_EQUALS", "Value": value}]);
    for (filters, expected) in [
        (json!({}), [20, 20]),
        (json!({"SeverityLabel": equals("HIGH")}), [9, 9]),
        (json!({"SeverityLabel": not("HIGH")}), [11, 11]),
        (json!({"SeverityNormalized": [{"Gte": 40}]}), [9, 9]),
        (json!({"SeverityNormalized": [{"Gte": 71}]}), [9, 0]),
        (
            json!({"ProductArn": equals(&own_product(ADMINISTRATOR))}),
            [20, 20],
        ),
        (
            json!({"ProductArn": not(&own_product(ADMINISTRATOR))}),
            [0, 0],
        ),
        (json!({"ResourceId": equals("r7")}), [1, 1]),
        (json!({"ResourceType": equals("AwsS3Bucket")}), [20, 20]),
        (json!({"ResourceType": equals("AwsEc2Instance")}), [0, 0]),
        (
            json!({"WorkflowStatus": equals("NOTIFIED"), "RecordState": equals("ACTIVE")}),
            [20, 20],
        ),
        (json!({"WorkflowStatus": equals("NEW")}), [0, 0]),
        (json!({"ComplianceStatus": equals("PASSED")}), [0, 0]),
        (
            json!({"UpdatedAt": [{"Start": "2026-01-01T00:00:00Z"}]}),
            [0, 0],
        ),
        (json!({"Type": equals("x")}), [20, 0]),
    ] {
        assert_eq!(counts(&t, filters.clone()), expected, "{filters}");
    }
}

#[test]
fn while_findings_are_read_callers_are_asked_to_try_again() {
    let t = enabled();
    let asked = Asked::plain(json!({}));
    let input = json!({"Name": "i", "Filters": asked.filters, "GroupByAttribute": "Id"});
    let insight = t.call("securityhub", "CreateInsight", input).unwrap();
    import(&t, &[finding("a", json!({}))]);
    // As if the reading were given up again and again.
    t.index.stop();
    let rule = json!({
        "Days": 1, "Criteria": {"OcsfFindingCriteria": {}},
        "Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"StatusId": 5}}],
    });
    let name = json!({"Id": "a", "ProductArn": own_product(ADMINISTRATOR)});
    let set = json!({"FindingIdentifiers": [name], "Confidence": 1});
    for (service, operation, input) in [
        ("securityhub", "BatchUpdateFindings", set),
        (
            "securityhub",
            "GetFindingHistory",
            json!({"FindingIdentifier": name}),
        ),
        ("securityhub", "GetFindings", json!({})),
        ("securityhub", "GetInsightResults", insight),
        ("balefire", "TestAutomationRule", rule),
    ] {
        let answer = t.call(service, operation, input);
        assert!(
            matches!(answer, Err(Failure::Reading)),
            "{operation}: {answer:?}"
        );
    }
}
