"""The five calls and the way to them with the AWS CLI, held against what boto3 sees."""

import json
from datetime import UTC, datetime, timedelta

import botocore
import pytest

from harness.account import REGION
from harness.aws_cli import aws, run
from harness.deployments import deployment, findings_with, group_arn
from harness.findings import FIXTURES, all_findings, as_kept, by_provider_uid, fixture_findings
from harness.incidents import record
from harness.process import balefire
from harness.vulnerabilities import by_vulnerability, list_findings, refresh_all, scan

pytestmark = pytest.mark.aws_cli
MEMBERS = 5


def moment(seconds):
    """A time as the CLI prints it: as it came, in seconds. What is beyond milliseconds is of the float."""
    return datetime.fromtimestamp(round(seconds * 1000) // 1000, UTC) + timedelta(
        milliseconds=round(seconds * 1000) % 1000
    )


def test_incidents(account):
    regions = {REGION: {}}
    set_arn = aws(account, "ssm-incidents", "create-replication-set", regions=regions)["arn"]
    assert set_arn.startswith(f"arn:aws:ssm-incidents::{account.id}:replication-set/")
    template = {"title": "The shop is down", "impact": 2, "summary": "Call Sam"}
    plan = aws(
        account, "ssm-incidents", "create-response-plan", name="shop-down", incident_template=template
    )["arn"]
    ended = datetime.now(UTC).replace(microsecond=0)
    began = ended - timedelta(minutes=20)
    entries = [
        deployment(account, "d-CLI", state, at.isoformat())
        for state, at in [("START", began), ("SUCCESS", ended)]
    ]
    sent = aws(account, "events", "put-events", entries=entries)
    assert sent["FailedEntryCount"] == 0 and len(sent["Entries"]) == 2

    trigger = {"source": "my.monitor", "timestamp": "2025-11-03T12:00:00Z", "rawData": "{}"}
    started = aws(
        account,
        "ssm-incidents",
        "start-incident",
        response_plan_arn=plan,
        title="Nobody can pay",
        impact=1,
        client_token="cli-1",
        trigger_details=trigger,
        related_items=[{"identifier": {"type": "OTHER", "value": {"url": "https://wiki.example"}}}],
    )
    arn = started["incidentRecordArn"]
    again = run(
        account,
        "ssm-incidents",
        "start-incident",
        response_plan_arn=plan,
        title="Something else",
        client_token="cli-1",
    )
    assert again.returncode != 0 and "(ConflictException)" in again.stderr

    shown = aws(account, "ssm-incidents", "get-incident-record", arn=arn)["incidentRecord"]
    client = account.client("ssm-incidents")
    found = record(client, arn)
    assert set(shown) == set(found)
    for name in ["arn", "title", "impact", "status", "summary", "dedupeString", "incidentRecordSource"]:
        assert shown[name] == found[name], name
    assert (shown["title"], shown["impact"], shown["status"]) == ("Nobody can pay", 1, "OPEN")
    assert shown["incidentRecordSource"]["source"] == "my.monitor"
    assert moment(shown["creationTime"]) == found["creationTime"]

    findings_with(client, arn, "d-CLI")
    (listed,) = aws(account, "ssm-incidents", "list-incident-findings", incident_record_arn=arn)["findings"]
    got = aws(
        account,
        "ssm-incidents",
        "batch-get-incident-findings",
        incident_record_arn=arn,
        finding_ids=[listed["id"], "none"],
    )
    (finding,) = got["findings"]
    details = finding["details"]["codeDeployDeployment"]
    assert (details["deploymentId"], details["deploymentGroupArn"]) == ("d-CLI", group_arn(account))
    assert moment(details["startTime"]) == began
    assert moment(details["endTime"]) == ended
    assert [(error["findingId"], error["code"]) for error in got["errors"]] == [
        ("none", "ResourceNotFoundException")
    ]

    aws(account, "ssm-incidents", "update-incident-record", arn=arn, status="RESOLVED")
    resolved = [{"key": "status", "condition": {"equals": {"stringValues": ["RESOLVED"]}}}]
    # The CLI pages by itself; with small pages it has to.
    summaries = aws(account, "ssm-incidents", "list-incident-records", "--page-size", 1, filters=resolved)
    assert [summary["arn"] for summary in summaries["incidentRecordSummaries"]] == [arn]
    aws(account, "ssm-incidents", "tag-resource", resource_arn=arn, tags={"a": "b"})
    assert aws(account, "ssm-incidents", "list-tags-for-resource", resource_arn=arn)["tags"] == {"a": "b"}
    unknown = run(account, "ssm-incidents", "get-incident-record", arn=arn[:-1] + "~")
    assert unknown.returncode != 0 and "(ResourceNotFoundException)" in unknown.stderr


