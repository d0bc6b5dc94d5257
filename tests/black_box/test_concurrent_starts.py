"""One alarm that many report at the same time: one incident, and everyone is told which."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest

from harness.incidents import create_plan, incident_client, pages, start
from harness.process import Server

MEMBERS = 3


@pytest.fixture(scope="module")
def nodes(server):
    """The servers of one store. SQLite has one; PostgreSQL takes more, so that no queue in one orders all."""
    if server.store.engine == "sqlite":
        yield [server]
        return
    other = Server(server.store)
    try:
        yield [server, other]
        other.stop()
    finally:
        if other.process.poll() is None:
            other.kill()


@pytest.fixture
def clients(nodes, account):
    """A client of one account at each node."""
    incident_client(account)
    return [node.at(account).client("ssm-incidents") for node in nodes]


def start_at_once(clients, plan, requests):
    """Sends all requests in the same moment; gives the answers in the order of the requests."""
    all_there = threading.Barrier(len(requests))

    def one(client, parameters):
        all_there.wait(60)
        return start(client, plan, **parameters)

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(one, cycle(clients), requests))


def incidents(client):
    found = pages(client.list_incident_records, "incidentRecordSummaries")
    return {summary["arn"] for page in found for summary in page}


def event_types(client, arn):
    found = pages(client.list_timeline_events, "eventSummaries", incidentRecordArn=arn)
    return Counter(event["eventType"] for page in found for event in page)


def test_one_client_token_opens_one_incident(clients):
    answers = start_at_once(clients, create_plan(clients[0]), [{"clientToken": "once"}] * 32)
    (arn,) = incidents(clients[0])
    assert answers == [arn] * 32
    assert event_types(clients[0], arn) == {"SSM Incident Start": 1}


def test_many_client_tokens_open_an_incident_each(clients):
    requests = [{"clientToken": f"token-{number % 8}"} for number in range(32)]
    answers = start_at_once(clients, create_plan(clients[0]), requests)
    assert answers == answers[:8] * 4, "who repeats a token gets its answer"
    assert incidents(clients[0]) == set(answers) and len(set(answers)) == 8


def test_one_deduplication_string_opens_one_incident_and_keeps_every_trigger(clients):
    answers = start_at_once(clients, create_plan(clients[0], dedupeString="database"), [{}] * 200)
    (arn,) = incidents(clients[0])
    assert answers == [arn] * 200
    assert event_types(clients[0], arn) == {"SSM Incident Start": 1, "SSM Incident Trigger": 199}
