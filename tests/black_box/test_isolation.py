"""One account gets nothing of another's, by any operation that is answered."""

from datetime import UTC, datetime

import pytest

from harness import hub_things, incident_things, security_findings
from harness.account import REGION
from harness.deployments import deployment, findings_with, put
from harness.findings import FIXTURES, all_findings
from harness.incident_things import NOT_FOUND
from harness.incidents import create_plan, incident_client, record, share, start, write
from harness.models import answered
from harness.process import balefire
from harness.rules import create_rule
from harness.vulnerabilities import INSTANCE, SBOM, details_of, list_findings, refresh_all, scan
from harness.wire import assert_refused, call, eventually, refusal

MEMBERS = 4


class Owner:
    """An account that has one of everything, and what it looks like."""

    def __init__(self, server, account):
        self.account = account
        self.incidents = incident_client(account)
        self.hub = account.client("securityhub")
        self.inspector = account.client("inspector2")
        self.plan = create_plan(self.incidents, dedupeString="shared")
        self.incident = start(self.incidents, self.plan, clientToken="shared")
        self.set = self.incidents.list_replication_sets()["replicationSetArns"][0]
        for arn in [self.plan, self.incident, self.set]:
            self.incidents.tag_resource(resourceArn=arn, tags={"owner": "a"})
        self.note = write(self.incidents, self.incident)
        self.policy = share(self.incidents, self.plan, "444455556666", ["StartIncident"])
        events = self.incidents.list_timeline_events(incidentRecordArn=self.incident)["eventSummaries"]
        self.event = events[0]["eventId"]
        put(account, deployment(account, "d-OWN", "START", datetime.now(UTC).replace(microsecond=0)))
        self.incident_finding = findings_with(self.incidents, self.incident, "d-OWN")["d-OWN"]["id"]
        self.rules = account.client("events")
        self.rule = create_rule(self.rules, "alarms", self.plan, Tags=[{"Key": "owner", "Value": "a"}])
        self.hub_arn = self.hub.enable_security_hub_v2(Tags={"owner": "a"})["HubV2Arn"]
        done = balefire("import", FIXTURES / "findings.json", account=account)
        assert done.returncode == 0, done.stderr
        self.v1 = security_findings.Owned(account)
        self.things = hub_things.Owned(server.administrator, account)
        before = len(all_findings(self.hub))
        scan(account)
        self.vulnerabilities = [finding["findingArn"] for finding in list_findings(self.inspector)]
        # What the scan found is there too, a moment later.
        wanted = before + len(self.vulnerabilities)
        eventually(lambda: len(all_findings(self.hub)) == wanted, "the scan is in Security Hub")
        self.uids = [finding["metadata"]["uid"] for finding in all_findings(self.hub)]
        self.before = self.look()

    def look(self):
        """All that others could have changed."""
        return {
            "plan": self._body(self.incidents.get_response_plan(arn=self.plan)),
            "incident": record(self.incidents, self.incident),
            "note": self.incidents.get_timeline_event(incidentRecordArn=self.incident, eventId=self.note)[
                "event"
            ],
            "items": self.incidents.list_related_items(incidentRecordArn=self.incident)["relatedItems"],
            "policies": self.incidents.get_resource_policies(resourceArn=self.plan)["resourcePolicies"],
            "events": self.incidents.list_timeline_events(incidentRecordArn=self.incident)["eventSummaries"],
            "set": self.incidents.get_replication_set(arn=self.set)["replicationSet"],
            "tags": [
                self.incidents.list_tags_for_resource(resourceArn=arn)["tags"]
                for arn in [self.plan, self.incident, self.set]
            ],
            "rule": self._body(self.rules.describe_rule(Name="alarms")),
            "targets": self.rules.list_targets_by_rule(Rule="alarms")["Targets"],
            "rule tags": self.rules.list_tags_for_resource(ResourceARN=self.rule)["Tags"],
            "hub": self._body(self.hub.describe_security_hub_v2()),
            "findings": all_findings(self.hub),
            "first version": self.v1.look(),
            "things of the hub": self.things.look(),
            "vulnerabilities": list_findings(self.inspector),
            "details": details_of(self.inspector, list_findings(self.inspector)),
            "scanning": self._body(self.inspector.batch_get_account_status()),
        }

    @staticmethod
    def _body(answer):
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


class Other:
    """Another account, which has its own hub and replication set and knows all the owner's names."""

    def __init__(self, account):
        self.account = account
        self.incidents = incident_client(account)
        self.rules = account.client("events")
        self.hub = account.client("securityhub")
        self.hub.enable_security_hub_v2()
        self.hub.enable_security_hub()
        self.inspector = account.client("inspector2")


@pytest.fixture(scope="module")
def owner(server):
    refresh_all(server.administrator)
    return Owner(server, server.members[0])


@pytest.fixture(scope="module")
def other(server):
    return Other(server.members[1])


def batch_update_findings_v2(a, b):
    identifiers = [
        {
            "CloudAccountUid": a.account.id,
            "MetadataProductUid": "lantern-posture",
            "FindingInfoUid": "posture/bucket-open/1",
        }
    ]
    for named in [{"MetadataUids": a.uids}, {"FindingIdentifiers": identifiers}]:
        answer = b.hub.batch_update_findings_v2(**named, Comment="not yours", StatusId=4, SeverityId=0)
        assert answer["ProcessedFindings"] == []
        assert {entry["ErrorCode"] for entry in answer["UnprocessedFindings"]} == {NOT_FOUND}


def describe_security_hub_v2(a, b):
    assert b.hub.describe_security_hub_v2()["HubV2Arn"] != a.hub_arn


def disable_security_hub_v2(a, b):
    b.hub.disable_security_hub_v2()
    b.hub.enable_security_hub_v2()


