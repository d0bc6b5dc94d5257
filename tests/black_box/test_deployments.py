"""Any pipeline tells of its deployments in one form; findings are ranked, and their window is the operator's."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from harness.account import REGION
from harness.deployments import deployment, findings_with, form, put
from harness.incidents import create_plan, incident_client, start
from harness.process import Server
from harness.wire import eventually

MEMBERS = 6

TABLE = f"arn:aws:dynamodb:{REGION}:111122223333:table/carts"
QUEUE = f"arn:aws:sqs:{REGION}:111122223333:orders"


@pytest.fixture
def client(account):
    return incident_client(account)


def minutes_ago(minutes):
    return datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=minutes)


def ranking(client, arn):
    """The ids of the deployments in the order of the findings."""
    ids = [finding["id"] for finding in client.list_incident_findings(incidentRecordArn=arn)["findings"]]
    answer = client.batch_get_incident_findings(incidentRecordArn=arn, findingIds=ids)
    return [finding["details"]["codeDeployDeployment"]["deploymentId"] for finding in answer["findings"]]


def test_a_pipeline_tells_of_start_and_end(client, account):
    began, ended = minutes_ago(20), minutes_ago(15)
    told = {"environment": "blue", "url": "https://ci.example/7"}
    put(account, form("acme/shop", "7", "started", began, **told))
    arn = start(client, create_plan(client))
    before = findings_with(client, arn, "7")["7"]
    group = f"arn:aws:codedeploy:{REGION}:{account.id}:deploymentgroup:acme/shop/blue"
    running = {"deploymentGroupArn": group, "deploymentId": "7", "startTime": began}
    assert before["details"] == {"codeDeployDeployment": running}
    # The time of the form goes before the event's.
    time = ended.strftime("%Y-%m-%dT%H:%M:%SZ")
    put(account, form("acme/shop", "7", "failed", datetime.now(UTC), time=time, **told))

    def after_the_end():
        found = findings_with(client, arn, "7")["7"]
        return found if "endTime" in found["details"]["codeDeployDeployment"] else None

    after = eventually(after_the_end, "the end of the deployment")
    assert after["id"] == before["id"]
    assert after["details"] == {"codeDeployDeployment": running | {"endTime": ended}}


def test_a_stack_by_its_arn(client, account):
    stack = f"arn:aws:cloudformation:{REGION}:{account.id}:stack/net/1"
    at = minutes_ago(3)
    put(account, form(None, "1", "succeeded", at, resource=stack))
    arn = start(client, create_plan(client))
    found = findings_with(client, arn, "net")["net"]["details"]
    assert found == {"cloudFormationStackUpdate": {"stackArn": stack, "startTime": at, "endTime": at}}


def test_what_is_wrong_is_refused_by_its_member(account):
    events = account.client("events")
    for changes, named in [
        ({"status": "done"}, "status must be"),
        ({"id": None}, "id must be there"),
        ({"resource": TABLE}, "service and resource are both there"),
        ({"resources": ["carts"]}, "resources[0] must be an ARN"),
        ({"commit": "c0ffee"}, "'commit' is no member"),
    ]:
        entry = form("shop", "1", "started", minutes_ago(1))
        entry["Detail"] = json.dumps(json.loads(entry["Detail"]) | changes)
        answer = events.put_events(Entries=[entry])
        assert answer["FailedEntryCount"] == 1, changes
        (refused,) = answer["Entries"]
        assert refused["ErrorCode"] == "MalformedDetail" and named in refused["ErrorMessage"], refused


def test_shared_resources_come_first_and_then_the_nearest(client, account):
    put(
        account,
        form("a", "far", "started", minutes_ago(50)),
        form("a", "both", "started", minutes_ago(40), resources=[TABLE, QUEUE]),
        form("a", "one", "started", minutes_ago(30), resources=[QUEUE]),
        deployment(account, "near", "START", minutes_ago(2)),
    )
    plan = create_plan(client)
    items = [
        {"identifier": {"type": "INVOLVED_RESOURCE", "value": {"arn": arn}}, "title": "involved"}
        for arn in [TABLE, QUEUE]
    ]
    answer = client.start_incident(responsePlanArn=plan, relatedItems=items)
    arn = answer["incidentRecordArn"]
    findings_with(client, arn, "far", "both", "one", "near")
    assert ranking(client, arn) == ["both", "one", "near", "far"]
    other = start(client, plan)
    assert ranking(client, other) == ["near", "one", "both", "far"]
    # The order follows what the incident involves.
    client.update_related_items(
        incidentRecordArn=other,
        relatedItemsUpdate={"itemToAdd": items[0]},
    )
    assert ranking(client, other) == ["both", "near", "one", "far"]


def test_the_window_is_the_operators(fresh_store, tmp_path):
    configuration = tmp_path / "balefire.toml"
    configuration.write_text('[incidents]\ndeployment_window = "10m"\n')
    server = Server(fresh_store, "--config", configuration)
    try:
        account = server.administrator
        client = incident_client(account)
        put(
            account,
            form("a", "out", "started", minutes_ago(11)),
            form("a", "in", "started", minutes_ago(9)),
        )
        arn = start(client, create_plan(client))
        assert set(findings_with(client, arn, "in")) == {"in"}
        server.stop()
    finally:
        if server.process.poll() is None:
            server.kill()
