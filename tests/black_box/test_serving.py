"""The server as a process: its first start, where it listens, TLS, and one server for a directory."""

import re
import shlex
import socket
import subprocess
from dataclasses import replace
from http.client import HTTPException

import pytest
from botocore.exceptions import SSLError

from harness.account import REGION, Account
from harness.findings import FIXTURES
from harness.incidents import create_plan, incident_client, record, start
from harness.process import ADMINISTRATOR, Server, balefire, binary, create_account, environment, first_start
from harness.wire import assert_refused, refusal, send


@pytest.fixture
def serve(fresh_store):
    """Starts servers, and sees to it that none outlives its test."""
    started = []

    def start_server(*options, store=fresh_store, variables=None):
        server = Server(store, *options, variables=variables)
        started.append(server)
        return server

    yield start_server
    for server in started:
        if server.process.poll() is None:
            server.kill()


def test_an_empty_server_answers(serve, capsys):
    server = serve()
    health = send(server.endpoint, "GET", "/health")
    assert (health.status, health.body) == (200, b"ok\n")
    assert len(server.printed) == 2 and server.administrator.id in server.printed[0]
    assert server.administrator.secret_access_key not in "".join(server.printed)
    with capsys.disabled():
        print(f" [{server.store.engine}: an empty server has {server.memory_kib()} KiB] ", end="")
    server.stop()


def test_the_first_start_makes_a_key_and_shows_it_once(serve):
    server = serve(variables={})
    shown = "".join(server.printed)
    words = dict(word.split("=", 1) for word in shlex.split(shown.replace("'", "")) if "=" in word)
    assert words["AWS_ENDPOINT_URL"] == server.endpoint
    assert len(words["AWS_SECRET_ACCESS_KEY"]) >= 40
    id = re.search(r"Account (\d{12}) was made", shown).group(1)
    first = Account(id, words["AWS_ACCESS_KEY_ID"], words["AWS_SECRET_ACCESS_KEY"], server.endpoint)
    caller = first.client("sts").get_caller_identity()
    assert caller["Account"] == id and caller["Arn"].startswith(f"arn:aws:iam::{id}:")
    server.stop()
    # Keys of the environment are for empty stores only: this one has its account.
    server = serve()
    assert server.printed == [f"Balefire listens at {server.endpoint}\n"]
    first = server.at(first)
    assert first.client("sts").get_caller_identity()["Account"] == id
    refusal(
        server.administrator.client("ssm-incidents").list_incident_records, "UnrecognizedClientException", 403
    )
    for file in server.store.directory.rglob("*"):
        assert not file.is_file() or first.secret_access_key.encode() not in file.read_bytes(), file
    server.stop()


def test_a_server_with_another_sealing_key_does_not_start(serve, fresh_store):
    serve().stop()
    file = fresh_store.directory / "sealing.key"
    key = file.read_text().strip()
    # It is lost: the start makes another, which opens nothing, and so does any other.
    file.unlink()
    other = {"BALEFIRE_SEALING_KEY": "A" * 43 + "="}
    start = ["serve", "--listen", "127.0.0.1:0", *fresh_store.arguments()]
    for variables in [first_start(), other]:
        done = balefire(*start, variables=variables)
        assert done.returncode == 1 and "BALEFIRE_SEALING_KEY" in done.stderr, done
        assert ADMINISTRATOR.access_key_id in done.stderr and done.stdout == "", done
    # Nor is one more key sealed by it.
    done = balefire("admin", "create-key", ADMINISTRATOR.id, *fresh_store.arguments(), variables=other)
    assert done.returncode == 1 and "deactivate-key" in done.stderr, done
    server = serve(variables={"BALEFIRE_SEALING_KEY": key})
    assert server.administrator.client("sts").get_caller_identity()["Account"] == ADMINISTRATOR.id
    server.stop()
    # Without the key there is a way on: keys of its own.
    for command in [["deactivate-key", ADMINISTRATOR.access_key_id], ["create-key", ADMINISTRATOR.id]]:
        done = balefire("admin", *command, *fresh_store.arguments(), variables=other)
        assert done.returncode == 0, done
    serve(variables=other).stop()


