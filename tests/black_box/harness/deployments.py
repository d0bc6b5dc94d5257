"""Events of deployments and stack updates, as CodeDeploy and CloudFormation send them."""

import json

from .account import REGION
from .wire import eventually


def deployment(account, deployment_id, state, at, source="aws.codedeploy"):
    """A deployment of CodeDeploy reached a state."""
    return {
        "Source": source,
        "DetailType": "CodeDeploy Deployment State-change Notification",
        "Time": at,
        "Resources": [
            group_arn(account),
            f"arn:aws:codedeploy:{REGION}:{account.id}:application:shop",
        ],
        "Detail": json.dumps(
            {
                "region": REGION,
                "deploymentId": deployment_id,
                "instanceGroupId": "9f6c1c5c-0000-4000-8000-000000000000",
                "deploymentGroup": "blue",
                "state": state,
                "application": "shop",
            }
        ),
    }


def group_arn(account):
    return f"arn:aws:codedeploy:{REGION}:{account.id}:deploymentgroup:shop/blue"


def stack_arn(account, name):
    return f"arn:aws:cloudformation:{REGION}:{account.id}:stack/{name}/6c0d0d30-0000-4000-8000-000000000000"


def stack_update(account, name, status, at, token="update-1", source="aws.cloudformation"):
    """A stack of CloudFormation has another status."""
    return {
        "Source": source,
        "DetailType": "CloudFormation Stack Status Change",
        "Time": at,
        "Resources": [stack_arn(account, name)],
        "Detail": json.dumps(
            {
                "stack-id": stack_arn(account, name),
                "status-details": {"status": status, "status-reason": ""},
                "client-request-token": token,
            }
        ),
    }


def form(service, deployment_id, status, at, source="ci", **more):
    """A pipeline tells of a deployment in the plain form."""
    detail = {"id": deployment_id, "service": service, "status": status, **more}
    return {
        "Source": source,
        "DetailType": "Deployment State Change",
        "Time": at,
        "Detail": json.dumps(detail),
    }


def put(account, *entries):
    """Sends events; each must be accepted."""
    answer = account.client("events").put_events(Entries=list(entries))
    assert answer["FailedEntryCount"] == 0, answer
    assert len({entry["EventId"] for entry in answer["Entries"]}) == len(entries)


def findings(client, arn):
    """The findings of an incident by what was deployed, with the ids that the list gives."""
    ids = []
    for page in client.get_paginator("list_incident_findings").paginate(incidentRecordArn=arn):
        ids += [summary["id"] for summary in page["findings"]]
    if not ids:
        return {}
    answer = client.batch_get_incident_findings(incidentRecordArn=arn, findingIds=ids)
    assert answer["errors"] == []
    assert [finding["id"] for finding in answer["findings"]] == ids
    return {_deployed(finding["details"]): finding for finding in answer["findings"]}


def _deployed(details):
    (kind,) = details
    return details[kind].get("deploymentId") or details[kind]["stackArn"].split("/")[1]


def findings_with(client, arn, *names):
    """Waits until these are among the findings: events are taken in after PutEvents has answered."""

    def probe():
        found = findings(client, arn)
        return found if set(names) <= set(found) else None

    return eventually(probe, f"findings {names}")