def enable_security_hub_v2(a, b):
    assert b.hub.enable_security_hub_v2()["HubV2Arn"] != a.hub_arn


def get_findings_v2(a, b):
    assert all_findings(b.hub) == []
    named = {"FieldName": "cloud.account.uid", "Filter": {"Value": a.account.id, "Comparison": "EQUALS"}}
    filters = {"CompositeFilters": [{"StringFilters": [named]}]}
    assert all_findings(b.hub, Filters=filters) == []


def batch_get_account_status(a, b):
    answer = b.inspector.batch_get_account_status(accountIds=[a.account.id])
    assert answer["accounts"] == [] and len(answer["failedAccounts"]) == 1


def batch_get_finding_details(a, b):
    answer = b.inspector.batch_get_finding_details(findingArns=a.vulnerabilities)
    assert answer["findingDetails"] == []
    assert {error["errorCode"] for error in answer["errors"]} == {"ACCESS_DENIED"}


def enable(a, b):
    answer = b.inspector.enable(accountIds=[a.account.id], resourceTypes=["ECR"])
    assert answer["accounts"] == [] and len(answer["failedAccounts"]) == 1


def disable(a, b):
    answer = b.inspector.disable(accountIds=[a.account.id], resourceTypes=["EC2"])
    assert answer["accounts"] == [] and len(answer["failedAccounts"]) == 1


def list_vulnerabilities(a, b):
    assert list_findings(b.inspector) == []
    theirs = {"awsAccountId": [{"comparison": "EQUALS", "value": a.account.id}]}
    assert list_findings(b.inspector, filterCriteria=theirs) == []


# Every operation that is answered has a row: a new one without fails the test below.
ISOLATED = {
    **incident_things.ISOLATED,
    ("securityhub", "BatchUpdateFindingsV2"): batch_update_findings_v2,
    ("securityhub", "DescribeSecurityHubV2"): describe_security_hub_v2,
    ("securityhub", "DisableSecurityHubV2"): disable_security_hub_v2,
    ("securityhub", "EnableSecurityHubV2"): enable_security_hub_v2,
    ("securityhub", "GetFindingsV2"): get_findings_v2,
    **security_findings.ISOLATED,
    **hub_things.ISOLATED,
    ("inspector2", "BatchGetAccountStatus"): batch_get_account_status,
    ("inspector2", "BatchGetFindingDetails"): batch_get_finding_details,
    ("inspector2", "Disable"): disable,
    ("inspector2", "Enable"): enable,
    ("inspector2", "ListFindings"): list_vulnerabilities,
}


@pytest.mark.parametrize("operation", ISOLATED, ids=":".join)
def test_another_accounts_key_gets_nothing(owner, other, operation):
    ISOLATED[operation](owner, other)


def test_every_answered_operation_is_tried(server):
    # With an account of its own, since an empty request is enough for some operations to act.
    assert answered(server.members[2]) == set(ISOLATED)


def test_what_is_not_of_aws_is_isolated_too(owner, other):
    foreign = {
        "activity_id": 1,
        "category_uid": 2,
        "class_uid": 2004,
        "severity_id": 1,
        "time": 1762000000000,
        "metadata": {"product": {"uid": "lantern-posture"}},
        "finding_info": {"uid": "posture/bucket-open/1", "title": "Overwritten"},
        "cloud": {"account": {"uid": owner.account.id}},
    }
    answer = call(other.account, "balefire", "POST", "/findings/import", {"Findings": [foreign]})
    assert answer.status == 200 and answer.json()["Created"] == answer.json()["Updated"] == 0
    resource = INSTANCE.format(account=owner.account.id)
    done = balefire("scan", SBOM, "--resource", resource, account=other.account)
    assert done.returncode == 1 and "403" in done.stderr
    for target, body in [
        ("/feeds/part", {"Feed": "EPSS", "Generation": "g", "Rows": [{}]}),
        ("/feeds/finish", {"Feed": "EPSS", "Generation": "g", "AsOf": "", "RowCount": 0}),
    ]:
        assert_refused(call(other.account, "balefire", "POST", target, body), 403, "AccessDeniedException")
    # Deployments count for the account that tells of them, whatever account their ARNs name.
    at = record(owner.incidents, owner.incident)["creationTime"].replace(microsecond=0)
    put(other.account, deployment(owner.account, "d-FOREIGN", "START", at))
    own = start(other.incidents, create_plan(other.incidents, "events"))
    findings_with(other.incidents, own, "d-FOREIGN")


def test_the_administrators_view(server, owner):
    administrator = server.administrator
    incidents = incident_client(administrator)
    refusal(incidents.get_incident_record, NOT_FOUND, 404, arn=owner.incident)
    assert incidents.list_incident_records()["incidentRecordSummaries"] == []
    hub = administrator.client("securityhub")
    hub.enable_security_hub_v2()
    assert {finding["metadata"]["uid"] for finding in all_findings(hub)} == set(owner.uids)
    inspector = administrator.client("inspector2")
    assert [finding["findingArn"] for finding in list_findings(inspector)] == owner.vulnerabilities
    assert len(details_of(inspector, list_findings(inspector))) == len(owner.vulnerabilities)
    elsewhere = administrator.client("inspector2", region="eu-central-1")
    assert list_findings(elsewhere) == [], f"findings are of one region, here {REGION}"


def test_nothing_of_the_owners_has_changed(owner):
    after = owner.look()
    for name, value in owner.before.items():
        assert after[name] == value, name
    found = owner.incidents.list_incident_findings(incidentRecordArn=owner.incident)["findings"]
    assert [finding["id"] for finding in found] == [owner.incident_finding]
    assert [
        summary["arn"] for summary in owner.incidents.list_incident_records()["incidentRecordSummaries"]
    ] == [owner.incident]
