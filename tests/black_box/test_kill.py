"""kill -9 under load: what was acknowledged is there after a restart, and retries find it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from harness.findings import all_findings, by_provider_uid, made_up
from harness.incidents import create_plan, incident_client, pages, record, start
from harness.process import Server, create_account
from harness.wire import call

pytestmark = [pytest.mark.kill, pytest.mark.timeout(240)]

ROUNDS = 3
LOAD_S = 3
EDITED = 40
BATCHES = 60
# What breaks when the server is gone in the middle of a call.
GONE = (OSError, BotoCoreError, HTTPError)


class Load:
    """Writers that go on until the server is gone, and remember what it has acknowledged."""

    def __init__(self, account, plan, edited_uids, round):
        self.account, self.plan, self.edited_uids, self.round = account, plan, edited_uids, round
        self.incidents = {}
        self.attempted_tokens = []
        self.imported = {}
        self.comments = {}
        self.unexpected = []
        self.over = threading.Event()

    def run(self, server):
        """Loads the server for a while, and kills it while everything is under way."""
        writers = [
            (self.start_incidents, 0),
            (self.start_incidents, 1),
            (self.import_findings,),
            (self.edit,),
        ]
        with ThreadPoolExecutor(len(writers)) as pool:
            running = [pool.submit(self.until_gone, write, *rest) for write, *rest in writers]
            self.over.wait(LOAD_S)
            server.kill()
            self.over.set()
        for writer in running:
            writer.result()

    def until_gone(self, write, *arguments):
        step = 0
        while not self.over.is_set():
            try:
                write(step, *arguments)
            except GONE:
                # Only being killed may break a call, and nothing is acknowledged by then.
                assert self.over.wait(10), "a call broke while the server was up"
                return
            except ClientError as error:
                self.unexpected.append(error.response)
                return
            step += 1

    def start_incidents(self, step, lane):
        token = f"round-{self.round}-{lane}-{step}"
        self.attempted_tokens.append(token)
        client = self.clients[f"incidents-{lane}"]
        self.incidents[token] = start(client, self.plan, clientToken=token, title=token)

    def import_findings(self, step):
        # The same findings come round again with another message, so that their number stays small.
        first = 10_000 * (self.round + 1) + step % BATCHES * 5
        message = f"{step:08}"
        findings = [made_up(first + number, message=message) for number in range(5)]
        answered = call(self.account, "balefire", "POST", "/findings/import", {"Findings": findings})
        assert answered.status == 200, answered
        assert answered.json()["Updated" if step >= BATCHES else "Created"] == 5, answered
        self.imported |= {finding["finding_info"]["uid"]: message for finding in findings}

    def edit(self, step):
        # Each request edits half of the findings; a comment's number says how far the edits have come.
        uids = self.edited_uids[step % 2 :: 2]
        comment = f"{self.round}-{step:08}"
        answered = self.clients["edits"].batch_update_findings_v2(
            MetadataUids=uids, Comment=comment, SeverityId=step % 6, StatusId=step % 5 + 1
        )
        assert len(answered["ProcessedFindings"]) == len(uids), answered
        for uid in uids:
            self.comments[uid] = comment

    def make_clients(self):
        self.clients = {
            "incidents-0": self.account.client("ssm-incidents"),
            "incidents-1": self.account.client("ssm-incidents"),
            "edits": self.account.client("securityhub"),
        }


def test_acknowledged_writes_survive(fresh_store):
    key = create_account(fresh_store, "222200000001")
    server = Server(fresh_store)
    servers = [server]
    try:
        account = server.at(key)
        client = incident_client(account)
        plan = create_plan(client)
        account.client("securityhub").enable_security_hub_v2()
        edited = [made_up(number) for number in range(EDITED)]
        assert call(account, "balefire", "POST", "/findings/import", {"Findings": edited}).status == 200
        edited_uids = sorted(f["metadata"]["uid"] for f in all_findings(account.client("securityhub")))
        incidents, findings = {}, {finding["finding_info"]["uid"] for finding in edited}
        for round in range(ROUNDS):
            load = Load(account, plan, edited_uids, round)
            load.make_clients()
            load.run(server)
            assert load.unexpected == []
            assert load.incidents and load.imported and load.comments, "each writer got something done"
            server = Server(fresh_store)
            servers.append(server)
            account = server.at(key)
            incidents |= load.incidents
            findings |= set(load.imported)
            assert_incidents(account, load, incidents)
            assert_findings(account, load, findings)
            print(
                f"round {round}: {len(load.incidents)} incidents, {len(load.imported)} findings and edits "
                f"up to {max(load.comments.values())} were acknowledged, and are there"
            )
        server.stop()
    finally:
        for server in servers:
            if server.process.poll() is None:
                server.kill()


def assert_incidents(account, load, incidents):
    client = account.client("ssm-incidents")
    listed = listed_titles(client)
    titles = {arn: title for title, arn in incidents.items()}
    missing = set(titles) - set(listed)
    assert not missing, f"{len(missing)} acknowledged incidents are gone"
    assert all(listed[arn] == title for arn, title in titles.items())
    # The last ones are those that a lazy disk would lose.
    for token, arn in list(load.incidents.items())[-20:]:
        found = record(client, arn)
        assert (found["title"], found["status"]) == (token, "OPEN")
        assert len(client.list_timeline_events(incidentRecordArn=arn)["eventSummaries"]) == 1
        assert start(client, load.plan, clientToken=token, title=token) == arn
    for token in set(load.attempted_tokens) - set(load.incidents):
        # Whether or not it was written before the kill, the retry makes it so, once.
        arn = start(client, load.plan, clientToken=token, title=token)
        assert start(client, load.plan, clientToken=token, title=token) == arn
        incidents[token] = arn
    after = listed_titles(client)
    assert len(after) == len(set(after.values())), "no title is there twice"
    assert set(after.values()) == set(incidents), "nothing is there that nobody has asked for"


def listed_titles(client):
    found = pages(client.list_incident_records, "incidentRecordSummaries", maxResults=100)
    return {summary["arn"]: summary["title"] for page in found for summary in page}


def assert_findings(account, load, findings):
    found = by_provider_uid(all_findings(account.client("securityhub")))
    missing = findings - set(found)
    assert not missing, f"{len(missing)} acknowledged findings are gone"
    for uid, message in load.imported.items():
        assert found[uid]["message"] >= message, "an acknowledged import is gone"
    # A request is there whole or not at all.
    unasked = {uid for uid in set(found) - findings}
    assert len(unasked) in (0, 5), unasked
    findings |= unasked
    by_uid = {finding["metadata"]["uid"]: finding for finding in found.values()}
    for half in (0, 1):
        uids = load.edited_uids[half::2]
        comments = {by_uid[uid]["comment"] for uid in uids}
        assert len(comments) == 1, "an edit of many findings is there whole or not at all"
        (comment,) = comments
        assert comment >= load.comments[uids[0]], "an acknowledged edit is gone"
        step = int(comment.split("-")[1])
        for uid in uids:
            assert (by_uid[uid]["severity_id"], by_uid[uid]["status_id"]) == (step % 6, step % 5 + 1)
