"""Security Hub's first version through boto3: ASFF goes in and comes out, and the second version shows the same."""

import json

import pytest

from harness.account import REGION
from harness.findings import FIXTURES, all_findings, by_provider_uid
from harness.models import nested
from harness.process import balefire
from harness.security_findings import PROWLER, bring_in, equals, finding, get, identifier, own_product
from harness.wire import assert_refused, call, refusal

MEMBERS = 12


@pytest.fixture
def hub(account):
    """A client of an account on which both versions are on."""
    client = account.client("securityhub")
    client.enable_security_hub()
    client.enable_security_hub_v2()
    return client


def get_v2(client, id):
    return by_provider_uid(all_findings(client))[id]


def test_the_hub_is_turned_on_described_and_turned_off(account):
    client = account.client("securityhub")
    response = refusal(client.describe_hub, "InvalidAccessException", 401)
    assert account.id in response["Error"]["Message"] and response["Code"] == "InvalidAccessException"
    refusal(client.get_findings, "InvalidAccessException", 401)
    client.enable_security_hub(Tags={"team": "sec"}, EnableDefaultStandards=False)
    refusal(client.enable_security_hub, "ResourceConflictException", 409)
    described = client.describe_hub()
    assert described["HubArn"] == f"arn:aws:securityhub:{REGION}:{account.id}:hub/default"
    refusal(client.describe_hub, "ResourceNotFoundException", 404, HubArn=described["HubArn"] + "x")
    refusal(account.client("securityhub", region="eu-central-1").describe_hub, "InvalidAccessException", 401)
    client.disable_security_hub()
    refusal(client.describe_hub, "InvalidAccessException", 401)


def test_a_finding_is_imported_and_shown_by_both_versions(account, hub):
    vulnerability = {
        "Id": "CVE-2099-1001",
        "Cvss": [{"BaseScore": 9.8, "Version": "3.1"}],
        "VulnerablePackages": [{"Name": "anvil", "Version": "1.0", "FixedInVersion": "2.0"}],
        "FixAvailable": "YES",
    }
    bring_in(hub, finding(account, "anvil", Vulnerabilities=[vulnerability], Types=["Vulnerabilities/CVE"]))
    shown = get(hub, "anvil")
    assert shown["Vulnerabilities"] == [vulnerability]
    assert shown["ProductFields"]["aws/securityhub/FindingId"] == f"{own_product(account)}/anvil"
    assert (shown["Workflow"]["Status"], shown["RecordState"]) == ("NEW", "ACTIVE")
    assert shown["FindingProviderFields"] == {"Severity": {"Label": "MEDIUM"}, "Types": ["Vulnerabilities/CVE"]}
    ocsf = get_v2(hub, "anvil")
    assert (ocsf["class_uid"], ocsf["severity"], ocsf["status"]) == (2002, "Medium", "New")
    assert ocsf["vulnerabilities"][0]["affected_packages"][0]["fixed_in_version"] == "2.0"
    assert ocsf["resources"][0]["type"] == "AWS::S3::Bucket"


def test_what_cannot_be_taken_says_why(account, hub):
    prowler = finding(account, "prowler", ProductArn=PROWLER)
    answer = hub.batch_import_findings(
        Findings=[
            finding(account, "good"),
            finding(account, "long", Title="x" * 257),
            finding(account, "foreign", AwsAccountId="999988887777"),
            prowler,
        ]
    )
    assert (answer["SuccessCount"], answer["FailedCount"]) == (1, 3)
    codes = {failed["Id"]: failed["ErrorCode"] for failed in answer["FailedFindings"]}
    assert codes == {"long": "InvalidInput", "foreign": "InvalidAccess", "prowler": "InvalidAccess"}
    arn = hub.enable_import_findings_for_product(ProductArn=PROWLER)["ProductSubscriptionArn"]
    assert hub.list_enabled_products_for_import()["ProductSubscriptions"] == [arn]
    bring_in(hub, prowler)
    assert get(hub, "prowler")["ProductName"] == "Prowler"
    refusal(hub.batch_import_findings, "InvalidInputException", 400, Findings=[finding(account, "x")] * 101)


