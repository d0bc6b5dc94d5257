"""Requests made by hand: signed, wrongly signed or not signed, and what is expected of refusals."""

import http.client
import json
import ssl
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

import botocore.auth
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from .account import REGION

POLL_S = 0.02
DEADLINE_S = 30


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict
    body: bytes

    def json(self):
        return json.loads(self.body)


def send(endpoint, method, target, body=b"", headers=None):
    """Sends bytes as they are; nothing is encoded, added or repeated but Host and Content-Length."""
    with connection(endpoint) as opened:
        opened.request(method, target, body=body, headers=headers or {})
        return read_answer(opened)


@contextmanager
def connection(endpoint, context=None):
    parts = urlsplit(endpoint)
    if parts.scheme == "https":
        context = context or ssl.create_default_context()
        opened = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=DEADLINE_S, context=context)
    else:
        opened = http.client.HTTPConnection(parts.hostname, parts.port, timeout=DEADLINE_S)
    try:
        yield opened
    finally:
        opened.close()


def read_answer(opened):
    """The answer to what was sent on a connection. Header names are in lower case."""
    response = opened.getresponse()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, response.read())


def signed(account, service, method, target, body=b"", headers=None, region=REGION):
    """The headers of a request with its signature."""
    request = AWSRequest(method, account.endpoint + target, headers=headers or {}, data=body)
    SigV4Auth(_credentials(account), service, region).add_auth(request)
    return dict(request.headers.items())


def presigned(account, service, target, expires_s, region=REGION):
    """The target of a GET with the signature in its query."""
    request = AWSRequest("GET", account.endpoint + target)
    SigV4QueryAuth(_credentials(account), service, region, expires=expires_s).add_auth(request)
    parts = urlsplit(request.url)
    return f"{parts.path}?{parts.query}"


def call(account, service, method, target, body=b"", region=REGION, media_type="application/json"):
    """A signed request with a JSON body, given as bytes or as what JSON can hold."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    headers = {"Content-Type": media_type} if body else {}
    headers = signed(account, service, method, target, body, headers, region)
    return send(account.endpoint, method, target, body, headers)


def target_call(account, target, body, region=REGION):
    """A signed call of a service that is asked by X-Amz-Target."""
    service = {"AWSEvents": "events", "SSMContacts": "ssm-contacts"}[target.split(".")[0]]
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target}
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = signed(account, service, "POST", "/", body, headers, region)
    return send(account.endpoint, "POST", "/", body, headers)


def _credentials(account):
    return Credentials(account.access_key_id, account.secret_access_key)


@contextmanager
def clock_moved_by(**duration):
    """Signs as if the client's clock were wrong."""
    now = botocore.auth.get_current_datetime
    moved = timedelta(**duration)
    with patch("botocore.auth.get_current_datetime", lambda *a, **k: now(*a, **k) + moved):
        yield


def assert_refused(answer, status, code):
    """Every refusal names itself in the header, says why in JSON, and has an id for the log."""
    assert (answer.status, answer.headers.get("x-amzn-errortype")) == (status, code), answer
    assert answer.headers["content-type"].startswith("application/"), answer
    assert "json" in answer.headers["content-type"], answer
    assert len(answer.headers["x-amzn-requestid"]) == 36, answer
    body = answer.json()
    message = body.get("message") or body.get("Message")
    assert message and isinstance(message, str), answer
    return message


def refusal(operation, code, status=None, /, **parameters):
    """The error with which a boto3 call is refused; gives the whole parsed answer."""
    with pytest.raises(ClientError) as caught:
        operation(**parameters)
    response = caught.value.response
    error, metadata = response["Error"], response["ResponseMetadata"]
    assert error["Code"] == code, response
    assert status is None or metadata["HTTPStatusCode"] == status, response
    assert metadata["HTTPHeaders"]["x-amzn-errortype"] == code, response
    assert len(metadata["RequestId"]) == 36, response
    assert error["Message"], response
    return response


def eventually(probe, what):
    """Asks again until there is an answer that is true, and gives that; fails after a deadline."""
    end = time.monotonic() + DEADLINE_S
    while True:
        found = probe()
        if found:
            return found
        assert time.monotonic() < end, f"not within {DEADLINE_S} s: {what}; last seen: {found!r}"
        time.sleep(POLL_S)
