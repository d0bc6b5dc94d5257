"""`balefire import`: every form of file, in both ways, and what becomes of broken findings."""

import gzip
import json
import shutil
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from harness.findings import (
    FIXTURES,
    all_findings,
    as_kept,
    by_provider_uid,
    fixture_findings,
    made_up,
    write_lines,
)
from harness.process import ADMINISTRATOR, Server, balefire, balefire_unread, create_account, first_start

MEMBERS = 18
WHOLE, IN_PART, FAILED = 0, 3, 1


@pytest.fixture
def hub(account):
    client = account.client("securityhub")
    client.enable_security_hub_v2()
    return client


def run_import(account, *arguments):
    """Imports through the server; gives the exit code and the summary."""
    done = balefire("import", *arguments, "--format", "json", account=account)
    assert done.stdout, done.stderr
    return done.returncode, totals(done)


def totals(done):
    """The summary without its part for each file."""
    found = json.loads(done.stdout)
    assert sum(one["created"] for one in found.pop("files")) == found["created"]
    assert found.pop("closed") == 0
    return found


def summary(created=0, updated=0, unchanged=0):
    return {"created": created, "updated": updated, "unchanged": unchanged, "failed": []}


def test_what_is_imported_is_what_is_shown(account, hub):
    sent = fixture_findings()
    assert run_import(account, FIXTURES / "findings.json") == (WHOLE, summary(created=4))
    shown = by_provider_uid(all_findings(hub))
    assert len(shown) == 4
    for finding in sent[:3]:
        found = shown[finding["finding_info"]["uid"]]
        assert found == as_kept(finding, account.id, found["metadata"]["uid"])
    # The last has times in seconds and none of the captions.
    found = shown["audit-4"]
    assert (found["time"], found["finding_info"]["created_time"]) == (1761825600000, 1761825600000)
    assert (found["severity"], found["activity_name"]) == ("Informational", "Create")
    assert (found["status_id"], found["status"]) == (1, "New")
    assert found["class_name"] == "Detection Finding"
    assert found["cloud"]["account"]["uid"] == account.id
    assert len({found["metadata"]["uid"] for found in shown.values()}) == 4


@pytest.mark.parametrize(
    "form", ["array", "object", "indented object", "lines", "gzip of lines", "gzip of array"]
)
def test_every_form_of_file(account, hub, tmp_path, form):
    findings = [made_up(1)] if "object" in form else [made_up(number) for number in range(3)]
    text = {
        "array": json.dumps(findings, indent=1),
        "object": json.dumps(findings[0]),
        "indented object": json.dumps(findings[0], indent=2),
        "lines": "\n\n".join(map(json.dumps, findings)),
    }[form.removeprefix("gzip of ")]
    path = tmp_path / "findings"
    path.write_bytes(gzip.compress(text.encode()) if "gzip" in form else text.encode())
    assert run_import(account, path) == (WHOLE, summary(created=len(findings)))
    assert run_import(account, path) == (WHOLE, summary(unchanged=len(findings))), "again"
    shown = by_provider_uid(all_findings(hub))
    assert set(shown) == {finding["finding_info"]["uid"] for finding in findings}
    for finding in findings:
        found = shown[finding["finding_info"]["uid"]]
        assert found == as_kept(finding, account.id, found["metadata"]["uid"])


def test_broken_findings_are_named_and_the_others_kept(account, hub, tmp_path):
    lines = [
        made_up(1),
        '{"cut": ',
        made_up(2),
        made_up(3, severity_id=7),
        "[1, 2]",
        made_up(4, finding_info={"uid": "finding-00004"}),
        made_up(5, class_uid=1001, category_uid=1),
        made_up(6, cloud={"account": {"uid": "999900000000"}}),
        made_up(7, metadata={}, time="yesterday"),
        "",
        made_up(8),
    ]
    path = write_lines(tmp_path / "mixed.jsonl", lines)
    code, found = run_import(account, path)
    assert (code, found["created"]) == (IN_PART, 3)
    reasons = {failed["place"]: failed["reason"] for failed in found["failed"]}
    assert all(failed["file"] == str(path) for failed in found["failed"])
    assert sorted(reasons) == [f"line {number}" for number in [2, 4, 5, 6, 7, 8, 9]]
    assert "severity_id" in reasons["line 4"] and "7" in reasons["line 4"]
    assert "object" in reasons["line 5"]
    assert "finding_info.title" in reasons["line 6"]
    assert "class_uid" in reasons["line 7"] and "category_uid" in reasons["line 7"]
    assert "cloud.account.uid" in reasons["line 8"], "a member brings in its own findings only"
    assert "metadata.product" in reasons["line 9"] and "time" in reasons["line 9"], "all faults are named"
    assert set(by_provider_uid(all_findings(hub))) == {"finding-00001", "finding-00002", "finding-00008"}
    # The text form says the same to a person.
    done = balefire("import", path, account=account)
    assert done.returncode == IN_PART
    assert "0 created, 0 updated, 3 unchanged, 7 failed" in done.stdout
    assert f"{path}: line 2: " in done.stderr


