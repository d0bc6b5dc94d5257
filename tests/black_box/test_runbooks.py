"""What an incident sets going: runbooks at Systems Manager, commands, and PagerDuty."""

import json
import time
from contextlib import contextmanager

from harness.account import REGION
from harness.incidents import incident_client, pages, record, start
from harness.outside import Outside
from harness.process import ADMINISTRATOR, Server
from harness.wire import eventually, refusal

STARTED = "SSM Automation Execution Start for Incident"
ENDED = "SSM Automation Execution End for Incident"
EXECUTION_ID = "3c1f2a80-0000-4000-8000-0000000000ab"
TOKEN = "pager-duty-token-of-the-tests"


@contextmanager
def serving(store, tmp_path, configuration):
    """A server with a configuration, and a client of incidents."""
    path = tmp_path / "balefire.toml"
    path.write_text('[outside]\nallow = ["127.0.0.0/8"]\n' + configuration)
    with Server(store, "--config", path) as server:
        yield server, incident_client(server.administrator)


def plan_with(client, **members):
    template = {"title": "The shop is down", "impact": 1}
    return client.create_response_plan(name="shop", incidentTemplate=template, **members)["arn"]


def runbook(name, **members):
    role = f"arn:aws:iam::{ADMINISTRATOR.id}:role/runbooks"
    return [{"ssmAutomation": {"documentName": name, "roleArn": role} | members}]


def told(client, arn, kind):
    """The data of the incident's events of a type."""
    listed = pages(client.list_timeline_events, "eventSummaries", incidentRecordArn=arn)
    ids = [event["eventId"] for page in listed for event in page if event["eventType"] == kind]
    events = [client.get_timeline_event(incidentRecordArn=arn, eventId=id)["event"] for id in ids]
    return [json.loads(event["eventData"]) for event in events]


def items(client, arn, kind):
    listed = client.list_related_items(incidentRecordArn=arn)["relatedItems"]
    return [item["identifier"]["value"] for item in listed if item["identifier"]["type"] == kind]


def test_a_runbook_is_started_once_though_its_server_fails_and_lies(fresh_store, tmp_path):
    started = {"AutomationExecutionId": EXECUTION_ID}
    secret = tmp_path / "ssm"
    secret.write_text("ssm-secret-of-the-tests\n")
    with Outside() as ssm:
        ssm.on("AmazonSSM.StartAutomationExecution", (500, "", 0), (200, "<html>", 0), (200, started, 1))
        going = {"AutomationExecutionStatus": "InProgress", "CurrentStepName": "drain"}
        done = {"AutomationExecutionStatus": "Success"}
        ssm.on(
            "AmazonSSM.GetAutomationExecution",
            (200, {"AutomationExecution": going}, 0),
            (200, {"AutomationExecution": done}, 0),
        )
        configuration = (
            f'[runbooks.ssm]\nendpoint = "{ssm.url}"\nregion = "{REGION}"\n'
            f'access_key_id = "AKIASSM"\nsecret_access_key = {{ file = "{secret}" }}\n'
        )
        with serving(fresh_store, tmp_path, configuration) as (server, client):
            incident = {"incident": {"variable": "INCIDENT_RECORD_ARN"}}
            actions = runbook("restart", parameters={"mode": ["soft"]}, dynamicParameters=incident)
            arn = start(client, plan_with(client, actions=actions))
            assert eventually(lambda: told(client, arn, ENDED), "the end")[0]["status"] == "Success"
            starts = ssm.of("AmazonSSM.StartAutomationExecution")
            assert len(starts) == 3 and len({asked.body["ClientToken"] for asked in starts}) == 1
            assert starts[0].body["Parameters"] == {"mode": ["soft"], "incident": [arn]}
            execution = f"arn:aws:ssm:{REGION}:{ADMINISTRATOR.id}:automation-execution/{EXECUTION_ID}"
            assert record(client, arn)["automationExecutions"] == [{"ssmExecutionArn": execution}]
            assert items(client, arn, "AUTOMATION") == [{"arn": execution}]
            assert len(told(client, arn, STARTED)) == 1
            assert "ssm-secret-of-the-tests" not in server.log()


