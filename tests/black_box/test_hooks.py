"""Alertmanager and others open incidents by posting to hooks."""

import json

import pytest

from harness.hooks import VARIABLES, bearer, configuration, group, post, signed
from harness.incidents import create_plan, incident_client
from harness.process import ADMINISTRATOR, Server, first_start
from harness.rules import incidents, items, triggers

NODE = "arn:aws:ec2:us-east-1:111122223333:instance/i-0abc"
PLAN = f"arn:aws:ssm-incidents::{ADMINISTRATOR.id}:response-plan/shop-down"


@pytest.fixture
def hooked(fresh_store, tmp_path):
    """A server with hooks to a plan of the administrator's."""
    path = tmp_path / "balefire.toml"
    path.write_text(configuration(ADMINISTRATOR.id, PLAN))
    with Server(fresh_store, "--config", path, variables=first_start() | VARIABLES) as server:
        yield server
    assert not any(secret in server.log() for secret in VARIABLES.values()), "a secret is in the log"


@pytest.fixture
def manager(hooked):
    client = incident_client(hooked.administrator)
    assert create_plan(client) == PLAN
    return client


def done(answer):
    assert answer.status == 200, answer
    return answer.json()["done"]


def test_a_group_of_alerts_has_one_incident_from_its_beginning_to_its_end(hooked, manager):
    def tell(message):
        return done(post(hooked, "alerts", message, bearer()))

    assert tell(group("firing", NODE)) == "opened"
    (incident,) = incidents(manager)
    assert incident["title"] == "A disk is full"
    assert incident["incidentRecordSource"]["source"] == "prometheus.alertmanager"
    assert items(manager, incident)[0] == ("INVOLVED_RESOURCE", NODE)
    assert tell(group("firing", NODE)) == "ignored"
    assert len(triggers(manager, incident)) == 1
    assert tell(group("firing", NODE, "web-1:9100")) == "repeated"
    first, second = triggers(manager, incident)
    assert json.loads(first["rawData"]) == group("firing", NODE)
    assert second["createdIncident"] is False
    assert tell(group("resolved", NODE, "web-1:9100")) == "resolved"
    (incident,) = incidents(manager)
    assert incident["status"] == "RESOLVED"
    assert tell(group("resolved", NODE)) == "ignored"
    assert tell(group("firing", NODE)) == "opened"


def test_only_what_is_well_signed_is_taken_and_once(hooked, manager):
    body = json.dumps({"status": "firing", "title": "Backups fail"}).encode()
    first = post(hooked, "any", body, signed("m-1", body))
    assert done(first) == "opened"
    assert post(hooked, "any", body, signed("m-1", body)).body == first.body
    for headers in [
        {},
        bearer("a-token-of-somebody-else"),
        signed("m-2", body, key=b"another key"),
        signed("m-2", body + b" "),
        signed("m-2", body, late_s=400),
    ]:
        answer = post(hooked, "any", body, headers)
        assert answer.status == 401 and answer.json()["error"], answer
    other = b'{"status": "firing"}'
    assert post(hooked, "any", other, signed("m-1", other)).status == 409
    (incident,) = incidents(manager)
    assert incident["title"] == "Backups fail"


def test_an_unknown_hook_is_told_from_a_wrong_token_by_nobody(hooked):
    unknown = post(hooked, "nobody", group("firing", NODE), bearer())
    wrong = post(hooked, "alerts", group("firing", NODE), bearer("a-token-of-somebody-else"))
    assert (unknown.status, unknown.body) == (wrong.status, wrong.body) == (401, wrong.body)


def test_a_message_that_cannot_be_read_is_refused_with_its_fault(hooked, manager):
    body = b'{"status": "firing", "severity": 1}'
    answer = post(hooked, "any", body, signed("m-1", body))
    assert answer.status == 400 and "`severity`" in answer.json()["error"], answer
    assert incidents(manager) == []