def test_updates_go_both_ways(account, hub):
    bring_in(hub, finding(account, "a"))
    named = [identifier(account, "a")]
    hub.batch_update_findings(
        FindingIdentifiers=named,
        Severity={"Label": "HIGH"},
        Workflow={"Status": "NOTIFIED"},
        Note={"Text": "Looking at it.", "UpdatedBy": "keeper"},
        UserDefinedFields={"ticket": "7"},
    )
    ocsf = get_v2(hub, "a")
    assert (ocsf["severity"], ocsf["status"], ocsf["comment"]) == ("High", "In Progress", "Looking at it.")
    assert ocsf["vendor_attributes"]["severity"] == "Medium"

    updated = {"SeverityId": 5, "StatusId": 4, "Comment": "Locked."}
    hub.batch_update_findings_v2(MetadataUids=[ocsf["metadata"]["uid"]], **updated)
    shown = get(hub, "a")
    assert shown["Severity"]["Label"] == "CRITICAL" and shown["Severity"]["Normalized"] == 90
    assert (shown["Workflow"]["Status"], shown["Note"]["Text"]) == ("RESOLVED", "Locked.")
    assert shown["UserDefinedFields"] == {"ticket": "7"}

    later = {"UpdatedAt": "2026-01-02T00:00:00Z", "Title": "Lantern again", "Severity": {"Label": "LOW"}}
    bring_in(hub, finding(account, "a", **later))
    shown = get(hub, "a")
    assert (shown["Title"], shown["Severity"]["Label"]) == ("Lantern again", "CRITICAL")
    assert shown["FindingProviderFields"]["Severity"] == {"Label": "LOW"}
    missing = identifier(account, "b")
    answer = hub.batch_update_findings(FindingIdentifiers=[missing], Confidence=1)
    assert [entry["ErrorCode"] for entry in answer["UnprocessedFindings"]] == ["FindingNotFound"]


def test_what_came_back_is_new_again(account, hub):
    archived = {"RecordState": "ARCHIVED"}
    bring_in(hub, finding(account, "a", **archived))
    assert get_v2(hub, "a")["status"] == "Archived"
    hub.batch_update_findings(FindingIdentifiers=[identifier(account, "a")], Workflow={"Status": "RESOLVED"})
    back = {"UpdatedAt": "2026-01-02T00:00:00Z", "RecordState": "ACTIVE"}
    bring_in(hub, finding(account, "a", **back))
    shown = get(hub, "a")
    assert (shown["Workflow"]["Status"], shown["RecordState"]) == ("NEW", "ACTIVE")


def test_history_tells_who_changed_what(account, hub):
    bring_in(hub, finding(account, "a"))
    named = identifier(account, "a")
    hub.batch_update_findings(FindingIdentifiers=[named], Workflow={"Status": "SUPPRESSED"})
    bring_in(hub, finding(account, "a", UpdatedAt="2026-01-02T00:00:00Z", Title="Lantern b"))
    records = hub.get_finding_history(FindingIdentifier=named)["Records"]
    told = [(record["UpdateSource"]["Type"], record["FindingCreated"]) for record in records]
    assert told == [
        ("BATCH_IMPORT_FINDINGS", False),
        ("BATCH_UPDATE_FINDINGS", False),
        ("BATCH_IMPORT_FINDINGS", True),
    ]
    assert records[0]["UpdateSource"]["Identity"] == own_product(account)
    assert records[0]["Updates"] == [
        {"UpdatedField": "Title", "OldValue": "Lantern a", "NewValue": "Lantern b"}
    ]
    assert account.id in records[1]["UpdateSource"]["Identity"]
    pages = hub.get_paginator("get_finding_history").paginate(
        FindingIdentifier=named, PaginationConfig={"PageSize": 1}
    )
    assert [record for page in pages for record in page["Records"]] == records


