"""`balefire feeds refresh`: feeds come in whole or not at all, and findings follow them."""

import gzip
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.process import balefire_unread
from harness.vulnerabilities import (
    EPSS,
    FLINT,
    KEV,
    LAMP,
    OSV,
    WICK,
    by_vulnerability,
    day,
    details_of,
    list_findings,
    refresh,
    refresh_all,
    scan,
    web_server,
)
from harness.wire import assert_refused, call

MEMBERS = 13


def test_a_refresh_says_what_came_in(server):
    kev, epss, osv = refresh_all(server.administrator)
    assert (kev["feed"], kev["rows"], kev["rejected"]) == ("KEV", 2, [])
    assert kev["as_of"].startswith("2099-01-31")
    assert (epss["feed"], epss["rows"], epss["rejected"]) == ("EPSS", 4, [])
    assert epss["as_of"].startswith("2099-01-31")
    assert (osv["feed"], osv["rows"], osv["rejected"]) == ("OSV", 7, [])
    assert kev["source"] == str(KEV)


def test_a_feed_is_read_again_without_touching_findings(server, feeds, account, inspector, tmp_path):
    scan(account)
    before = by_vulnerability(list_findings(inspector))
    catalogue = json.loads(KEV.read_text())
    catalogue["vulnerabilities"] = [
        entry | {"dueDate": "2099-03-01"} for entry in catalogue["vulnerabilities"][1:]
    ]
    catalogue["count"] = 1
    kev = tmp_path / "kev.json.gz"
    kev.write_bytes(gzip.compress(json.dumps(catalogue).encode()))
    epss = tmp_path / "epss.csv.gz"
    epss.write_bytes(
        gzip.compress(EPSS.read_bytes().replace(b"CVE-2099-1002,0.00042", b"CVE-2099-1002,0.70000"))
    )
    assert refresh(server.administrator, "--kev", kev, "--epss", epss).returncode == 0
    findings = list_findings(inspector)
    after, details = by_vulnerability(findings), details_of(inspector, findings)
    assert "cisaData" not in details[LAMP] and after[LAMP]["exploitAvailable"] == "NO"
    assert details[FLINT]["cisaData"]["dateDue"] == day("2099-03-01")
    assert details[WICK]["epssScore"] == after[WICK]["epss"]["score"] == 0.7
    assert details[LAMP]["epssScore"] == 0.91234
    assert after[LAMP]["updatedAt"] == before[LAMP]["updatedAt"], "findings themselves are not rewritten"


def test_feeds_come_from_addresses_too(server, account, inspector):
    pages = {
        "/kev.json": KEV.read_bytes(),
        "/epss.csv.gz": gzip.compress(EPSS.read_bytes()),
        "/osv.json": OSV.read_bytes(),
    }
    with web_server(pages) as web:
        done = refresh(
            server.administrator,
            "--kev",
            f"{web}/kev.json",
            "--epss",
            f"{web}/epss.csv.gz",
            "--osv",
            f"{web}/osv.json",
        )
        assert done.returncode == 0, done.stderr
        missing = refresh(server.administrator, "--kev", f"{web}/nothing")
    rows = {entry["feed"]: entry["rows"] for entry in map(json.loads, done.stdout.splitlines())}
    assert rows == {"KEV": 2, "EPSS": 4, "OSV": 7}
    assert missing.returncode == 1 and "404" in missing.stderr and "stays" in missing.stderr
    scan(account)
    assert details_of(inspector, list_findings(inspector))[LAMP]["epssScore"] == 0.91234


