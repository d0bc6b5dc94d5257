"""Findings as they were at a past moment, by command."""

import json
import time
from datetime import UTC, datetime

from harness.findings import all_findings, made_up, write_lines
from harness.process import balefire, balefire_unread


def now():
    """A moment that no change shares."""
    time.sleep(0.002)
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    time.sleep(0.002)
    return moment


def as_of(account, moment):
    done = balefire("findings", "--as-of", moment, account=account)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_findings_are_written_as_they_were(account, tmp_path):
    client = account.client("securityhub")
    client.enable_security_hub_v2()
    path = tmp_path / "findings.jsonl"
    seen = []

    def imports(findings):
        write_lines(path, findings)
        done = balefire("import", path, account=account)
        assert done.returncode == 0, done.stderr

    def see():
        shown = sorted(all_findings(client), key=lambda one: one["metadata"]["uid"])
        seen.append((now(), shown))
        return shown

    see()
    imports([made_up(number) for number in range(300)])
    uids = [one["metadata"]["uid"] for one in see()]
    client.batch_update_findings_v2(MetadataUids=uids[:3], StatusId=3, Comment="known")
    see()
    imports([made_up(number, severity="High", severity_id=4) for number in range(310)])
    see()
    client.batch_update_findings_v2(MetadataUids=uids[2:4], StatusId=4)
    see()
    assert [len(shown) for _, shown in seen] == [0, 300, 300, 310, 310]
    for moment, shown in seen:
        assert as_of(account, moment) == shown
    done = balefire("findings", "--as-of", "2020-01-01T00:00:00Z", account=account)
    assert done.returncode != 0 and "last 90 days" in done.stderr


def test_who_reads_the_beginning_only_has_had_enough(account, tmp_path):
    account.client("securityhub").enable_security_hub_v2()
    path = write_lines(tmp_path / "findings.jsonl", [made_up(1)])
    assert balefire("import", path, account=account).returncode == 0
    done = balefire_unread("findings", "--as-of", now(), account=account)
    assert (done.returncode, done.stderr) == (141, "")