def test_a_later_document_updates_the_finding(account, hub, tmp_path):
    first = made_up(1)
    second = made_up(1, severity_id=5, severity="Critical", message="worse")
    path = write_lines(tmp_path / "a.jsonl", [first, made_up(2)])
    assert run_import(account, path) == (WHOLE, summary(created=2))
    uid = by_provider_uid(all_findings(hub))["finding-00001"]["metadata"]["uid"]
    path = write_lines(tmp_path / "b.jsonl", [second, made_up(2)])
    assert run_import(account, path) == (WHOLE, summary(updated=1, unchanged=1))
    assert by_provider_uid(all_findings(hub))["finding-00001"] == as_kept(second, account.id, uid)
    # Of two documents of one time in one file, the later one stays, whatever the batches are.
    filler = [made_up(number) for number in range(3, 700)]
    path = write_lines(tmp_path / "c.jsonl", [first, *filler, second | {"message": "worst"}])
    assert run_import(account, path) == (WHOLE, summary(created=697, updated=1, unchanged=1))
    assert run_import(account, path) == (WHOLE, summary(unchanged=699)), "the same report again"
    last = [
        {
            "StringFilters": [
                {
                    "FieldName": "finding_info.uid",
                    "Filter": {"Value": "finding-00001", "Comparison": "EQUALS"},
                }
            ]
        }
    ]
    (found,) = hub.get_findings_v2(Filters={"CompositeFilters": last})["Findings"]
    assert found["message"] == "worst"


def test_the_last_version_of_one_time_counts_in_a_file_that_is_read_once(account, hub, tmp_path):
    first, last = made_up(1), made_up(1, message="worst")
    filler = [made_up(number, message="x" * 200_000) for number in range(2, 90)]
    path = write_lines(tmp_path / "large.jsonl", [first, *filler, last])
    assert path.stat().st_size > 16 << 20
    for expected in [summary(created=89, updated=1), summary(updated=2, unchanged=88)]:
        assert run_import(account, path) == (WHOLE, expected)
        shown = by_provider_uid(all_findings(hub))
        assert shown["finding-00001"]["message"] == "worst"


def test_a_finding_that_is_too_long_costs_no_other(account, hub, tmp_path):
    lines = [made_up(1), made_up(2, message="x" * (9 << 20)), made_up(3)]
    path = write_lines(tmp_path / "long.jsonl", lines)
    other = write_lines(tmp_path / "other.jsonl", [made_up(4)])
    code, found = run_import(account, path, other)
    assert (code, found["created"]) == (IN_PART, 3)
    (failed,) = found["failed"]
    assert failed["place"] == "line 2" and "at most 245760 are taken" in failed["reason"]


def answering(statuses):
    """A handler whose calls are answered one after the other, and taken where that is a success."""
    answer = {"Created": 500, "Updated": 0, "Unchanged": 0, "Failed": [], "message": "out of order"}
    text = json.dumps(answer).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(statuses.pop(0))
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    return Handler


def test_a_call_that_fails_leaves_the_summary_of_what_was_done(account, tmp_path):
    path = write_lines(tmp_path / "a.jsonl", [made_up(number) for number in range(1300)])
    other = write_lines(tmp_path / "b.jsonl", [made_up(1)])
    with HTTPServer(("127.0.0.1", 0), answering([500, 200, 500])) as broken:
        threading.Thread(target=broken.serve_forever, daemon=True).start()
        account = replace(account, endpoint=f"http://127.0.0.1:{broken.server_port}")
        done = balefire("import", path, other, "--format", "json", account=account)
        broken.shutdown()
    assert done.returncode == FAILED and "out of order" in done.stderr and str(path) in done.stderr
    found = json.loads(done.stdout)
    assert found["created"] == 500, "what was taken is told"
    (file,) = found["files"]
    assert "500" in file["stopped"], "what comes behind it is not tried"