def test_findings(account):
    hub_arn = aws(account, "securityhub", "enable-security-hub-v2")["HubV2Arn"]
    assert aws(account, "securityhub", "describe-security-hub-v2")["HubV2Arn"] == hub_arn
    done = balefire("import", FIXTURES / "findings.json", account=account)
    assert done.returncode == 0, done.stderr
    shown = aws(account, "securityhub", "get-findings-v2", "--page-size", 3)["Findings"]
    assert len(shown) == 4
    shown = by_provider_uid(shown)
    client = account.client("securityhub")
    assert shown == by_provider_uid(all_findings(client))
    for sent in fixture_findings()[:3]:
        found = shown[sent["finding_info"]["uid"]]
        assert found == as_kept(sent, account.id, found["metadata"]["uid"])
    uid = shown["watch/login/7"]["metadata"]["uid"]
    updated = aws(
        account,
        "securityhub",
        "batch-update-findings-v2",
        metadata_uids=[uid, "none"],
        severity_id=3,
        status_id=4,
        comment="It was Sam",
    )
    assert updated["ProcessedFindings"] == [{"MetadataUid": uid}]
    (refused,) = updated["UnprocessedFindings"]
    assert (refused["MetadataUid"], refused["ErrorCode"]) == ("none", "ResourceNotFoundException")
    named = {"FieldName": "status", "Filter": {"Value": "Resolved", "Comparison": "EQUALS"}}
    filters = {"CompositeFilters": [{"StringFilters": [named]}]}
    (found,) = aws(account, "securityhub", "get-findings-v2", filters=filters)["Findings"]
    expected = {
        "severity_id": 3,
        "severity": "Medium",
        "status_id": 4,
        "status": "Resolved",
        "comment": "It was Sam",
        "vendor_attributes": {"severity_id": 5, "severity": "Critical"},
    }
    assert found == shown["watch/login/7"] | expected
    neither = run(account, "securityhub", "batch-update-findings-v2", comment="x")
    assert neither.returncode != 0 and "(ValidationException)" in neither.stderr


def test_vulnerabilities(server, account):
    refresh_all(server.administrator)
    scan(account)
    shown = by_vulnerability(aws(account, "inspector2", "list-findings", "--page-size", 2)["findings"])
    found = by_vulnerability(list_findings(account.client("inspector2")))
    assert {name: f["findingArn"] for name, f in shown.items()} == {
        name: f["findingArn"] for name, f in found.items()
    }
    lamp = shown["CVE-2099-1001"]
    assert (lamp["severity"], lamp["inspectorScore"], lamp["exploitAvailable"]) == ("CRITICAL", 9.8, "YES")
    got = aws(account, "inspector2", "batch-get-finding-details", finding_arns=[lamp["findingArn"]])
    assert got["errors"] == []
    (details,) = got["findingDetails"]
    assert details["findingArn"] == lamp["findingArn"]
    assert moment(details["cisaData"]["dateAdded"]) == datetime(2099, 1, 10, tzinfo=UTC)
    assert moment(details["cisaData"]["dateDue"]) == datetime(2099, 1, 31, tzinfo=UTC)
    assert details["cisaData"]["action"] == "Move to 2.3.1, or put the lamp out."
    assert details["epssScore"] == 0.91234
    assert sorted(details["cwes"]) == ["CWE-79", "CWE-94"]
    malformed = run(account, "inspector2", "batch-get-finding-details", finding_arns=["arn"])
    assert malformed.returncode != 0 and "(ValidationException)" in malformed.stderr


def test_who_asks_and_who_is_refused(account):
    caller = aws(account, "sts", "get-caller-identity")
    assert caller["Account"] == account.id
    wrong = account.__class__(
        account.id, account.access_key_id, "not the secret of this key", account.endpoint
    )
    refused = run(wrong, "ssm-incidents", "list-incident-records")
    assert refused.returncode != 0 and "(InvalidSignatureException)" in refused.stderr
    not_there = run(account, "securityhub", "get-invitations-count")
    assert not_there.returncode != 0 and "securityhub:GetInvitationsCount is not answered" in not_there.stderr


def test_the_cli_learns_newer_operations_from_botocore(account):
    account.client("securityhub").enable_security_hub_v2()
    models = {"AWS_DATA_PATH": botocore.__path__[0] + "/data"}
    done = run(account, "securityhub", "get-software-v2", variables=models)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"Software": []}
