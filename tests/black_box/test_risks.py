"""Risks that are accepted by command, and the trend that shows them."""

import json
from datetime import UTC, datetime, timedelta

from harness.findings import FIXTURES, all_findings
from harness.process import balefire
from harness.wire import eventually


def risk(account, *arguments):
    done = balefire("risk", *arguments, "--format", "json", account=account)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_risk_is_accepted_listed_and_withdrawn(account):
    client = account.client("securityhub")
    client.enable_security_hub_v2()
    done = balefire("import", FIXTURES / "findings.json", account=account)
    assert done.returncode == 0, done.stderr
    finding = next(one for one in all_findings(client) if one.get("vulnerabilities"))
    uid = finding["metadata"]["uid"]
    until = (datetime.now(UTC) + timedelta(days=7)).strftime("%Y-%m-%dT00:00:00Z")
    [accepted] = risk(
        account, "accept", uid, "--reason", "behind a wall", "--until", until, "--unless-exploited"
    )
    assert (accepted["uid"], accepted["until"], accepted["unless_exploited"]) == (uid, until, True)
    assert risk(account, "list") == [accepted]

    def seen():
        return next(one for one in all_findings(client) if one["metadata"]["uid"] == uid)

    assert seen()["status"] == "Suppressed" and "behind a wall" in seen()["comment"]
    suppressed = {"FieldName": "finding_status", "Filter": {"Value": "Suppressed", "Comparison": "EQUALS"}}
    now = datetime.now(UTC)
    trend = {
        "StartTime": now - timedelta(days=2),
        "EndTime": now + timedelta(minutes=1),
        "Filters": {"CompositeFilters": [{"StringFilters": [suppressed]}]},
    }

    def points():
        found = client.get_findings_trends_v2(**trend)
        assert found["Granularity"] == "Daily"
        return [sum(point["TrendsValues"]["SeverityTrends"].values()) for point in found["TrendsMetrics"]]

    # Trends count what is set a moment later.
    eventually(lambda: points() == [0, 0, 1], "the accepted risk in the trend")
    assert risk(account, "withdraw", uid) == [{"uid": uid, "reopened": True, "status": "New"}]
    assert seen()["status"] == "New" and "withdrawn" in seen()["comment"]
    assert risk(account, "list") == []
    eventually(lambda: points() == [0, 0, 0], "the withdrawn risk in the trend")
    done = balefire("risk", "withdraw", uid, account=account)
    assert done.returncode != 0 and "no risk acceptance" in done.stderr
