"""Incoming webhooks: how they are set, and what senders post to them."""

import base64
import hashlib
import hmac
import json
import time

from .account import REGION
from .wire import send

TOKEN = "the-token-of-the-black-box-tests"
KEY = b"the key of the black-box tests"
SECRET = "whsec_" + base64.b64encode(KEY).decode()

# What a server with these hooks needs to know.
VARIABLES = {"HOOK_TOKEN": TOKEN, "HOOK_SECRET": SECRET}


def configuration(account_id, plan):
    """The text of a balefire.toml with hooks `alerts` and `any`, in the name of this account."""
    common = [f'account = "{account_id}"', f'region = "{REGION}"', f'plan = "{plan}"']
    token, secret = 'token = { env = "HOOK_TOKEN" }', 'secret = { env = "HOOK_SECRET" }'
    alerts = ["[hooks.alerts]", 'kind = "alertmanager"', "auto_resolve = true", *common, token]
    anything = ["[hooks.any]", 'kind = "generic"', *common, secret]
    return "\n".join([*alerts, *anything, ""])


def post(server, hook, message, headers):
    """Posts a message, given as bytes or as what JSON can hold."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    headers = {"Content-Type": "application/json"} | headers
    return send(server.endpoint, "POST", f"/hooks/{hook}", body, headers)


def bearer(token=TOKEN):
    return {"Authorization": f"Bearer {token}"}


def signed(message_id, body, key=KEY, late_s=0):
    """The headers of Standard Webhooks."""
    at = int(time.time()) - late_s
    code = hmac.digest(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256)
    signature = "v1," + base64.b64encode(code).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": signature}


def group(status, *instances, since="2026-01-01T00:00:00Z"):
    """What Alertmanager posts of a group whose alerts all have this status."""
    alerts = [
        {
            "status": status,
            "labels": {"alertname": "DiskFull", "instance": instance},
            "annotations": {"summary": "A disk is full"},
            "startsAt": since,
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus:9090/graph?g0.expr=disk",
            "fingerprint": hashlib.md5(instance.encode()).hexdigest()[:16],
        }
        for instance in instances
    ]
    return {
        "version": "4",
        "groupKey": '{}:{alertname="DiskFull"}',
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "balefire",
        "groupLabels": {"alertname": "DiskFull"},
        "commonLabels": {"alertname": "DiskFull"},
        "commonAnnotations": {"summary": "A disk is full"},
        "externalURL": "http://alertmanager:9093",
        "alerts": alerts,
    }
