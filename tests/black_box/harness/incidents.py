"""What tests of incidents begin with."""

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
