"""Deployments and stack updates become findings of incidents, by their times alone."""

from datetime import UTC, datetime, timedelta

import pytest

from harness.deployments import deployment, findings, findings_with, group_arn, put, stack_arn, stack_update
from harness.incidents import create_plan, incident_client, pages, record, start
from harness.wire import eventually, refusal

MEMBERS = 12


@pytest.fixture
def client(account):
    return incident_client(account)


def minutes_ago(minutes):
    return datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=minutes)


@pytest.mark.parametrize("source", ["aws.codedeploy", "my.pipeline"])
def test_a_deployment_is_a_finding_and_ends(client, account, source):
    began, ended = minutes_ago(30), minutes_ago(10)
    put(account, deployment(account, "d-ONE", "START", began, source))
    arn = start(client, create_plan(client))
    finding = findings_with(client, arn, "d-ONE")["d-ONE"]
    running = {"deploymentGroupArn": group_arn(account), "deploymentId": "d-ONE", "startTime": began}
    assert finding["details"] == {"codeDeployDeployment": running}
    assert finding["creationTime"] >= record(client, arn)["creationTime"]
    assert finding["lastModifiedTime"] >= finding["creationTime"]
    put(account, deployment(account, "d-ONE", "SUCCESS", ended, source))

    def after_the_end():
        found = findings(client, arn)["d-ONE"]
        return found if "endTime" in found["details"]["codeDeployDeployment"] else None

    after = eventually(after_the_end, "the end of the deployment")
    assert after["details"] == {"codeDeployDeployment": running | {"endTime": ended}}
    assert (after["id"], after["creationTime"]) == (finding["id"], finding["creationTime"])
    assert after["lastModifiedTime"] >= finding["lastModifiedTime"]
    listed = client.list_incident_findings(incidentRecordArn=arn)["findings"]
    assert listed == [{"id": after["id"], "lastModifiedTime": after["lastModifiedTime"]}]


@pytest.mark.parametrize("source", ["aws.cloudformation", "my.pipeline"])
def test_a_stack_update_is_a_finding_and_ends(client, account, source):
    began, ended = minutes_ago(20), minutes_ago(5)
    put(
        account,
        stack_update(account, "web", "UPDATE_IN_PROGRESS", began, source=source),
        stack_update(account, "web", "UPDATE_ROLLBACK_COMPLETE", ended, source=source),
        stack_update(account, "gone", "DELETE_IN_PROGRESS", began, source=source),
        stack_update(account, "running", "CREATE_IN_PROGRESS", began, source=source),
    )
    arn = start(client, create_plan(client))
    found = findings_with(client, arn, "web", "running")
    assert set(found) == {"web", "running"}, "deleting a stack is no deployment"
    update = {"stackArn": stack_arn(account, "web"), "startTime": began, "endTime": ended}
    assert found["web"]["details"] == {"cloudFormationStackUpdate": update}
    update = {"stackArn": stack_arn(account, "running"), "startTime": began}
    assert found["running"]["details"] == {"cloudFormationStackUpdate": update}


def test_what_began_too_early_or_after_the_end_is_no_finding(client, account):
    arn = start(client, create_plan(client))
    opened = record(client, arn)["creationTime"]
    put(
        account,
        deployment(account, "d-TOO-EARLY", "START", opened - timedelta(minutes=60, seconds=2)),
        deployment(account, "d-JUST-IN", "START", opened - timedelta(minutes=59, seconds=58)),
    )
    # Events are taken in in their order, so the first was looked at by now.
    assert set(findings_with(client, arn, "d-JUST-IN")) == {"d-JUST-IN"}
    client.update_incident_record(arn=arn, status="RESOLVED")
    resolved = record(client, arn)["resolvedTime"]
    put(
        account,
        deployment(account, "d-TOO-LATE", "START", resolved + timedelta(seconds=2)),
        deployment(account, "d-LAST", "START", opened - timedelta(seconds=2)),
    )
    assert set(findings_with(client, arn, "d-LAST")) == {"d-JUST-IN", "d-LAST"}


def test_what_begins_while_the_incident_is_open_is_a_finding(client, account):
    plan = create_plan(client)
    first = start(client, plan)
    at = record(client, first)["creationTime"] + timedelta(milliseconds=1)
    second = start(client, plan)
    put(account, deployment(account, "d-NOW", "START", at))
    in_first = findings_with(client, first, "d-NOW")["d-NOW"]
    in_second = findings_with(client, second, "d-NOW")["d-NOW"]
    assert in_first["details"] == in_second["details"], "one deployment may concern several incidents"


