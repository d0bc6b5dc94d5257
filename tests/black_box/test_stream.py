"""Incident changes as they are committed, over a signed stream."""

import json
import urllib.error
import urllib.request
from dataclasses import replace

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from harness.incidents import create_plan, incident_client, start

MEMBERS = 8
PATH = "/stream/incidents"


def request(account, **headers):
    signed = AWSRequest("GET", account.endpoint + PATH, headers=headers)
    keys = Credentials(account.access_key_id, account.secret_access_key)
    SigV4Auth(keys, "balefire", "us-east-1").add_auth(signed)
    return urllib.request.Request(signed.url, headers=dict(signed.headers))


class Stream:
    """An open stream; it is read event by event."""

    def __init__(self, account, **headers):
        self.answer = urllib.request.urlopen(request(account, **headers), timeout=30)
        assert self.answer.headers["content-type"] == "text/event-stream"
        # The first line comes when the place in the log is taken.
        assert self.answer.readline().startswith(b": ")

    def next(self):
        fields = {}
        while True:
            line = self.answer.readline().decode().rstrip("\n")
            if not line and "data" in fields:
                return fields["id"], fields["event"], json.loads(fields["data"])
            name, _, value = line.partition(": ")
            if name:
                fields[name] = value

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.answer.close()


def test_changes_arrive_in_order_and_are_the_accounts_own(new_account):
    mine, other = new_account(), new_account()
    clients = [incident_client(account) for account in (mine, other)]
    plans = [create_plan(client) for client in clients]
    with Stream(mine) as stream:
        start(clients[1], plans[1])
        arn = start(clients[0], plans[0])
        clients[0].update_incident_record(arn=arn, status="RESOLVED")
        _, kind, event = stream.next()
        assert (kind, event["detail-type"], event["resources"]) == (
            "incident.opened",
            "SSM Incident Start",
            [arn],
        )
        assert event["account"] == mine.id
        last, kind, event = stream.next()
        assert kind == "incident.updated"
        changed = event["detail"]["change"]["modifiedAttributes"]
        assert {"attributeName": "status", "newValue": "RESOLVED"} in changed
    clients[0].update_incident_record(arn=arn, title="Again")
    with Stream(mine, **{"Last-Event-ID": last}) as stream:
        _, kind, event = stream.next()
        assert kind == "incident.updated"
        assert event["detail"]["change"]["incidentTitle"] == "Again"


def test_a_stream_must_be_signed(account):
    unsigned = urllib.request.Request(account.endpoint + PATH)
    for wrong in [unsigned, request(replace(account, secret_access_key="wrong" * 8))]:
        try:
            urllib.request.urlopen(wrong, timeout=30)
        except urllib.error.HTTPError as refused:
            assert refused.code == 403
        else:
            raise AssertionError("the stream was opened")