def test_the_first_key_is_shown_by_the_first_server_that_starts(fresh_store, serve, tmp_path):
    arguments = fresh_store.arguments()
    config = tmp_path / "balefire.toml"
    config.write_text(
        '[hooks.x]\nkind = "findings"\nregion = "us-east-1"\naccount = "999999999999"\n'
        'token = { env = "TOKEN" }\n'
    )
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = ["--listen", f"127.0.0.1:{taken.getsockname()[1]}"]
        for late, said in [(listen, "in use"), (["--listen", "127.0.0.1:0", "--config", config], "hooks.x")]:
            done = balefire("serve", *late, *arguments, variables={"TOKEN": "t" * 32})
            assert done.returncode == 1 and said in done.stderr and done.stdout == "", done
    # Who gives a key later is too late: the account has one, and it is shown.
    server = serve()
    shown = "".join(server.printed)
    words = dict(word.split("=", 1) for word in shlex.split(shown.replace("'", "")) if "=" in word)
    id = re.search(r"Account (\d{12}) was made", shown).group(1)
    first = Account(id, words["AWS_ACCESS_KEY_ID"], words["AWS_SECRET_ACCESS_KEY"], server.endpoint)
    assert first.client("sts").get_caller_identity()["Account"] == id
    server.stop()
    server = serve(variables={})
    assert server.printed == [f"Balefire listens at {server.endpoint}\n"]
    server.stop()


@pytest.mark.parametrize(
    "command",
    [
        ["findings", "--as-of", "2026-11-30T00:00:00Z"],
        ["import", FIXTURES / "findings.json"],
        ["admin", "list-accounts"],
        ["admin", "create-account", "222200000001"],
    ],
)
def test_other_commands_make_no_store(fresh_store, command):
    done = balefire(*command, *fresh_store.arguments())
    assert done.returncode == 1 and "no store yet" in done.stderr and done.stdout == "", done
    assert not fresh_store.directory.exists()


@pytest.mark.parametrize(
    "command",
    [
        ["findings", "--as-of", "2026-11-30T00:00:00Z"],
        ["rules", "test", "arn:aws:securityhub:us-east-1:111122223333:automation-rulev2/x"],
        ["deliveries", "list"],
        ["admin", "list-accounts"],
        ["admin", "create-key", "111122223333"],
    ],
)
def test_what_works_on_a_store_makes_none_whatever_key_is_set(fresh_store, command):
    done = balefire(*command, *fresh_store.arguments(), variables=first_start())
    assert done.returncode == 1 and "no store yet" in done.stderr and done.stdout == "", done
    assert "balefire serve" in done.stderr and not fresh_store.directory.exists()


def test_what_brings_something_in_says_that_it_made_the_store(fresh_store):
    command = ["import", FIXTURES / "findings.json", *fresh_store.arguments()]
    made = balefire(*command, variables=first_start())
    assert made.returncode == 0 and "a new one was made" in made.stderr, made
    where = "the database" if fresh_store.database else str(fresh_store.directory)
    assert where in made.stderr and "111122223333" in made.stderr
    again = balefire(*command, variables=first_start())
    assert again.returncode == 0 and "made" not in again.stderr, again


@pytest.mark.parametrize(
    "variables, said",
    [
        ({"BALEFIRE_ACCOUNT_ID": "123"}, "BALEFIRE_ACCOUNT_ID"),
        ({"BALEFIRE_ACCESS_KEY_ID": "AKIABLACKBOXADMIN000"}, "BALEFIRE_SECRET_ACCESS_KEY"),
        (first_start() | {"BALEFIRE_SECRET_ACCESS_KEY": "short"}, "BALEFIRE_SECRET_ACCESS_KEY"),
        (first_start() | {"BALEFIRE_ACCESS_KEY_ID": "key"}, "BALEFIRE_ACCESS_KEY_ID"),
    ],
)
def test_a_first_start_with_bad_variables(fresh_store, variables, said):
    done = balefire("serve", "--listen", "127.0.0.1:0", *fresh_store.arguments(), variables=variables)
    assert done.returncode == 1 and said in done.stderr and done.stdout == "", done


