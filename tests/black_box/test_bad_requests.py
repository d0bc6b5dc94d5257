"""Requests that must be refused: by their signature, their route, their body or their size."""

import json
import socket
import threading
from dataclasses import replace
from http.client import HTTPResponse
from pathlib import Path
from select import select
from urllib.parse import quote, urlsplit

import pytest

from harness.findings import made_up
from harness.incidents import create_plan, incident_client, record, start
from harness.models import nested, operations, with_member
from harness.wire import (
    Answer,
    assert_refused,
    call,
    clock_moved_by,
    connection,
    presigned,
    read_answer,
    refusal,
    send,
    signed,
    target_call,
)

MEMBERS = 24
BODY_BYTES_MAX = 8 << 20
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def incident(account):
    """An account with an incident, and the target at which it is read."""
    client = incident_client(account)
    arn = start(client, create_plan(client))
    return account, f"/getIncidentRecord?arn={quote(arn, safe='')}"


def refused_and_unharmed(server, refused, status, code):
    message = assert_refused(refused, status, code)
    assert send(server.endpoint, "GET", "/health").status == 200
    return message


def test_unsigned_requests(server, incident):
    account, target = incident
    for method, path, headers in [
        ("GET", target, {}),
        ("POST", "/startIncident", JSON),
        ("PATCH", "/findingsv2/batchupdatev2", JSON),
        ("POST", "/findings/import", JSON),
        ("POST", "/no/such/operation", JSON),
    ]:
        refused = send(account.endpoint, method, path, b"" if method == "GET" else b"{}", headers)
        refused_and_unharmed(server, refused, 403, "MissingAuthenticationTokenException")
    target_header = {"X-Amz-Target": "AWSEvents.PutEvents", "Content-Type": "application/x-amz-json-1.1"}
    refused = send(account.endpoint, "POST", "/", b"{}", target_header)
    assert_refused(refused, 403, "MissingAuthenticationTokenException")


def test_keys_that_do_not_fit(server, incident):
    account, target = incident
    assert call(account, "ssm-incidents", "GET", target).status == 200
    wrong_secret = replace(account, secret_access_key=account.secret_access_key[:-1] + "~")
    refused = call(wrong_secret, "ssm-incidents", "GET", target)
    message = refused_and_unharmed(server, refused, 403, "InvalidSignatureException")
    assert "secret" in message and account.secret_access_key not in message
    unknown_key = replace(account, access_key_id="AKIANOBODYKNOWSTHIS0")
    refused_and_unharmed(
        server, call(unknown_key, "ssm-incidents", "GET", target), 403, "UnrecognizedClientException"
    )
    # boto3 names the errors in the same way.
    refusal(wrong_secret.client("ssm-incidents").list_incident_records, "InvalidSignatureException", 403)
    refusal(unknown_key.client("securityhub").get_findings_v2, "UnrecognizedClientException", 403)
    refusal(unknown_key.client("inspector2").list_findings, "UnrecognizedClientException", 403)
    refusal(
        unknown_key.client("events").put_events, "UnrecognizedClientException", 403, Entries=[{"Source": "a"}]
    )


def test_the_scope_must_fit_the_request(server, incident):
    account, target = incident
    # Signed for another service, the path is another service's too.
    refused = call(account, "securityhub", "GET", target)
    assert_refused(refused, 404, "UnknownOperationException")
    refused = call(account, "dynamodb", "GET", target)
    assert_refused(refused, 403, "InvalidSignatureException")
    headers = signed(account, "ssm-incidents", "GET", target)
    for part, swapped in [
        ("/ssm-incidents/", "/securityhub/"),
        ("/us-east-1/", "/eu-west-1/"),
        ("aws4_", "aws5_"),
    ]:
        authorization = headers["Authorization"].replace(part, swapped)
        refused = send(account.endpoint, "GET", target, headers=headers | {"Authorization": authorization})
        assert_refused(refused, 403, "InvalidSignatureException")
    for odd in [
        "",
        "Basic dXNlcjpwYXNz",
        "AWS4-HMAC-SHA256",
        headers["Authorization"].split("Signature=")[0],
    ]:
        refused = send(account.endpoint, "GET", target, headers=headers | {"Authorization": odd})
        assert_refused(refused, 403, "IncompleteSignatureException")
    tokened = signed(
        account, "ssm-incidents", "GET", target, headers={"X-Amz-Security-Token": "no such session"}
    )
    assert_refused(send(account.endpoint, "GET", target, headers=tokened), 403, "UnrecognizedClientException")