@pytest.mark.parametrize("way", ["file", "zipped file", "address"])
def test_a_feed_that_is_cut_off_leaves_the_previous_one(server, feeds, account, inspector, tmp_path, way):
    scan(account)
    before = details_of(inspector, list_findings(inspector))
    rows = "".join(f"CVE-2099-{number},0.00001,0.5\n" for number in range(5000, 9000))
    epss = EPSS.read_bytes().replace(b"0.91234", b"0.11111") + rows.encode()
    kev = KEV.read_bytes().replace(b"Move to", b"Stay below")
    osv = OSV.read_bytes().replace(b"CWE-79", b"CWE-11")
    pages = {"/kev.cut": kev, "/epss.cut": epss, "/osv.cut": osv}
    with web_server(pages) as web:
        for option, name in [("--kev", "kev"), ("--epss", "epss"), ("--osv", "osv")]:
            source = f"{web}/{name}.cut"
            if way != "address":
                content = pages[f"/{name}.cut"]
                content = gzip.compress(content) if way == "zipped file" else content
                source = tmp_path / name
                # Not at the end of a line, or a CSV would look whole.
                source.write_bytes(content[: len(content) // 2 + 3])
            done = refresh(server.administrator, option, source)
            assert done.returncode == 1, done
            assert "the previous one stays" in done.stderr and done.stdout == "", done
    assert details_of(inspector, list_findings(inspector)) == before


def test_one_feed_that_fails_does_not_keep_the_others_out(server, feeds, account, inspector, tmp_path):
    scan(account)
    broken = tmp_path / "kev.json"
    broken.write_bytes(KEV.read_bytes().replace(b'"count": 2', b'"count": 3'))
    epss = tmp_path / "epss.csv"
    epss.write_bytes(EPSS.read_bytes().replace(b"0.91234", b"0.81234"))
    done = refresh(server.administrator, "--kev", broken, "--epss", epss)
    assert done.returncode == 1 and "count" in done.stderr and "KEV" in done.stderr
    details = details_of(inspector, list_findings(inspector))[LAMP]
    assert details["epssScore"] == 0.81234 and details["cisaData"]["dateDue"] == day("2099-01-31")


def test_rejected_rows_are_named_and_the_others_kept(server, feeds, account, inspector, tmp_path):
    epss = tmp_path / "epss.csv"
    epss.write_bytes(EPSS.read_bytes() + b"CVE-2099-1003,7.5,0.1\nnot-a-cve,0.1,0.1\n")
    done = refresh(server.administrator, "--epss", epss)
    assert done.returncode == 3
    summary = json.loads(done.stdout)
    assert summary["rows"] == 4 and len(summary["rejected"]) == 2
    assert "line 7" in summary["rejected"][0] and "CVE-2099-1003" in summary["rejected"][0]
    assert "line 8" in summary["rejected"][1]


def test_a_file_of_another_kind_says_what_is_wrong(server):
    done = refresh(server.administrator, "--osv", KEV)
    assert done.returncode == 1 and done.stdout == "", done
    for said in ["the previous one stays", "none of its rows can be used", "missing field `id`"]:
        assert said in done.stderr, done.stderr


def test_of_repeated_advisories_the_newest_comes_in(server, tmp_path):
    advisory = {"id": "TEST-2099-1", "modified": "2099-01-02T00:00:00Z"}
    rows = [advisory | {"id": f"TEST-2099-{number}"} for number in range(1, 2502)]
    rows += [advisory | {"modified": "2099-01-01T00:00:00Z"}, rows[2000]]
    osv = tmp_path / "osv.jsonl"
    osv.write_text("\n".join(map(json.dumps, rows)))
    done = refresh(server.administrator, "--osv", osv)
    assert done.returncode == 3, done
    summary = json.loads(done.stdout)
    assert summary["rows"] == 2501
    assert summary["rejected"] == [
        "record 2502 (TEST-2099-1): record 1 of the same id goes before it",
        "record 2001 (TEST-2099-2001): record 2503 of the same id goes before it",
    ]


def test_older_data_replaces_newer_with_a_word(server, feeds, tmp_path):
    kev = tmp_path / "kev.json"
    kev.write_bytes(KEV.read_bytes().replace(b"2099-01-31T", b"2098-12-31T"))
    done = refresh(server.administrator, "--kev", kev)
    assert done.returncode == 0 and "replaced what was of 2099-01-31" in done.stderr, done
    assert json.loads(done.stdout)["replaced_newer"].startswith("2099-01-31")
    done = refresh(server.administrator, "--kev", KEV)
    assert done.stderr == "" and "replaced_newer" not in json.loads(done.stdout), done


def test_refreshes_that_go_on_at_once_all_end_well(server, account, inspector, tmp_path):
    rows = "".join(f"CVE-2099-{number},0.00001,0.5\n" for number in range(30000, 50000))
    epss = tmp_path / "epss.csv"
    epss.write_bytes(EPSS.read_bytes() + rows.encode())
    given = ["--kev", KEV, "--epss", epss, "--osv", OSV]
    with ThreadPoolExecutor() as pool:
        ends = list(pool.map(lambda _: refresh(server.administrator, *given), range(3)))
    assert [done.returncode for done in ends] == [0, 0, 0], ends
    rows = [[json.loads(line)["rows"] for line in done.stdout.splitlines()] for done in ends]
    assert rows == [[2, 20004, 7]] * 3
    scan(account)
    assert details_of(inspector, list_findings(inspector))[LAMP]["epssScore"] == 0.91234


def test_feeds_come_in_when_nobody_reads_what_is_said(server, account, inspector):
    given = ["feeds", "refresh", "--kev", KEV, "--epss", EPSS, "--osv", OSV]
    done = balefire_unread(*given, account=server.administrator)
    assert done.returncode == 1 and "Broken pipe" in done.stderr, done
    assert "panicked" not in done.stderr, done
    scan(account)
    assert details_of(inspector, list_findings(inspector))[LAMP]["epssScore"] == 0.91234


def test_only_the_administrator_brings_in_feeds(server, feeds, account, inspector):
    scan(account)
    before = details_of(inspector, list_findings(inspector))
    done = refresh(account, "--kev", KEV)
    assert done.returncode == 1 and "403" in done.stderr
    part = {"Feed": "KEV", "Generation": "g", "Rows": [json.loads(KEV.read_text())["vulnerabilities"][0]]}
    for target, body in [
        ("/feeds/part", part),
        ("/feeds/finish", {"Feed": "KEV", "Generation": "g", "AsOf": "2099-01-01", "RowCount": 1}),
    ]:
        assert_refused(call(account, "balefire", "POST", target, body), 403, "AccessDeniedException")
    # What was begun and not finished is not seen, and a wrong count does not finish it.
    assert call(server.administrator, "balefire", "POST", "/feeds/part", part).status == 200
    assert details_of(inspector, list_findings(inspector)) == before
    finish = {"Feed": "KEV", "Generation": "g", "AsOf": "2099-01-01", "RowCount": 2}
    assert_refused(
        call(server.administrator, "balefire", "POST", "/feeds/finish", finish), 400, "ValidationException"
    )
    assert details_of(inspector, list_findings(inspector)) == before