def test_events_may_come_in_any_order_and_twice(client, account):
    began, ended = minutes_ago(15), minutes_ago(3)
    arn = start(client, create_plan(client))
    events = [
        deployment(account, "d-MIXED", state, at) for state, at in [("FAILURE", ended), ("START", began)]
    ]
    put(account, *events, *events, deployment(account, "d-MARK", "START", minutes_ago(1)))
    found = findings_with(client, arn, "d-MARK")
    assert set(found) == {"d-MIXED", "d-MARK"}
    details = found["d-MIXED"]["details"]["codeDeployDeployment"]
    assert (details["startTime"], details["endTime"]) == (began, ended)


def test_two_updates_of_one_stack_are_two_findings(client, account):
    put(
        account,
        stack_update(account, "web", "UPDATE_IN_PROGRESS", minutes_ago(50), "first"),
        stack_update(account, "web", "UPDATE_COMPLETE", minutes_ago(45), "first"),
        stack_update(account, "web", "UPDATE_IN_PROGRESS", minutes_ago(5), "second"),
        stack_update(account, "mark", "CREATE_IN_PROGRESS", minutes_ago(1)),
    )
    arn = start(client, create_plan(client))
    findings_with(client, arn, "mark")
    ids = [finding["id"] for finding in client.list_incident_findings(incidentRecordArn=arn)["findings"]]
    assert len(ids) == len(set(ids)) == 3


def test_findings_are_listed_by_pages(client, account):
    entries = [deployment(account, f"d-{number}", "START", minutes_ago(40 - number)) for number in range(7)]
    put(account, *entries)
    arn = start(client, create_plan(client))
    found = findings_with(client, arn, *[f"d-{number}" for number in range(7)])
    listed = pages(client.list_incident_findings, "findings", incidentRecordArn=arn, maxResults=3)
    assert [len(page) for page in listed] == [3, 3, 1]
    listed_ids = [finding["id"] for page in listed for finding in page]
    assert listed_ids == [found[f"d-{number}"]["id"] for number in reversed(range(7))], "the nearest first"


def test_each_id_is_answered_once_as_a_finding_or_an_error(client, account):
    put(account, deployment(account, "d-ONE", "START", minutes_ago(5)))
    arn = start(client, create_plan(client))
    id = findings_with(client, arn, "d-ONE")["d-ONE"]["id"]
    answer = client.batch_get_incident_findings(incidentRecordArn=arn, findingIds=[id, "none", id, "none"])
    assert [finding["id"] for finding in answer["findings"]] == [id]
    (error,) = answer["errors"]
    assert (error["findingId"], error["code"]) == ("none", "ResourceNotFoundException")
    assert error["message"]
    empty = client.batch_get_incident_findings(incidentRecordArn=arn, findingIds=[])
    assert (empty["findings"], empty["errors"]) == ([], [])
    raw = account.client("ssm-incidents", validate=False)
    too_many = [f"id-{number}" for number in range(21)]
    refusal(
        raw.batch_get_incident_findings,
        "ValidationException",
        400,
        incidentRecordArn=arn,
        findingIds=too_many,
    )
    # A finding of one incident is not one of another.
    client.update_incident_record(arn=arn, status="RESOLVED")
    put(
        account,
        deployment(account, "d-LATER", "START", record(client, arn)["resolvedTime"] + timedelta(seconds=1)),
    )
    other = start(client, create_plan(client, "other"))
    eventually(
        lambda: datetime.now(UTC) > record(client, arn)["resolvedTime"] + timedelta(seconds=1), "a second"
    )
    later = findings_with(client, other, "d-LATER")["d-LATER"]["id"]
    answer = client.batch_get_incident_findings(incidentRecordArn=arn, findingIds=[later])
    assert (answer["findings"], answer["errors"][0]["findingId"]) == ([], later)


def test_events_are_accepted_or_refused_one_by_one(client, account):
    good = deployment(account, "d-GOOD", "START", minutes_ago(1))
    cut_off = good | {"Detail": good["Detail"][:-5]}
    no_object = good | {"Detail": "[]"}
    no_source = {name: value for name, value in good.items() if name != "Source"}
    answer = account.client("events").put_events(Entries=[cut_off, good, no_object, no_source])
    assert answer["FailedEntryCount"] == 3
    codes = [entry.get("ErrorCode") for entry in answer["Entries"]]
    assert codes == ["MalformedDetail", None, "MalformedDetail", "InvalidArgument"]
    assert all(bool(entry.get("EventId")) != bool(entry.get("ErrorMessage")) for entry in answer["Entries"])
    assert set(findings_with(client, start(client, create_plan(client)), "d-GOOD")) == {"d-GOOD"}
    raw = account.client("events", validate=False)
    refusal(raw.put_events, "ValidationException", 400, Entries=[])
    refusal(raw.put_events, "ValidationException", 400, Entries=[good] * 11)