def test_commands_run_and_one_that_hangs_is_killed(fresh_store, tmp_path):
    configuration = (
        '[runbooks.commands."hang"]\ncommand = ["/bin/sh", "-c", "echo waiting; sleep 60 & wait"]\n'
        'timeout = "1s"\n[runbooks.commands."hello"]\n'
        'command = ["/bin/sh", "-c", "echo hello $BALEFIRE_PARAMETER_who; exit 3"]\n'
    )
    with serving(fresh_store, tmp_path, configuration) as (_, client):
        plan = plan_with(client, actions=runbook("hang"))
        hung = start(client, plan)
        client.update_response_plan(arn=plan, actions=runbook("hello", parameters={"who": ["you"]}))
        failed = start(client, plan)
        ended = eventually(lambda: told(client, failed, ENDED), "the end")[0]
        assert (ended["status"], ended["output"]) == ("Failed", "hello you")
        ended = eventually(lambda: told(client, hung, ENDED), "the end")[0]
        assert (ended["status"], ended["output"]) == ("TimedOut", "waiting")
        assert items(client, hung, "AUTOMATION") == [{"arn": ended["ssmExecutionArn"]}]


def test_a_server_that_is_asked_to_end_takes_its_commands_along(fresh_store, tmp_path):
    mark = tmp_path / "mark"
    script = f"(sleep 3; touch {mark}) & echo $$ > {mark}.began; wait"
    configuration = f'[runbooks.commands."long"]\ncommand = ["/bin/sh", "-c", "{script}"]\n'
    with serving(fresh_store, tmp_path, configuration) as (_, client):
        start(client, plan_with(client, actions=runbook("long")))
        eventually((tmp_path / "mark.began").exists, "the command")
    time.sleep(4)
    assert not mark.exists()


def test_pagerduty_follows_an_incident_in_order(fresh_store, tmp_path):
    secret = tmp_path / "pagerduty"
    held = {"pagerDutyToken": TOKEN, "pagerDutyServiceRegion": "us", "pagerDutyFromEmail": "a@example.com"}
    secret.write_text(json.dumps(held))
    opened = {"incident": {"id": "PABC", "html_url": "https://example.com/PABC"}}
    with Outside() as pagerduty:
        pagerduty.on("POST /incidents", (503, f"not now, {TOKEN}", 0), (201, opened, 1))
        pagerduty.on("POST /incidents/PABC/notes", (201, {"note": {}}, 0))
        pagerduty.on("PUT /incidents/PABC", (502, "", 0), (200, opened, 0))
        configuration = (
            f'[pagerduty]\nendpoint = "{pagerduty.url}"\n[pagerduty.secrets]\nshop = {{ file = "{secret}" }}\n'
        )
        with serving(fresh_store, tmp_path, configuration) as (server, client):
            set_up = {"name": "on-call", "pagerDutyIncidentConfiguration": {"serviceId": "PSERVICE"}}
            integrations = [{"pagerDutyConfiguration": set_up | {"secretId": "unknown"}}]
            template = {"title": "The shop is down", "impact": 1}
            unknown = {"name": "x", "incidentTemplate": template, "integrations": integrations}
            refusal(client.create_response_plan, "ValidationException", 400, **unknown)

            integrations = [{"pagerDutyConfiguration": set_up | {"secretId": "shop"}}]
            arn = start(client, plan_with(client, integrations=integrations))
            client.update_incident_record(arn=arn, title="The shop is slow")
            client.update_incident_record(arn=arn, status="RESOLVED")
            eventually(lambda: len(pagerduty.of("PUT /incidents/PABC")) == 2, "the end at PagerDuty")
            ways = [f"{asked.method} {asked.path}" for asked in pagerduty.asked]
            opening, noting, ending = "POST /incidents", "POST /incidents/PABC/notes", "PUT /incidents/PABC"
            assert ways == [opening] * 2 + [noting] * 2 + [ending] * 2
            assert len({asked.body["incident"]["incident_key"] for asked in pagerduty.of(opening)}) == 1
            assert "The shop is slow" in pagerduty.of(noting)[0].body["note"]["content"]
            assert pagerduty.asked[0].headers["authorization"] == f"Token token={TOKEN}"
            detail = {"id": "PABC", "autoResolve": True, "secretId": "shop"}
            assert items(client, arn, "INCIDENT") == [{"pagerDutyIncidentDetail": detail}]
            assert TOKEN not in server.log()
        for path in fresh_store.directory.rglob("*"):
            assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), path
