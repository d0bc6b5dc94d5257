"""awsfindingsmanagerlib suppresses findings by rules, in both of its versions."""

import json

import pytest

from harness.findings import FIXTURES
from harness.process import balefire
from harness.security_findings import bring_in, equals, finding, get, identifier

FIRST, SECOND = "awsfindingsmanagerlib-1", "awsfindingsmanagerlib-2"
LABEL = "findings-manager"


@pytest.fixture
def hub(account):
    return account.client("securityhub")


def control(account, id, control_id="S3.8", **members):
    """A failed check of a control."""
    return finding(
        account,
        id,
        Types=["Software and Configuration Checks"],
        Compliance={"Status": "FAILED", "SecurityControlId": control_id},
        ProductFields={"ControlId": control_id},
        **members,
    )


def rule(note="It is public on purpose.", **match_on):
    return {"note": note, "action": "SUPPRESSED", "match_on": match_on}


def first(tool, account, *rules, do="suppress_matching_findings", **more):
    manager = {"region": "us-east-1", "suppress_label": LABEL}
    return tool(FIRST).drive(
        account, "findings_manager_1.py", manager=manager, rules=list(rules), do=do, **more
    )


def statuses(hub):
    """The workflow's status of every finding, by its id."""
    pages = hub.get_paginator("get_findings").paginate()
    return {found["Id"]: found["Workflow"]["Status"] for page in pages for found in page["Findings"]}