@pytest.mark.parametrize(
    "minutes, good", [(-14, True), (14, True), (-16, False), (16, False), (-1500, False)]
)
def test_the_clients_clock_may_be_15_minutes_off(server, incident, minutes, good):
    account, target = incident
    with clock_moved_by(minutes=minutes):
        answered = call(account, "ssm-incidents", "GET", target)
    if good:
        assert answered.status == 200
    else:
        message = refused_and_unharmed(server, answered, 403, "InvalidSignatureException")
        assert "clock" in message
    if minutes == 16:
        with clock_moved_by(minutes=minutes):
            client = account.client("ssm-incidents")
            refusal(client.list_incident_records, "InvalidSignatureException", 403)


def test_what_was_signed_must_be_what_arrives(server, account):
    client = incident_client(account)
    plan = create_plan(client)
    body = json.dumps({"responsePlanArn": plan, "title": "As signed"}).encode()
    headers = signed(account, "ssm-incidents", "POST", "/startIncident", body, JSON)

    def tampered(method="POST", target="/startIncident", body=body, **changed):
        return send(account.endpoint, method, target, body, headers | changed)

    moved = headers["X-Amz-Date"][:-3] + ("00Z" if headers["X-Amz-Date"][-3:] != "00Z" else "01Z")
    for refused in [
        tampered(body=body.replace(b"As signed", b"Tampered!")),
        tampered(body=b""),
        tampered(target="/startIncident?x=1"),
        tampered(target="/createResponsePlan"),
        tampered(method="PUT"),
        tampered(**{"X-Amz-Date": moved}),
        tampered(**{"X-Amz-Meta": "added"}),
        tampered(**{"X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD"}),
        tampered(Host="other.example"),
    ]:
        refused_and_unharmed(server, refused, 403, "InvalidSignatureException")
    assert client.list_incident_records()["incidentRecordSummaries"] == []
    assert tampered().status == 200, "untouched it is good"


def test_presigned_requests(server, incident, account):
    account, target = incident
    link = presigned(account, "ssm-incidents", target, 60)
    found = send(account.endpoint, "GET", link)
    assert found.status == 200 and found.json()["incidentRecord"]["status"] == "OPEN"
    assert_refused(send(account.endpoint, "GET", link + "&x=1"), 403, "InvalidSignatureException")
    raised = link.replace("X-Amz-Expires=60", "X-Amz-Expires=6000")
    assert raised != link
    assert_refused(send(account.endpoint, "GET", raised), 403, "InvalidSignatureException")
    assert_refused(send(account.endpoint, "POST", link), 403, "InvalidSignatureException")
    with clock_moved_by(minutes=-5):
        expired = presigned(account, "ssm-incidents", target, 60)
        still_good = presigned(account, "ssm-incidents", target, 3600)
    message = refused_and_unharmed(
        server, send(account.endpoint, "GET", expired), 403, "InvalidSignatureException"
    )
    assert "expired" in message
    assert send(account.endpoint, "GET", still_good).status == 200
    for seconds in [0, -1, 7 * 24 * 3600 + 1]:
        odd = presigned(account, "ssm-incidents", target, seconds)
        assert_refused(send(account.endpoint, "GET", odd), 403, "IncompleteSignatureException")
    both = signed(account, "ssm-incidents", "GET", target)
    assert_refused(send(account.endpoint, "GET", link, headers=both), 403, "IncompleteSignatureException")


def test_operations_that_are_not_answered_are_named(server, account):
    not_there, there = [], []
    for operation in operations():
        answered = operation.call(account)
        if answered.status == 501:
            message = assert_refused(answered, 501, "NotImplementedException")
            assert f"{operation.service}:{operation.name} " in message
            not_there.append(operation.name)
        else:
            there.append(operation)
            if answered.status >= 400:
                code = answered.headers["x-amzn-errortype"]
                assert_refused(answered, answered.status, code)
                # An error that the model does not list is one that no client is written for.
                assert code in operation.errors, (operation, answered)
            else:
                assert answered.body == b"" or answered.json() is not None
    print(f"{len(there)} operations are answered, {len(not_there)} are not yet")
    assert len(there) >= 27