def test_accounts_and_keys_are_administered(fresh_store, serve):
    member = create_account(fresh_store, "222200000001", "web team")
    listed = balefire("admin", "list-accounts", *fresh_store.arguments())
    assert re.search(r"^111122223333 +administrator", listed.stdout, re.MULTILINE)
    assert re.search(r"^222200000001 +member +web team$", listed.stdout, re.MULTILINE)
    create_account(fresh_store, member.id, "shop team")
    create_account(fresh_store, member.id)
    named = balefire("admin", "list-accounts", *fresh_store.arguments())
    assert re.search(r"^222200000001 +member +shop team$", named.stdout, re.MULTILINE)
    made = balefire("admin", "create-key", member.id, "--user-name", "robot", *fresh_store.arguments())
    words = dict(word.split("=", 1) for word in shlex.split(made.stdout) if "=" in word)
    robot = Account(member.id, words["AWS_ACCESS_KEY_ID"], words["AWS_SECRET_ACCESS_KEY"])
    gone = balefire("admin", "deactivate-key", member.access_key_id, *fresh_store.arguments())
    assert gone.returncode == 0, gone.stderr
    server = serve()
    assert server.at(robot).client("sts").get_caller_identity()["Arn"].endswith("/robot")
    incidents = server.at(member).client("ssm-incidents")
    refusal(incidents.list_incident_records, "UnrecognizedClientException", 403)
    server.stop()
    for wrong in [
        ["create-account", "12"],
        ["create-key", "999999999999"],
        ["deactivate-key", "AKIANOBODYKNOWSTHIS0"],
    ]:
        done = balefire("admin", *wrong, *fresh_store.arguments())
        assert done.returncode == 1 and wrong[1] in done.stderr and done.stdout == "", done


def test_a_stopped_server_goes_on_where_it_was(serve):
    server = serve()
    client = incident_client(server.administrator)
    plan = create_plan(client, dedupeString="one")
    arn = start(client, plan, clientToken="token")
    before = record(client, arn)
    server.stop()
    server = serve()
    client = server.administrator.client("ssm-incidents")
    assert record(client, arn) == before
    assert start(client, plan, clientToken="token") == arn
    assert start(client, plan) == arn
    server.stop()


