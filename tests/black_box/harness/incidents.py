"""What tests of incidents begin with."""

import json
from datetime import UTC, datetime

from .account import REGION


def incident_client(account):
    """A client of an account that can have incidents."""
    client = account.client("ssm-incidents")
    client.create_replication_set(regions={REGION: {}})
    return client


def create_plan(client, name="shop-down", **template):
    """Creates a response plan and gives its ARN."""
    template = {"title": "The shop is down", "impact": 2} | template
    return client.create_response_plan(name=name, incidentTemplate=template)["arn"]


def start(client, plan, **parameters):
    return client.start_incident(responsePlanArn=plan, **parameters)["incidentRecordArn"]


def record(client, arn):
    return client.get_incident_record(arn=arn)["incidentRecord"]


def write(client, incident, data="seen", at=None, **parameters):
    """Writes a note into the timeline and gives its id."""
    parameters = {"eventType": "Note", "eventTime": at or datetime.now(UTC)} | parameters
    made = client.create_timeline_event(incidentRecordArn=incident, eventData=json.dumps(data), **parameters)
    assert made["incidentRecordArn"] == incident
    return made["eventId"]


def policy(plan, account_id, actions):
    """A policy that allows an account these actions on a plan and its incidents."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": account_id},
        "Action": [f"ssm-incidents:{action}" for action in actions],
        "Resource": [plan, plan.replace(":response-plan/", ":incident-record/") + "/*"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def share(client, plan, account_id, actions):
    """Puts such a policy and gives its id."""
    document = policy(plan, account_id, actions)
    return client.put_resource_policy(resourceArn=plan, policy=document)["policyId"]


def pages(operation, key, **parameters):
    """All pages of a list, each as its items; follows the token to its end."""
    found, token = [], {}
    while True:
        page = operation(**parameters, **token)
        found.append(page[key])
        name = "NextToken" if "NextToken" in page else "nextToken"
        if not page.get(name):
            return found
        token = {name: page[name]}
        assert len(found) < 1000, "paging does not end"