def test_what_no_model_knows(server, account):
    for service, method, target in [
        ("ssm-incidents", "POST", "/noSuchOperation"),
        ("ssm-incidents", "DELETE", "/startIncident"),
        ("ssm-incidents", "POST", "/startIncident/"),
        ("ssm-incidents", "GET", "/"),
        ("securityhub", "GET", "/findingsv2"),
        ("securityhub", "POST", "/startIncident"),
        ("inspector2", "POST", "/findings"),
        ("balefire", "POST", "/findings/export"),
    ]:
        answered = call(account, service, method, target, b"" if method == "GET" else b"{}")
        message = refused_and_unharmed(server, answered, 404, "UnknownOperationException")
        assert target in message
    assert_refused(target_call(account, "AWSEvents.NoSuchOperation", b"{}"), 404, "UnknownOperationException")
    assert_refused(
        target_call(account, "SSMContacts.NoSuchOperation", b"{}"), 404, "UnknownOperationException"
    )
    # What a path is normalised to for the signature must not be what is run.
    for target in ["/x/../startIncident", "/./startIncident", "//startIncident"]:
        answered = call(account, "ssm-incidents", "POST", target, b"{}")
        assert_refused(answered, 404, "UnknownOperationException")


@pytest.mark.parametrize(
    "body, said",
    [
        (b'{"responsePlanArn": "arn', "EOF"),
        (b'{"responsePlanArn": "a",}', ""),
        (b"{'responsePlanArn': 'a'}", ""),
        (b'{"responsePlanArn": "a"} trailing', "trailing"),
        (b"[]", "object"),
        (b"null", "object"),
        (b"\xff\xfe", ""),
        (b'{"responsePlanArn": "\xff"}', ""),
        (b'{"responsePlanArn": 5}', "responsePlanArn"),
        (b'{"responsePlanArn": "a", "impact": "1"}', "impact"),
        (b'{"responsePlanArn": "a", "impact": 1.5}', "impact"),
        (b'{"responsePlanArn": "a", "relatedItems": [null]}', "relatedItems"),
        (b'{"responsePlanArn": "a", "triggerDetails": {"source": "a", "timestamp": "now"}}', "timestamp"),
        (with_member("responsePlanArn", nested(200)), "responsePlanArn"),
        (with_member("relatedItems", nested(200)), "relatedItems"),
        (with_member("responsePlanArn", nested(100_000)), "responsePlanArn"),
    ],
    ids=lambda value: value[:40] if isinstance(value, bytes) else None,
)
def test_bodies_that_cannot_be_read(server, body, said):
    account = server.members[0]
    answered = call(account, "ssm-incidents", "POST", "/startIncident", body)
    assert said in refused_and_unharmed(server, answered, 400, "SerializationException")


def test_deep_json_is_refused_wherever_it_stands(server, account):
    account.client("securityhub").enable_security_hub_v2()
    for depth in [200, 100_000]:
        # Members that nobody knows are passed over, and what is needed is then missing.
        answered = call(account, "ssm-incidents", "POST", "/startIncident", with_member("x", nested(depth)))
        refused_and_unharmed(server, answered, 400, "ValidationException")
        answered = call(account, "ssm-incidents", "POST", "/startIncident", nested(depth).encode())
        refused_and_unharmed(server, answered, 400, "SerializationException")
        detail = {"Source": "a", "DetailType": "b", "Detail": with_member("x", nested(depth)).decode()}
        answered = target_call(account, "AWSEvents.PutEvents", {"Entries": [detail]})
        assert answered.status in (200, 400), answered
        if answered.status == 200:
            assert answered.json()["Entries"][0]["ErrorCode"] == "MalformedDetail"
        deep = json.dumps(made_up(1)).removesuffix("}") + f', "unmapped": {nested(depth)}}}'
        answered = call(account, "balefire", "POST", "/findings/import", with_member("Findings", f"[{deep}]"))
        assert answered.status == 200, answered
        (failed,) = answered.json()["Failed"]
        assert (failed["Index"], answered.json()["Created"]) == (0, 0) and failed["Reason"]
        sbom = with_member(
            "ResourceArn", '"arn:aws:ec2:us-east-1:%s:instance/i-0123456789abcdef0"' % account.id
        )
        sbom = sbom[:-1] + f', "Sbom": {{"bomFormat": "CycloneDX", "x": {nested(depth)}}}}}'.encode()
        answered = call(account, "balefire", "POST", "/resources/scan", sbom)
        assert "Sbom" in refused_and_unharmed(server, answered, 400, "ValidationException")
    assert call(account, "securityhub", "POST", "/findingsv2", b"{}").json()["Findings"] == []


