"""Findings in memory: they are there again after a restart, and new ones are refused where they take too much."""

import pytest
from botocore.exceptions import ClientError

from harness.findings import all_findings, by_provider_uid, made_up, write_lines
from harness.process import Server, balefire
from harness.security_findings import finding
from harness.wire import eventually

FILE = "findings.columns"


@pytest.fixture
def serve(fresh_store):
    """Starts servers on one store, and sees to it that none outlives its test."""
    started = []

    def start(*options):
        started.append(Server(fresh_store, *options))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.kill()


def hub(server):
    client = server.administrator.client("securityhub")
    client.enable_security_hub_v2()
    return client


def bring_in(server, tmp_path, findings):
    path = write_lines(tmp_path / "findings.jsonl", findings)
    return balefire("import", path, "--format", "json", account=server.administrator)


def titles(server):
    """What is found, once the findings are in memory."""
    client = server.administrator.client("securityhub")

    def found():
        try:
            return by_provider_uid(all_findings(client))
        except client.exceptions.ThrottlingException:
            return None

    findings = eventually(found, "the findings in memory")
    return {uid: one["finding_info"]["title"] for uid, one in findings.items()}


def titled(numbers, text="Finding"):
    return {f"finding-{number:05}": f"{text} {number}" for number in numbers}


def test_findings_are_there_after_a_restart(serve, fresh_store, tmp_path):
    server = serve()
    hub(server)
    assert bring_in(server, tmp_path, [made_up(number) for number in range(30)]).returncode == 0
    assert titles(server) == titled(range(30))
    server.stop()
    assert (fresh_store.directory / FILE).stat().st_mode & 0o777 == 0o600

    server = serve()
    assert titles(server) == titled(range(30))
    assert "30 findings were read from" in server.log()
    # What comes after the file was written is not lost with it.
    later = [made_up(31, severity_id=5), made_up(3, finding_info={"uid": "finding-00003", "title": "Other 3"})]
    assert bring_in(server, tmp_path, later).returncode == 0
    expected = titled(range(30)) | titled([31]) | titled([3], "Other")
    assert titles(server) == expected
    server.kill()
    server = serve()
    assert titles(server) == expected
    server.stop()


def test_a_broken_file_is_not_used(serve, fresh_store, tmp_path):
    server = serve()
    hub(server)
    assert bring_in(server, tmp_path, [made_up(number) for number in range(5)]).returncode == 0
    assert titles(server) == titled(range(5))
    server.stop()
    path = fresh_store.directory / FILE
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    server = serve()
    assert titles(server) == titled(range(5))
    assert server.log().count("is not used: it is shorter than it says") == 1
    server.stop()
    assert "findings were read from" not in server.log()
    # A whole one was written in its place.
    server = serve()
    assert titles(server) == titled(range(5))
    assert "5 findings were read from" in server.log()
    server.stop()


def test_new_findings_are_refused_where_there_is_no_room(serve, fresh_store, tmp_path):
    path = tmp_path / "balefire.toml"
    path.write_text("[findings]\nmemory_mib = 1\n")
    server = serve("--config", path)
    client = hub(server)
    client.enable_security_hub()
    for first in range(0, 40_000, 2000):
        batch = [made_up(number) for number in range(first, first + 2000)]
        if bring_in(server, tmp_path, batch).returncode != 0:
            break
    else:
        pytest.fail("there is room for 40,000 findings in a MiB")
    refused = made_up(10**6)
    known = made_up(0, severity_id=5, severity="Critical")
    done = bring_in(server, tmp_path, [refused, known])
    assert done.returncode == 3 and '"updated":1' in done.stdout, done
    assert "findings.memory_mib is 1" in done.stdout
    worst = [{"Field": "severity_id", "SortOrder": "desc"}]
    (found,) = client.get_findings_v2(MaxResults=1, SortCriteria=worst)["Findings"]
    assert found["finding_info"]["uid"] == "finding-00000"
    edit = client.batch_update_findings_v2(MetadataUids=[found["metadata"]["uid"]], Comment="still here")
    assert len(edit["ProcessedFindings"]) == 1
    with pytest.raises(ClientError) as error:
        client.batch_import_findings(Findings=[finding(server.administrator, "new")])
    assert error.value.response["Error"]["Code"] == "LimitExceededException"
    assert "findings.memory_mib" in error.value.response["Error"]["Message"]
    server.stop()
