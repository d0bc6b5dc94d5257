"""Automation rules through boto3: they are kept, set fields of findings, and open incidents."""

import json

import pytest

from harness.account import REGION
from harness.findings import all_findings, made_up, write_lines
from harness.incidents import create_plan, incident_client
from harness.process import balefire
from harness.rules import incidents_when, items
from harness.wire import refusal

QUIET = [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"StatusId": 3, "Comment": "known"}}]


@pytest.fixture
def hub(account):
    client = account.client("securityhub")
    client.enable_security_hub_v2()
    return client


def criteria(field, value, comparison="EQUALS"):
    filters = [{"FieldName": field, "Filter": {"Value": value, "Comparison": comparison}}]
    return {"OcsfFindingCriteria": {"CompositeFilters": [{"StringFilters": filters}]}}


def create(client, **parameters):
    parameters = {
        "RuleName": "quiet",
        "Description": "Known and accepted",
        "RuleOrder": 5.5,
        "Criteria": criteria("finding_info.title", "noise", "CONTAINS"),
        "Actions": QUIET,
    } | parameters
    return client.create_automation_rule_v2(**parameters)


def bring_in(account, directory, *findings):
    path = write_lines(directory / "findings.jsonl", findings)
    done = balefire("import", path, account=account)
    assert done.returncode == 0, done.stderr


def only(client):
    (finding,) = all_findings(client)
    return finding


def test_a_rule_is_kept_as_it_was_made(hub, account, new_account):
    made = create(hub, Tags={"team": "sec"}, ClientToken="a-token-of-enough-characters-1234")
    again = create(hub, Tags={"team": "sec"}, ClientToken="a-token-of-enough-characters-1234")
    assert (made["RuleArn"], made["RuleId"]) == (again["RuleArn"], again["RuleId"])
    assert made["RuleArn"] == f"arn:aws:securityhub:{REGION}:{account.id}:automation-rulev2/{made['RuleId']}"
    for identifier in made["RuleArn"], made["RuleId"]:
        rule = hub.get_automation_rule_v2(Identifier=identifier)
        assert (rule["RuleOrder"], rule["RuleStatus"], rule["Actions"]) == (5.5, "ENABLED", QUIET)
        assert rule["Criteria"] == criteria("finding_info.title", "noise", "CONTAINS")
    hub.update_automation_rule_v2(Identifier=made["RuleArn"], RuleStatus="DISABLED")
    (listed,) = hub.list_automation_rules_v2()["Rules"]
    assert (listed["RuleStatus"], listed["Actions"]) == ("DISABLED", [{"Type": "FINDING_FIELDS_UPDATE"}])
    stranger = new_account().client("securityhub")
    stranger.enable_security_hub_v2()
    refusal(stranger.get_automation_rule_v2, "ResourceNotFoundException", 404, Identifier=made["RuleArn"])
    hub.delete_automation_rule_v2(Identifier=made["RuleId"])
    assert hub.list_automation_rules_v2()["Rules"] == []


def test_what_is_wrong_is_refused(hub, new_account):
    for parameters in [
        {"RuleOrder": 1000.5},
        {"Criteria": criteria("finding_info.title", "noise", "CONTAINS_WORD")},
        {"Actions": [{"Type": "EXTERNAL_INTEGRATION", "FindingFieldsUpdate": {"StatusId": 3}}]},
        {"Criteria": {"ResourceCriteria": {}}},
    ]:
        with pytest.raises(hub.exceptions.ValidationException):
            create(hub, **parameters)
    off = new_account().client("securityhub")
    refusal(off.list_automation_rules_v2, "AccessDeniedException", 403)


def test_a_rule_sets_fields_and_leaves_what_people_set(hub, account, tmp_path):
    create(hub)
    noise = made_up(1)
    noise["finding_info"]["title"] = "mere noise"
    bring_in(account, tmp_path, noise)
    assert (only(hub)["status"], only(hub)["comment"]) == ("Suppressed", "known")
    uid = only(hub)["metadata"]["uid"]
    hub.batch_update_findings_v2(MetadataUids=[uid], StatusId=2)
    noise["message"] = "sent again"
    bring_in(account, tmp_path, noise)
    found = only(hub)
    assert (found["message"], found["status"], found["comment"]) == ("sent again", "In Progress", "known")


def test_findings_open_incidents_by_a_response_plan(hub, account, tmp_path):
    client = incident_client(account)
    plan = create_plan(client)
    action = {"Type": "EXTERNAL_INTEGRATION", "ExternalIntegrationConfiguration": {"ConnectorArn": plan}}
    rule = create(hub, Criteria=criteria("severity", "Critical"), Actions=[action])["RuleArn"]
    findings = [made_up(number) for number in range(60)]
    for number, finding in enumerate(findings):
        finding |= {"severity_id": 5, "severity": "Critical"}
        finding["vulnerabilities"] = [{"cve": {"uid": f"CVE-2099-{number % 40:04}"}}]
    bring_in(account, tmp_path, *findings)
    opened = incidents_when(client, 21)
    titles = [incident["title"] for incident in opened]
    assert sum(title.startswith("CVE-2099-") for title in titles) == 20
    rest = opened[titles.index("The shop is down")]
    assert rest["dedupeString"] == rule
    source = rest["incidentRecordSource"]
    assert (source["source"], source["resourceArn"]) == ("aws.securityhub", rule)
    assert {kind for kind, _ in items(client, rest)} >= {"OTHER"}, json.dumps(source)


def test_a_rule_is_tried_before_it_is_made(hub, account, tmp_path):
    noise = made_up(1)
    noise["finding_info"]["title"] = "mere noise"
    bring_in(account, tmp_path, noise, made_up(2))
    thought = {"Criteria": criteria("finding_info.title", "noise", "CONTAINS"), "Actions": QUIET}
    path = tmp_path / "rule.json"
    path.write_text(json.dumps(thought))
    done = balefire("rules", "test", path, "--days", "1", "--format", "json", account=account)
    assert done.returncode == 0, done.stderr
    tried = json.loads(done.stdout)
    assert (tried["examined"], tried["matched"], tried["changed"]) == (2, 1, 1)
    (uid,) = tried["sample_uids"]
    assert all(finding["status"] == "New" for finding in all_findings(hub)), "trying changes nothing"
    arn = create(hub)["RuleArn"]
    done = balefire("rules", "test", arn, account=account)
    assert "of 2 findings of the last 7 days, 1 would have matched" in done.stdout
    assert uid in done.stdout
    path.write_text("{}")
    done = balefire("rules", "test", path, account=account)
    assert done.returncode != 0 and "Criteria" in done.stderr