def test_findings_are_filtered_sorted_and_paged(account, hub):
    bring_in(
        hub,
        finding(account, "a", Severity={"Label": "HIGH"}, UpdatedAt="2026-01-03T00:00:00Z"),
        finding(account, "b", Severity={"Label": "LOW"}, Compliance={"Status": "FAILED"}),
        finding(account, "c", Severity={"Normalized": 95}, UpdatedAt="2026-01-02T00:00:00Z"),
    )

    def ids(**asked):
        pages = hub.get_paginator("get_findings").paginate(PaginationConfig={"PageSize": 2}, **asked)
        return "".join(found["Id"] for page in pages for found in page["Findings"])

    assert ids() == "acb"
    assert ids(SortCriteria=[{"Field": "SeverityNormalized", "SortOrder": "desc"}]) == "cab"
    assert ids(Filters={"SeverityLabel": equals("HIGH") + equals("CRITICAL")}) == "ac"
    assert ids(Filters={"ComplianceStatus": equals("FAILED")}) == "b"
    tag = [{"Key": "team", "Value": "lantern", "Comparison": "EQUALS"}]
    assert ids(Filters={"ResourceTags": tag, "SeverityNormalized": [{"Lte": 70}]}) == "ab"
    contains = {"Title": [{"Value": "x", "Comparison": "CONTAINS"}]}
    refusal(hub.get_findings, "InvalidInputException", 400, Filters=contains)

    insight = hub.create_insight(Name="Severe", Filters={}, GroupByAttribute="SeverityLabel")["InsightArn"]
    values = hub.get_insight_results(InsightArn=insight)["InsightResults"]["ResultValues"]
    assert [(value["GroupByAttributeValue"], value["Count"]) for value in values] == [
        ("CRITICAL", 1),
        ("HIGH", 1),
        ("LOW", 1),
    ]
    hub.update_insight(InsightArn=insight, Filters={"SeverityLabel": equals("LOW")}, GroupByAttribute="Id")
    values = hub.get_insight_results(InsightArn=insight)["InsightResults"]["ResultValues"]
    assert values == [{"GroupByAttributeValue": "b", "Count": 1}]
    assert [one["InsightArn"] for one in hub.get_insights()["Insights"]] == [insight]
    assert hub.delete_insight(InsightArn=insight)["InsightArn"] == insight
    refusal(hub.get_insights, "ResourceNotFoundException", 404, InsightArns=[insight])


def test_findings_that_came_as_ocsf_are_shown_in_asff(account, hub):
    done = balefire("import", FIXTURES / "findings.json", account=account)
    assert done.returncode == 0, done.stderr
    shown = {found["Id"]: found for found in hub.get_findings()["Findings"]}
    ocsf = by_provider_uid(all_findings(hub))
    assert shown.keys() == ocsf.keys()
    assert {found["Title"] for found in shown.values()} == {
        found["finding_info"]["title"] for found in ocsf.values()
    }


def test_details_without_their_form_are_refused_by_place(account, hub):
    sound = json.dumps(finding(account, "sound"))
    for details, place in [
        ('"x"', "Details"),
        ('{"AwsEc2Instance": {"LaunchedAt": 5}}', "Details/AwsEc2Instance/LaunchedAt"),
        ('{"Other": {"a": 1}}', "Details/Other/a"),
        ('{"New": "\\ud800"}', "Details"),
        ('{"New": 1e400}', "Details"),
        ('{"New": ' + nested(200) + "}", "Details"),
    ]:
        broken = sound.replace('"Type": "AwsS3Bucket"', f'"Type": "Other", "Details": {details}')
        body = f'{{"Findings": [{sound}, {broken}]}}'.encode()
        answer = call(account, "securityhub", "POST", "/findings/import", body)
        message = assert_refused(answer, 400, "SerializationException")
        assert f"'/Findings/1/Resources/0/{place}'" in message, message
    assert hub.get_findings()["Findings"] == []


def test_details_of_files_break_no_client(account, hub, tmp_path):
    forms = ["x", [1], 5, {"AwsEc2Instance": "x"}, {"Container": []}, {"AwsS3Bucket": None}, {"Other": {"a": 1}}]
    forms.append({"AwsEc2SecurityGroup": {"IpPermissions": [{"IpRanges": "x", "FromPort": 1}]}})
    findings = []
    for number, details in enumerate(forms):
        findings.append(finding(account, f"f{number}"))
        findings[-1]["Resources"][0]["Details"] = details
    path = tmp_path / "asff.json"
    path.write_text(json.dumps({"Findings": findings}))
    done = balefire("import", path, account=account)
    assert done.returncode == 0, done.stderr
    shown = {found["Id"]: found for found in hub.get_findings()["Findings"]}
    assert len(shown) == len(forms)
    assert "Details" not in shown["f0"]["Resources"][0]
    details = {"AwsEc2SecurityGroup": {"IpPermissions": [{"FromPort": 1}]}}
    assert shown["f7"]["Resources"][0]["Details"] == details


def test_action_targets_are_made_and_forgotten(account, hub):
    arn = hub.create_action_target(Name="Call", Description="Calls.", Id="call")["ActionTargetArn"]
    refusal(hub.create_action_target, "ResourceConflictException", 409, Name="x", Description="x", Id="call")
    hub.update_action_target(ActionTargetArn=arn, Name="Ring")
    expected = {"ActionTargetArn": arn, "Name": "Ring", "Description": "Calls."}
    assert hub.describe_action_targets()["ActionTargets"] == [expected]
    assert hub.delete_action_target(ActionTargetArn=arn)["ActionTargetArn"] == arn
    refusal(hub.delete_action_target, "ResourceNotFoundException", 404, ActionTargetArn=arn)