def test_a_directory_has_one_server(serve, fresh_store, tmp_path):
    server = serve()
    second = ["serve", "--listen", "127.0.0.1:0", *fresh_store.arguments()]
    if fresh_store.engine == "sqlite":
        done = balefire(*second, variables=first_start())
        assert done.returncode == 1 and done.stdout == "", done
        assert "locked" in done.stderr and str(fresh_store.directory) in done.stderr
        for command in [["admin", "list-accounts"], ["admin", "create-account", "222200000001"]]:
            done = balefire(*command, *fresh_store.arguments())
            assert done.returncode == 1 and "locked" in done.stderr, done
    else:
        # Servers that share a database are equal, with the same sealing key.
        other = serve(store=replace(fresh_store))
        client = incident_client(server.administrator)
        arn = start(client, create_plan(client))
        assert record(other.administrator.client("ssm-incidents"), arn) == record(client, arn)
        other.stop()
    assert send(server.endpoint, "GET", "/health").status == 200
    server.stop()


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0"])
def test_other_machines_are_not_served_without_tls(fresh_store, serve, address):
    done = balefire("serve", "--listen", address, *fresh_store.arguments(), variables=first_start())
    assert done.returncode == 1 and done.stdout == ""
    assert "--tls-cert" in done.stderr and "--insecure-http" in done.stderr
    assert not fresh_store.directory.exists(), "a refused start makes nothing"
    if address.startswith("0"):
        server = serve("--listen", address, "--insecure-http")
        port = server.endpoint.rsplit(":", 1)[1]
        assert send(f"http://127.0.0.1:{port}", "GET", "/health").status == 200


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for 127.0.0.1 and its key."""
    directory = tmp_path_factory.mktemp("tls")
    certificate, key = directory / "cert.pem", directory / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=balefire"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def test_tls(serve, certificate):
    cert, key = certificate
    server = serve("--listen", "0.0.0.0:0", "--tls-cert", cert, "--tls-key", key)
    assert server.endpoint.startswith("https://0.0.0.0:")
    endpoint = server.endpoint.replace("0.0.0.0", "127.0.0.1")
    administrator = replace(server.administrator, endpoint=endpoint)
    client = administrator.client("ssm-incidents", verify=str(cert))
    client.create_replication_set(regions={REGION: {}})
    arn = start(client, create_plan(client))
    assert record(client, arn)["status"] == "OPEN"
    with pytest.raises(SSLError, match="certificate verify failed"):
        administrator.client("ssm-incidents").list_incident_records()
    # Plain HTTP at the same port is no way around.
    with pytest.raises((OSError, HTTPException)):
        send(endpoint.replace("https", "http"), "GET", "/health")
    server.stop()


def test_tls_files_that_do_not_work(fresh_store, certificate, tmp_path):
    cert, key = certificate
    other = tmp_path / "text.pem"
    other.write_text("no certificate\n")
    for options, said in [
        (["--tls-cert", cert], "--tls-key"),
        (["--tls-cert", other, "--tls-key", key], str(other)),
        (["--tls-cert", cert, "--tls-key", other], str(other)),
        (["--tls-cert", tmp_path / "missing.pem", "--tls-key", key], "missing.pem"),
    ]:
        done = balefire("serve", "--listen", "127.0.0.1:0", *options, *fresh_store.arguments())
        assert done.returncode != 0 and said in done.stderr and done.stdout == "", done


def test_the_console_is_for_known_hosts(serve):
    server = serve()
    strange = send(server.endpoint, "GET", "/console", headers={"Host": "rebound.example"})
    assert strange.status == 421
    # Calls are guarded by their signatures, whatever the host.
    refused = send(server.endpoint, "GET", "/getIncidentRecord", headers={"Host": "rebound.example"})
    assert_refused(refused, 403, "MissingAuthenticationTokenException")
    server.stop()


def test_unsigned_calls_of_sts_are_answered_in_its_form(serve):
    server = serve()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    not_yet, missing = (501, "NotImplementedException"), (403, "MissingAuthenticationToken")
    for method, target, body, expected in [
        ("POST", "/", b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=r", not_yet),
        ("POST", "/", b"Version=2011-06-15&Action=AssumeRoleWithSAML", not_yet),
        ("POST", "/", b"Action=GetCallerIdentity&Version=2011-06-15", missing),
        ("POST", "/", b"Action=AssumeRole&Version=2011-06-15", missing),
        ("GET", "/?Action=GetCallerIdentity&Version=2011-06-15", b"", missing),
    ]:
        answer = send(server.endpoint, method, target, body, form)
        assert (answer.status, answer.headers["x-amzn-errortype"]) == expected, (target, body, answer)
        assert answer.headers["content-type"] == "text/xml" and len(answer.headers["x-amzn-requestid"]) == 36
        assert f"<Code>{expected[1]}</Code>".encode() in answer.body, answer
    # The console's own forms go on.
    assert send(server.endpoint, "POST", "/", b"to=here", form).status == 405
    signing_in = send(server.endpoint, "POST", "/console/sign-in", b"access_key_id=a&Action=x", form)
    assert "x-amzn-errortype" not in signing_in.headers and b"<html" in signing_in.body
    server.stop()


def test_logs_are_quiet_unless_asked(serve):
    server = serve(variables=first_start() | {"BALEFIRE_LOG": "debug"})
    client = incident_client(server.administrator)
    start(client, create_plan(client))
    server.stop()  # which looks for secrets in the log


def test_help_names_every_command():
    done = subprocess.run([binary(), "--help"], env=environment(), capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    for command in ["serve", "demo", "import", "feeds", "scan", "admin"]:
        assert re.search(rf"^  {command} ", done.stdout, re.MULTILINE), command
