"""OCSF findings: the fixtures, made-up ones, and how they read once they are kept."""

import copy
import json
from pathlib import Path

from .process import balefire

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"

# The provider's ids of those in findings.json.
BUCKET, LOGIN, LAMP, ROOT = "posture/bucket-open/1", "watch/login/7", "scan/CVE-2099-1001/i-0abc", "audit-4"


def bring_in(account, *paths):
    done = balefire("import", *paths, account=account)
    assert done.returncode == 0, done.stderr


def hub_of(account):
    """A client of an account that has the findings of the fixture."""
    client = account.client("securityhub")
    client.enable_security_hub_v2()
    bring_in(account, FIXTURES / "findings.json")
    return client


def fixture_findings():
    return json.loads((FIXTURES / "findings.json").read_text())


def made_up(number, **members):
    """A small finding; the same number gives the same finding."""
    finding = {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "class_uid": 2004,
        "class_name": "Detection Finding",
        "severity_id": 2,
        "severity": "Low",
        "status_id": 1,
        "status": "New",
        "time": 1762000000000 + number * 1000,
        "metadata": {"version": "1.6.0", "product": {"uid": "made-up", "name": "Made up"}},
        "finding_info": {"uid": f"finding-{number:05}", "title": f"Finding {number}"},
    }
    finding |= members
    follows = finding["class_uid"] * 100 + finding["activity_id"]
    return {"type_uid": follows} | finding


def as_kept(sent, account_id, uid):
    """What GetFindingsV2 shows of a finding that was sent whole: all of it, its uid, and its account."""
    kept = copy.deepcopy(sent)
    kept.setdefault("cloud", {})["account"] = {"uid": account_id}
    provider_uid = kept["metadata"].get("uid")
    kept["metadata"]["uid"] = uid
    if provider_uid:
        kept["metadata"]["original_event_uid"] = provider_uid
    return kept


def write_lines(path, findings):
    """Writes one finding a line; what is text already stays as it is."""
    lines = [line if isinstance(line, str) else json.dumps(line) for line in findings]
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def by_provider_uid(findings):
    return {finding["finding_info"]["uid"]: finding for finding in findings}


def all_findings(client, **parameters):
    """Every finding that a list gives, over all its pages."""
    found, token = [], {}
    while True:
        page = client.get_findings_v2(**parameters, **token)
        found += page["Findings"]
        if not page.get("NextToken"):
            return found
        token = {"NextToken": page["NextToken"]}
