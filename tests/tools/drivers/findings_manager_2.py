"""awsfindingsmanagerlib 2.x: a rules document over all findings, or over one."""

import json
import sys
from dataclasses import asdict

import boto3
from awsfindingsmanagerlib.manager import Manager


def main(document, finding=None):
    manager = Manager.from_rules_document(document, boto3.client("securityhub"))
    if finding:
        return asdict(manager.process_finding(finding))
    return {"success": manager.get_and_update_all()}


print(json.dumps(main(**json.load(sys.stdin))))