def test_content_types(server, account):
    plan = create_plan(incident_client(account))
    body = {"responsePlanArn": plan}
    for good in ["application/json", "application/json; charset=utf-8"]:
        assert call(account, "ssm-incidents", "POST", "/startIncident", body, media_type=good).status == 200
    answered = call(account, "ssm-incidents", "POST", "/startIncident", body, media_type="text/xml")
    refused_and_unharmed(server, answered, 415, "UnsupportedMediaTypeException")
    headers = signed(
        account, "ssm-incidents", "POST", "/startIncident", b"{}", JSON | {"Content-Encoding": "gzip"}
    )
    answered = send(account.endpoint, "POST", "/startIncident", b"{}", headers)
    refused_and_unharmed(server, answered, 415, "UnsupportedMediaTypeException")


def test_bodies_of_just_under_and_over_8_mib(server, account):
    whole = json.dumps({"responsePlanArn": "a"}).encode()
    fitting = whole + b" " * (BODY_BYTES_MAX - len(whole))
    answered = call(account, "ssm-incidents", "POST", "/startIncident", fitting)
    refused_and_unharmed(server, answered, 400, "ValidationException")
    answered = call(account, "ssm-incidents", "POST", "/startIncident", fitting + b" ")
    message = refused_and_unharmed(server, answered, 413, "RequestEntityTooLargeException")
    assert str(BODY_BYTES_MAX) in message
    client = account.client("events")
    entry = {"Source": "a", "DetailType": "b", "Detail": "x" * (9 << 20)}
    refusal(client.put_events, "RequestEntityTooLargeException", 413, Entries=[entry])


def test_endless_bodies_do_not_fill_the_memory(server):
    if not Path("/proc/self/status").exists():
        pytest.skip("memory is read from /proc, which this system does not have")
    before_kib = server.memory_kib("VmRSS")
    answers = []
    senders = [threading.Thread(target=lambda: answers.append(stream(server.endpoint))) for _ in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    for sent_bytes, refused in answers:
        assert_refused(refused, 413, "RequestEntityTooLargeException")
        assert sent_bytes > BODY_BYTES_MAX
    assert len(answers) == 8
    peak_kib, after_kib = server.memory_kib("VmHWM"), server.memory_kib("VmRSS")
    print(f"RSS in KiB: {before_kib} before, {peak_kib} at most, {after_kib} after")
    # Each may hold what one request may have; that the rest was kept too would show many times over.
    assert peak_kib - before_kib < 8 * (BODY_BYTES_MAX >> 10) * 2
    assert send(server.endpoint, "GET", "/health").status == 200


def stream(endpoint, bytes_max=256 << 20):
    """Sends a body in chunks until there is an answer; gives how much was sent, and the answer."""
    parts = urlsplit(endpoint)
    block = b"x" * (64 << 10)
    chunk = b"%x\r\n%s\r\n" % (len(block), block)
    sent_bytes = 0
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as stream:
        head = "POST /startIncident HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: chunked\r\n\r\n" % parts.netloc
        stream.sendall(head.encode())
        while sent_bytes < bytes_max and not select([stream], [], [], 0)[0]:
            stream.sendall(chunk)
            sent_bytes += len(block)
        response = HTTPResponse(stream)
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return sent_bytes, Answer(response.status, headers, response.read())


def test_a_connection_outlives_a_refusal(server, incident):
    account, target = incident
    with connection(server.endpoint) as opened:
        opened.request("GET", target)
        assert_refused(read_answer(opened), 403, "MissingAuthenticationTokenException")
        opened.request("GET", target, headers=signed(account, "ssm-incidents", "GET", target))
        assert read_answer(opened).status == 200


def test_refused_writes_leave_nothing(server, incident):
    account, _ = incident
    client = account.client("ssm-incidents")
    (arn,) = [summary["arn"] for summary in client.list_incident_records()["incidentRecordSummaries"]]
    before = record(client, arn)
    raw = account.client("ssm-incidents", validate=False)
    for wrong in [{"impact": 0}, {"impact": 6}, {"status": "PAUSED"}, {"summary": "x" * 8001}]:
        refusal(raw.update_incident_record, "ValidationException", 400, arn=arn, title="Changed", **wrong)
    assert record(client, arn) == before