def test_files_that_cannot_be_read(account, hub, tmp_path):
    whole = gzip.compress("".join(json.dumps(made_up(n)) + "\n" for n in range(3000)).encode())
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(whole[: len(whole) // 2])
    code, counts = run_import(account, cut)
    assert code == IN_PART and "cut off" in counts["failed"][-1]["reason"]
    for name, content, said in [
        ("empty.json", "", "is empty"),
        ("half.json", json.dumps([made_up(1)])[:-9], "array"),
        ("page.html", "<html>", "not JSON"),
        ("missing.json", None, "missing.json"),
    ]:
        path = tmp_path / name
        if content is not None:
            path.write_text(content)
        done = balefire("import", path, "--format", "json", account=account)
        assert done.returncode == FAILED and said in done.stderr, done


def test_an_answer_without_findings_is_a_report(account, tmp_path):
    path = tmp_path / "none.json"
    for content in ['{"findings": []}', '{\n  "Findings": []\n}', "[]"]:
        path.write_text(content)
        assert run_import(account, path, "--complete") == (WHOLE, summary()), content


def test_the_administrator_imports_for_all_accounts(server, account, hub, tmp_path):
    administrator = server.administrator.client("securityhub")
    administrator.enable_security_hub_v2()
    theirs = made_up(90041, cloud={"account": {"uid": account.id}, "provider": "AWS"})
    new = made_up(90042, cloud={"account": {"uid": "999911112222"}})
    own = made_up(90043)
    path = write_lines(tmp_path / "all.jsonl", [theirs, new, own])
    assert run_import(server.administrator, path) == (WHOLE, summary(created=3))
    (found,) = all_findings(hub)
    assert found == as_kept(theirs, account.id, found["metadata"]["uid"])
    accounts = {f["finding_info"]["uid"]: f["cloud"]["account"]["uid"] for f in all_findings(administrator)}
    assert accounts["finding-90042"] == "999911112222"
    assert accounts["finding-90043"] == server.administrator.id
    # The same document of another account is another finding.
    assert run_import(account, write_lines(tmp_path / "own.jsonl", [own])) == (WHOLE, summary(created=1))


def test_output_that_nobody_reads_ends_a_command_without_a_panic(account, hub, tmp_path):
    path = write_lines(tmp_path / "a.jsonl", [made_up(1)])
    for arguments in [["import", path], ["import", path, "--format", "json"]]:
        done = balefire_unread(*arguments, account=account)
        assert done.returncode == FAILED and "Broken pipe" in done.stderr, done
    assert len(all_findings(hub)) == 1, "the work is done"


def test_import_says_what_it_lacks(server, account, tmp_path):
    path = write_lines(tmp_path / "a.jsonl", [made_up(1)])
    no_server = balefire("import", path)
    assert no_server.returncode == FAILED and "AWS_ENDPOINT_URL" in no_server.stderr
    no_key = balefire("import", path, "--endpoint-url", server.endpoint)
    assert no_key.returncode == FAILED and "AWS_ACCESS_KEY_ID" in no_key.stderr
    wrong = account.__class__(
        account.id, account.access_key_id, "not the secret of this key", server.endpoint
    )
    refused = balefire("import", path, account=wrong)
    assert refused.returncode == FAILED and "403" in refused.stderr and "signature" in refused.stderr


def test_import_into_the_store_itself(fresh_store, tmp_path):
    store = fresh_store
    # Findings are taken by a store that no server has had, before its hub is on.
    first = write_lines(tmp_path / "first.jsonl", [made_up(99999)])
    taken = balefire("import", first, *store.arguments(), variables=first_start())
    assert taken.returncode == WHOLE, taken.stderr
    member = create_account(store, "222200000099")
    server = Server(store)
    try:
        administrator = server.administrator.client("securityhub")
        administrator.enable_security_hub_v2()
        server.stop()
        path = shutil.copy(FIXTURES / "findings.json", tmp_path / "copy.json")
        theirs = write_lines(tmp_path / "theirs.jsonl", [made_up(1, cloud={"account": {"uid": member.id}})])
        arguments = ["import", path, theirs, *store.arguments(), "--region", "us-east-1", "--format", "json"]
        done = balefire(*arguments)
        assert done.returncode == WHOLE, done.stderr
        assert totals(done) == summary(created=5)
        again = balefire(*arguments)
        assert totals(again) == summary(unchanged=5)
        server = Server(store)
        shown = by_provider_uid(all_findings(server.administrator.client("securityhub")))
        assert len(shown) == 6, "what came before the hub was on is there too"
        for finding in fixture_findings()[:3]:
            found = shown[finding["finding_info"]["uid"]]
            assert found == as_kept(finding, ADMINISTRATOR.id, found["metadata"]["uid"])
        if store.engine == "sqlite":
            busy = balefire(*arguments)
            assert busy.returncode == FAILED and "locked" in busy.stderr
        theirs = server.at(member).client("securityhub")
        theirs.enable_security_hub_v2()
        assert set(by_provider_uid(all_findings(theirs))) == {"finding-00001"}
        server.stop()
    finally:
        if server.process.poll() is None:
            server.kill()