def test_rules_of_the_first_version_suppress_what_they_match(tool, account, hub):
    tagged = [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::tagged", "Tags": {"public": "yes", "team": "web"}}]
    bring_in(
        hub,
        control(account, "site-1"),
        control(account, "site-2"),
        control(account, "data-1"),
        control(account, "site-3", "S3.9"),
        control(account, "tagged", "S3.9", Resources=tagged),
        finding(account, "titled", Title="Known by its title", Types=["Effects"]),
        control(account, "done"),
    )
    done = [identifier(account, "done")]
    hub.batch_update_findings(FindingIdentifiers=done, Workflow={"Status": "RESOLVED"})
    rules = [
        rule(security_control_id="S3.8", resource_id_regexps=["site-[0-9]+$", "done"]),
        rule("Its owner knows.", rule_or_control_id="S3.9", tags=[{"key": "public", "value": "yes"}]),
        rule("Never mind.", product_name="Default", title="Known by its title"),
    ]
    found = first(tool, account, *rules, do="get_findings")
    assert sorted(found) == ["site-1", "site-2", "tagged", "titled"]
    outcome = first(tool, account, *rules)
    assert outcome["success"] and sorted(outcome["sizes"]) == [1, 1, 2]
    assert statuses(hub) == {
        "site-1": "SUPPRESSED",
        "site-2": "SUPPRESSED",
        "data-1": "NEW",
        "site-3": "NEW",
        "tagged": "SUPPRESSED",
        "titled": "SUPPRESSED",
        "done": "RESOLVED",
    }
    note = get(hub, "tagged")["Note"]
    assert (note["Text"], note["UpdatedBy"]) == ("Its owner knows.", LABEL)
    assert "Note" not in get(hub, "data-1")
    again = first(tool, account, *rules)
    assert again == {"success": True, "sizes": []}, "what is suppressed is not found again"


def test_more_findings_than_a_page_are_all_suppressed(tool, account, hub):
    for start in (0, 100, 200):
        bring_in(hub, *(control(account, f"many-{start + number}") for number in range(100)))
    outcome = first(tool, account, rule(security_control_id="S3.8"))
    assert outcome == {"success": True, "sizes": [100, 100, 100]}
    assert set(statuses(hub).values()) == {"SUPPRESSED"} and len(statuses(hub)) == 300


def test_a_note_in_json_keeps_what_others_wrote(tool, account, hub):
    bring_in(hub, control(account, "noted"))
    named = [identifier(account, "noted")]
    ticket = {"Text": json.dumps({"ticket": "OPS-7"}), "UpdatedBy": "ticketing"}
    hub.batch_update_findings(FindingIdentifiers=named, Note=ticket)
    note_text = {"format": "json", "key": "reason"}
    first(tool, account, rule(security_control_id="S3.8"), note_text=note_text)
    note = get(hub, "noted")["Note"]
    assert json.loads(note["Text"]) == {"ticket": "OPS-7", "reason": "It is public on purpose."}
    assert note["UpdatedBy"] == LABEL


def test_what_others_suppressed_is_opened_again(tool, account, hub):
    bring_in(hub, control(account, "ours"), control(account, "theirs"), control(account, "bare", "S3.9"))
    first(tool, account, rule(security_control_id="S3.8", resource_id_regexps=["ours$"]))
    for id, note in [("theirs", {"Note": {"Text": "Go away.", "UpdatedBy": "somebody"}}), ("bare", {})]:
        named = [identifier(account, id)]
        hub.batch_update_findings(FindingIdentifiers=named, Workflow={"Status": "SUPPRESSED"}, **note)
    unmanaged = first(tool, account, do="get_unmanaged_suppressed_findings")
    assert sorted(unmanaged) == ["bare", "theirs"]
    outcome = first(tool, account, do="unsuppress_unmanaged_findings")
    assert outcome == {"success": True, "sizes": [2]}
    assert statuses(hub) == {"ours": "SUPPRESSED", "theirs": "NEW", "bare": "NEW"}


def test_one_finding_is_suppressed_as_it_arrives(tool, account, hub):
    bring_in(hub, control(account, "arrived"), control(account, "other"))
    arrived = get(hub, "arrived")
    rules = [rule(security_control_id="S3.8", resource_id_regexps=["arrived"])]
    outcome = first(tool, account, *rules, do="suppress_findings_on_matching_rules", finding=arrived)
    assert outcome == {"success": True, "sizes": [1]}
    assert statuses(hub) == {"arrived": "SUPPRESSED", "other": "NEW"}


def test_reports_of_scanners_are_suppressed_too(tool, account, hub):
    for report in ("trivy.json", "grype.json"):
        done = balefire("import", FIXTURES / "reports" / report, account=account)
        assert done.returncode == 0, done.stderr
    new = {"ProductName": equals("Trivy"), "WorkflowStatus": equals("NEW")}
    found = hub.get_findings(Filters=new)["Findings"]
    title = found[0]["Title"]
    alike = {one["Id"] for one in found if one["Title"] == title}
    before = statuses(hub)
    outcome = first(tool, account, rule(product_name="Trivy", title=title))
    assert outcome == {"success": True, "sizes": [len(alike)]}
    assert statuses(hub) == before | dict.fromkeys(alike, "SUPPRESSED")
    assert len(before) > len(found) > len(alike)


def test_rules_of_the_second_version_update_what_they_match(tool, account, hub):
    bring_in(hub, *(control(account, f"many-{number}") for number in range(100)))
    bring_in(hub, *(control(account, f"more-{number}") for number in range(30)))
    bring_in(hub, finding(account, "other", Types=["Effects"]))
    named = [identifier(account, "more-7")]
    ticket = {"Text": '{"ticket":"OPS-7"}', "UpdatedBy": "ticketing"}
    hub.batch_update_findings(FindingIdentifiers=named, Note=ticket)
    updates = {"Workflow": {"Status": "SUPPRESSED"}, "Note": {"Text": "Expected.", "UpdatedBy": LABEL}}
    default = {
        "Filters": {
            "ComplianceSecurityControlId": equals("S3.8"),
            "WorkflowStatus": equals("NEW") + equals("NOTIFIED"),
            "RecordState": equals("ACTIVE"),
        },
        "UpdatesToFilteredFindings": updates,
    }
    json_note = {
        "NoteTextConfig": {"Mode": "jsonUpdate", "Key": "reason"},
        "RegexStringFilters": {"ResourceId": ["more-[0-9]$"]},
    }
    rules = [
        {"ExtraFeatures": json_note},
        {"UpdatesToFilteredFindings": {"Severity": {"Label": "LOW"}, "Workflow": {"Status": "NOTIFIED"}}},
    ]
    document = {"ManagerConfig": {"DefaultRuleInput": default}, "Rules": rules}
    outcome = tool(SECOND).drive(account, "findings_manager_2.py", document=document)
    assert outcome == {"success": True}
    after = statuses(hub)
    suppressed = {id for id, status in after.items() if status == "SUPPRESSED"}
    assert suppressed == {f"more-{number}" for number in range(10)}
    assert json.loads(get(hub, "more-7")["Note"]["Text"]) == {"ticket": "OPS-7", "reason": "Expected."}
    assert json.loads(get(hub, "more-8")["Note"]["Text"]) == {"reason": "Expected."}
    notified = {id for id, status in after.items() if status == "NOTIFIED"}
    assert len(notified) == 120 and after["other"] == "NEW"
    assert get(hub, "many-99")["Severity"] == {"Label": "LOW", "Normalized": 1}

    one = {"Rules": [{"Filters": {"Title": equals("Lantern other")}, "UpdatesToFilteredFindings": updates}]}
    outcome = tool(SECOND).drive(
        account, "findings_manager_2.py", document=one, finding=get(hub, "other")
    )
    assert outcome == {"matched_rules": 1, "all_processed": True}
    assert statuses(hub)["other"] == "SUPPRESSED"
