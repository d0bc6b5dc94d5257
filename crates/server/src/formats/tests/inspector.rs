//! Findings of Amazon Inspector.

use serde_json::json;

use super::*;

const PRODUCT: &str = "arn:aws:securityhub:eu-west-1::productv2/aws/inspector";
const INSTANCE: &str = "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0";

#[test]
fn each_kind_has_its_class_and_each_status_its_own() {
    let report = whole(INSPECTOR);
    assert_eq!(
        (report.format, &report.scope),
        (Format::Inspector, &Scope::Product)
    );
    assert_eq!(numbers(&report, "class_uid"), [2002, 2002, 2004]);
    assert_eq!(numbers(&report, "status_id"), [1, 3, 4]);
    assert_eq!(numbers(&report, "severity_id"), [4, 3, 0]);
    assert_eq!(numbers(&report, "activity_id"), [1, 1, 3]);
    for (document, end) in documents(&report).iter().zip(["a", "b", "c"]) {
        let uid = document["finding_info"]["uid"].as_str().unwrap();
        assert!(uid.starts_with("arn:aws:inspector2:") && uid.ends_with(end));
        assert_eq!(document["metadata"]["product"]["uid"], PRODUCT);
        assert_eq!(document["cloud"]["account"]["uid"], "111122223333");
        assert_eq!(document["cloud"]["region"], "eu-west-1");
    }
}

#[test]
fn a_vulnerability_of_packages_keeps_what_inspector_says() {
    let document = &documents(&whole(INSPECTOR))[0];
    let info = &document["finding_info"];
    assert_eq!(
        [&document["time"], &info["modified_time"]],
        [4_076_042_400_500_i64; 2]
    );
    assert_eq!(info["first_seen_time"], 4_070_937_600_000_i64);
    assert_eq!(
        info["types"],
        json!(["Software and Configuration Checks/Vulnerabilities/CVE"])
    );
    assert_eq!(
        document["remediation"],
        Value::Null,
        "nothing is advised in words"
    );
    let expected = json!({
        "title": "CVE-2099-2001", "desc": "Glue before 2.1 lets go of what it holds.",
        "vendor_name": "NVD", "severity": "HIGH",
        "cve": {
            "uid": "CVE-2099-2001", "created_time": 4_068_230_400_000_i64, "epss": {"score": "0.125"},
            "references": ["https://nvd.nist.gov/vuln/detail/CVE-2099-2001"],
            "cvss": [{
                "base_score": 7.5, "version": "3.1", "vendor_name": "NVD",
                "vector_string": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
            }],
        },
        "references": ["https://example.com/glue"], "related_vulnerabilities": ["GHSA-dddd-eeee-ffff"],
        "is_fix_available": true, "fix_coverage": "Partial", "is_exploit_available": true,
        "exploit_last_seen_time": 4_073_587_200_000_i64,
        "affected_packages": [
            {
                "name": "glue", "version": "2.0", "release": "2", "architecture": "X86_64", "epoch": 1,
                "package_manager": "OS", "fixed_in_version": "1:2.1-3",
                "remediation": {"desc": "yum update glue"},
            },
            {"name": "glue-doc", "version": "2.0", "package_manager": "OS"},
        ],
    });
    assert_eq!(document["vulnerabilities"], json!([expected]));
    let expected = json!({
        "uid": INSTANCE, "type": "AWS::EC2::Instance", "region": "eu-west-1", "cloud_partition": "aws",
        "owner": {"account": {"uid": "111122223333"}}, "tags": [{"name": "team", "value": "shop"}],
        "data": {"awsEc2Instance": {"platform": "AMAZON_LINUX_2"}},
    });
    assert_eq!(document["resources"], json!([expected]));
}

#[test]
fn code_and_networks_are_told_in_ocsfs_words() {
    let documents = documents(&whole(INSPECTOR));
    let code = &documents[1];
    assert_eq!(
        code["time"], 4_070_944_800_250_i64,
        "seconds with a fraction"
    );
    let vulnerability = &code["vulnerabilities"][0];
    let expected = json!([{
        "file": {"name": "pay.py", "path": "src/pay.py"}, "start_line": 7, "end_line": 9,
    }]);
    assert_eq!(vulnerability["affected_code"], expected);
    assert_eq!(vulnerability["cwe"], json!({"uid": "CWE-117"}));
    let advice = json!({"desc": "Clean it first.", "references": ["https://example.com/cwe-117"]});
    assert_eq!(
        [&code["remediation"], &vulnerability["remediation"]],
        [&advice; 2]
    );
    let network = &documents[2];
    let expected = json!([{
        "dst_endpoint": {"port": 22}, "connection_info": {"protocol_name": "TCP"},
    }]);
    assert_eq!(network["evidences"], expected);
    assert_eq!(
        network["unmapped"]["networkReachabilityDetails"]["protocol"],
        "TCP"
    );
    assert_eq!(network["vulnerabilities"], Value::Null);
}

#[test]
fn a_finding_comes_in_every_arrangement_and_what_cannot_be_read_is_refused_by_itself() {
    let listed: Value = serde_json::from_str(INSPECTOR).unwrap();
    let one = &listed["findings"][0];
    let event =
        json!({"detail-type": "Inspector2 Finding", "source": "aws.inspector2", "detail": one});
    let wanted = documents(&whole(INSPECTOR)).remove(0);
    for text in [
        one.to_string(),
        event.to_string(),
        json!([one]).to_string(),
        format!("{one}\n"),
    ] {
        assert_eq!(
            documents(&whole(&text)),
            std::slice::from_ref(&wanted),
            "{text:.80}"
        );
    }
    // The events that AWS documents have the times of Java.
    for time in ["Dec 3, 2021, 6:02:30 PM", "Dec 3, 2021, 6:02:30\u{202f}PM"] {
        let mut event = event.clone();
        for name in ["firstObservedAt", "lastObservedAt", "updatedAt"] {
            event["detail"][name] = time.into();
        }
        let document = documents(&whole(&event.to_string())).remove(0);
        let info = &document["finding_info"];
        for at in [
            &document["time"],
            &info["first_seen_time"],
            &info["last_seen_time"],
        ] {
            assert_eq!(*at, 1_638_554_550_000_i64, "{time}");
        }
    }
    let without = |change: fn(&mut Value)| {
        let mut changed = one.clone();
        change(&mut changed);
        changed
    };
    for (refused, reason) in [
        (
            without(|one| one["findingArn"] = "arn:aws:x".into()),
            "findingArn",
        ),
        (
            without(|one| one["updatedAt"] = "yesterday".into()),
            "updatedAt",
        ),
        (
            without(|one| drop(one.as_object_mut().unwrap().remove("awsAccountId"))),
            "awsAccountId",
        ),
        (Value::Null, "cannot be read"),
    ] {
        let text = json!([one, refused]).to_string();
        let report = read_text(&text, None, Given::default()).unwrap();
        assert_eq!(report.findings.len(), 1, "{text:.80}");
        assert_eq!(report.refused[0].place, "element 2");
        assert!(
            report.refused[0].reason.contains(reason),
            "{:?}",
            report.refused
        );
    }
}
