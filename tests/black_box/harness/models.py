"""Every operation that the public models name, as an empty request."""

import json
import re
from dataclasses import dataclass, field

import botocore.session

from .wire import call, target_call

# STS is here for one operation.
SERVICES = ["events", "inspector-scan", "inspector2", "securityhub", "ssm-contacts", "ssm-incidents"]

# Errors of a whole service, which its model lists at no operation.
COMMON_ERRORS = {"events": frozenset({"ValidationException"})}


@dataclass(frozen=True)
class Operation:
    """An operation of a model, with `x` in each place of its path."""

    service: str
    name: str
    method: str
    target: str
    by_target_header: str = ""
    has_body: bool = True
    errors: frozenset = field(default=frozenset(), compare=False)

    def call(self, account):
        if self.by_target_header:
            return target_call(account, self.by_target_header, b"{}")
        return call(account, self.service, self.method, self.target, b"{}" if self.has_body else b"")


def operations():
    """All operations of these services."""
    session = botocore.session.get_session()
    found = []
    for service in SERVICES:
        model = session.get_service_model(service)
        for name in model.operation_names:
            operation = model.operation_model(name)
            http = operation.http
            target = re.sub(r"\{[^}]+\}", "x", http["requestUri"])
            prefix = model.metadata.get("targetPrefix")
            errors = frozenset(shape.name for shape in operation.error_shapes)
            errors |= COMMON_ERRORS.get(service, frozenset())
            by_header = f"{prefix}.{name}" if prefix else ""
            members = operation.input_shape.members if operation.input_shape else {}
            has_body = any("location" not in member.serialization for member in members.values())
            found.append(Operation(service, name, http["method"], target, by_header, has_body, errors))
    return found


def answered(account):
    """The operations that the server answers, by service and name; the others say that they are not there."""
    return {(o.service, o.name) for o in operations() if o.call(account).status != 501}


def nested(depth):
    """JSON arrays in each other."""
    return "[" * depth + "]" * depth


def with_member(name, text):
    """A body with one member of raw JSON text."""
    return f"{{{json.dumps(name)}: {text}}}".encode()
