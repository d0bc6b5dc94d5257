"""What a topic's receiver is told, whatever happens between: refusals, silence, kill -9."""

import base64
import hashlib
import hmac
import json

import pytest

from harness.account import REGION
from harness.incidents import create_plan, incident_client, start
from harness.process import Server, balefire, create_account
from harness.receiver import Receiver

pytestmark = pytest.mark.timeout(240)

OWNER = "222200000001"
OTHER = "222200000002"
TOPIC = f"arn:aws:sns:{REGION}:{OWNER}:on-call"
SECRET = b"a key of the receiver's own"
# A killed server's lease on a job, and some patience.
LEASE_S = 90


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


class World:
    """A server with a topic bound to the receiver, which may die and come back."""

    def __init__(self, store, receiver, directory):
        self.store = store
        secret = directory / "secret"
        secret.write_text("whsec_" + base64.b64encode(SECRET).decode() + "\n")
        self.config = directory / "balefire.toml"
        self.config.write_text(
            f"""
            [outside]
            allow = ["127.0.0.0/8"]
            [topics."{TOPIC}"]
            to = "webhook"
            url = "{receiver.url}"
            secret = {{ file = "{secret}" }}
            """
        )
        self.keys = [create_account(store, account) for account in (OWNER, OTHER)]
        self.server = None
        self.begin()
        self.client = incident_client(self.owner)
        self.plan = create_plan(self.client, notificationTargets=[{"snsTopicArn": TOPIC}])

    def begin(self):
        self.server = Server(self.store, "--config", self.config)
        self.owner, self.other = (self.server.at(key) for key in self.keys)

    def deliveries(self, *arguments, account=None):
        done = balefire("deliveries", *arguments, "--format", "json", account=account or self.owner)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def world(fresh_store, receiver, tmp_path):
    world = World(fresh_store, receiver, tmp_path)
    yield world
    world.server.kill()


def assert_signed(received):
    signed = f"{received.id}.{received.headers['webhook-timestamp']}.".encode() + received.body
    expected = base64.b64encode(hmac.digest(SECRET, signed, hashlib.sha256)).decode()
    assert received.headers["webhook-signature"] == f"v1,{expected}"


def test_a_topic_is_told_of_start_update_and_resolution(world, receiver):
    arn = start(world.client, world.plan)
    told = [receiver.take()]
    world.client.update_incident_record(arn=arn, impact=1)
    told.append(receiver.take())
    world.client.update_incident_record(arn=arn, status="RESOLVED")
    told.append(receiver.take())
    for received in told:
        assert_signed(received)
        event = received.event
        assert (event["source"], event["account"], event["region"]) == ("aws.ssm-incidents", OWNER, REGION)
        assert event["resources"] == [arn]
    assert told[0].event["detail-type"] == "SSM Incident Start"
    changes = [received.event["detail"]["modifiedAttributes"] for received in told[1:]]
    assert changes == [
        [{"attributeName": "impact", "newValue": "1"}],
        [{"attributeName": "status", "newValue": "RESOLVED"}],
    ]
    assert len({received.id for received in told}) == 3
    receiver.assert_quiet()
    world.server.stop()


@pytest.mark.kill
def test_a_message_survives_that_the_server_is_killed(world, receiver):
    receiver.hang()
    arn = start(world.client, world.plan)
    first = receiver.take()
    world.server.kill()
    receiver.answer(200)
    world.begin()
    again = receiver.take(LEASE_S)
    assert (again.id, again.body) == (first.id, first.body)
    assert again.event["resources"] == [arn]
    assert_signed(again)
    receiver.assert_quiet()
    assert world.deliveries("list") == []
    world.server.stop()


def test_what_was_given_up_is_listed_retried_and_dropped(world, receiver):
    receiver.answer(403, b"who are you")
    start(world.client, world.plan)
    first = receiver.take()
    (dead,) = wait_for_dead(world, 1)
    assert (dead["id"], dead["kind"], dead["account"], dead["subject"]) == (first.id, "notify", OWNER, TOPIC)
    assert "who are you" in dead["reason"] and dead["attempts"] == 1
    # Neither the message nor its key is told.
    assert "The shop is down" not in str(dead) and "whsec" not in str(dead)
    assert world.deliveries("list", account=world.other) == []
    assert world.deliveries("retry", "--all", account=world.other)[0]["retried"] == 0
    refused = balefire("deliveries", "drop", first.id, account=world.other)
    assert refused.returncode == 1 and first.id in refused.stderr

    receiver.answer(200)
    assert world.deliveries("retry", first.id)[0]["retried"] == 1
    assert receiver.take().id == first.id
    assert world.deliveries("list") == []

    receiver.answer(404)
    start(world.client, world.plan)
    second = receiver.take()
    wait_for_dead(world, 1)
    assert world.deliveries("list", account=world.server.administrator)[0]["id"] == second.id
    assert world.deliveries("drop", second.id) == [{"dropped": 1, "refused": []}]
    assert world.deliveries("list") == []
    receiver.assert_quiet()


def test_dead_letters_are_reached_without_a_server(world, receiver):
    receiver.answer(410)
    start(world.client, world.plan)
    first = receiver.take()
    wait_for_dead(world, 1)
    world.server.kill()
    store = world.store.arguments()
    listed = balefire("deliveries", "list", *store)
    assert listed.returncode == 0 and first.id in listed.stdout, listed
    retried = balefire("deliveries", "retry", "--all", *store)
    assert retried.returncode == 0 and "1 retried" in retried.stdout, retried
    receiver.answer(200)
    world.begin()
    assert receiver.take().id == first.id


def wait_for_dead(world, count):
    """The refusal is written down after the receiver has given it."""
    for _ in range(50):
        dead = world.deliveries("list")
        if len(dead) >= count:
            return dead
    raise AssertionError(f"only {len(dead)} are dead")
