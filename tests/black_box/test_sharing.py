"""Response plans that one account shares with another."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from harness.incidents import create_plan, incident_client, pages, policy, record, share, start, write
from harness.wire import refusal

MEMBERS = 24
DENIED = "AccessDeniedException"
NOT_FOUND = "ResourceNotFoundException"
ALL = [
    "GetResponsePlan",
    "StartIncident",
    "GetIncidentRecord",
    "UpdateIncidentRecord",
    "CreateTimelineEvent",
    "UpdateTimelineEvent",
    "GetTimelineEvent",
    "ListTimelineEvents",
    "UpdateRelatedItems",
    "ListRelatedItems",
]


@pytest.fixture
def owner(new_account):
    return new_account()


@pytest.fixture
def consumer(new_account):
    return new_account()


def plan_arns(client):
    found = pages(client.list_response_plans, "responsePlanSummaries", maxResults=1)
    return [plan["arn"] for page in found for plan in page]


def test_a_shared_plan_is_used_as_the_policy_allows(owner, consumer):
    # The consumer has no replication set of its own and needs none.
    mine, theirs = incident_client(owner), consumer.client("ssm-incidents")
    plan = create_plan(mine, incidentTags={"service": "shop"})
    policy_id = share(mine, plan, consumer.id, ALL)
    assert plan_arns(theirs) == [plan]
    shown = theirs.get_response_plan(arn=plan)
    assert shown["arn"] == plan and "incidentTags" not in shown["incidentTemplate"]

    incident = start(theirs, plan, title="Seen from the shop")
    assert f"::{owner.id}:" in incident, "it lives in the owner's account"
    caller = consumer.client("sts").get_caller_identity()["Arn"]
    assert record(mine, incident)["incidentRecordSource"]["createdBy"] == caller
    assert record(theirs, incident) == record(mine, incident)
    note = write(theirs, incident, "from the consumer")
    theirs.update_timeline_event(incidentRecordArn=incident, eventId=note, eventData='"corrected"')
    assert theirs.get_timeline_event(incidentRecordArn=incident, eventId=note) is not None
    item = {"identifier": {"type": "OTHER", "value": {"url": "https://wiki.example"}}}
    theirs.update_related_items(incidentRecordArn=incident, relatedItemsUpdate={"itemToAdd": item})
    assert len(theirs.list_related_items(incidentRecordArn=incident)["relatedItems"]) == 1
    theirs.update_incident_record(arn=incident, status="RESOLVED")
    ours = mine.list_timeline_events(incidentRecordArn=incident)["eventSummaries"]
    assert theirs.list_timeline_events(incidentRecordArn=incident)["eventSummaries"] == ours
    assert note in [event["eventId"] for event in ours]
    assert mine.list_tags_for_resource(resourceArn=incident)["tags"] == {"service": "shop"}

    # What no policy can open.
    for operation, parameters in [
        (theirs.delete_timeline_event, {"incidentRecordArn": incident, "eventId": note}),
        (theirs.delete_incident_record, {"arn": incident}),
        (theirs.delete_response_plan, {"arn": plan}),
        (theirs.update_response_plan, {"arn": plan, "displayName": "x"}),
        (theirs.list_tags_for_resource, {"resourceArn": incident}),
        (theirs.tag_resource, {"resourceArn": plan, "tags": {"a": "b"}}),
        (theirs.get_resource_policies, {"resourceArn": plan}),
        (theirs.put_resource_policy, {"resourceArn": plan, "policy": policy(plan, consumer.id, ALL)}),
        (theirs.delete_resource_policy, {"resourceArn": plan, "policyId": policy_id}),
    ]:
        refusal(operation, DENIED, 403, **parameters)
    assert theirs.list_incident_records()["incidentRecordSummaries"] == []

    mine.delete_resource_policy(resourceArn=plan, policyId=policy_id)
    refusal(theirs.get_incident_record, NOT_FOUND, 404, arn=incident)
    refusal(theirs.start_incident, NOT_FOUND, 404, responsePlanArn=plan)
    assert plan_arns(theirs) == []
    response = refusal(
        mine.delete_resource_policy, NOT_FOUND, 404, resourceArn=plan, policyId=policy_id
    )
    assert response["resourceType"] == "RESOURCE_POLICY"


def test_what_the_policy_does_not_list_is_denied(owner, consumer, new_account):
    mine, theirs = incident_client(owner), consumer.client("ssm-incidents")
    stranger = new_account().client("ssm-incidents")
    plan = create_plan(mine)
    share(mine, plan, consumer.id, ["StartIncident"])
    incident = start(theirs, plan)
    refusal(theirs.get_response_plan, DENIED, 403, arn=plan)
    refusal(theirs.get_incident_record, DENIED, 403, arn=incident)
    refusal(theirs.list_timeline_events, DENIED, 403, incidentRecordArn=incident)
    assert plan_arns(theirs) == []
    refusal(stranger.get_incident_record, NOT_FOUND, 404, arn=incident)
    refusal(stranger.start_incident, NOT_FOUND, 404, responsePlanArn=plan)
    other = create_plan(mine, "other")
    refusal(theirs.start_incident, NOT_FOUND, 404, responsePlanArn=other)


def test_policies_are_kept_listed_and_refused(owner, consumer):
    client = incident_client(owner)
    plan = create_plan(client)
    ids = [share(client, plan, account, ["StartIncident"]) for account in [consumer.id, "444455556666"]]
    assert all(len(id) == 32 for id in ids)
    assert share(client, plan, consumer.id, ["StartIncident"]) == ids[0]
    found = pages(client.get_resource_policies, "resourcePolicies", resourceArn=plan, maxResults=1)
    assert [page[0]["policyId"] for page in found] == ids
    assert found[0][0]["policyDocument"] == policy(plan, consumer.id, ["StartIncident"])
    for wrong, said in [
        (policy(plan, "*", ["StartIncident"]), "whole accounts"),
        (policy(plan, consumer.id, ["*"]), "GetResponsePlan"),
        (policy(plan, consumer.id, ["DeleteIncidentRecord"]), "GetResponsePlan"),
        (policy(plan + "-x", consumer.id, ["StartIncident"]), plan),
        (policy(plan, consumer.id, ["StartIncident"]).replace("Allow", "Deny"), "Allow"),
        ("not JSON", "IAM policy"),
    ]:
        response = refusal(
            client.put_resource_policy, "ValidationException", 400, resourceArn=plan, policy=wrong
        )
        assert said in response["Error"]["Message"], wrong


def shared_plans(owner, consumer, count):
    """A client of each account, and plans of the first that the other may start, each with its own string."""
    clients = [incident_client(owner), incident_client(consumer)]
    plans = [create_plan(clients[0], f"plan-{n}", dedupeString=f"string-{n}") for n in range(count)]
    for plan in plans:
        share(clients[0], plan, consumer.id, ["StartIncident"])
    return clients, plans


def start_at_once(clients, plan, count):
    """Both accounts start the plan by turns, all at the same moment; gives the ARNs."""
    barrier = Barrier(count)

    def one(place):
        barrier.wait()
        return start(clients[place % 2], plan)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def test_fifty_starts_of_two_accounts_open_one_incident(owner, consumer):
    clients, [plan] = shared_plans(owner, consumer, 1)
    arns = start_at_once(clients, plan, 50)
    assert len(set(arns)) == 1, set(arns)
    opened = clients[0].list_incident_records()["incidentRecordSummaries"]
    assert [summary["arn"] for summary in opened] == arns[:1]
    assert clients[1].list_incident_records()["incidentRecordSummaries"] == []


def test_two_accounts_at_once_open_one_incident(new_account):
    # Only the first moment of each plan is a race, and some pairs of accounts share a writer.
    for _ in range(3):
        clients, plans = shared_plans(new_account(), new_account(), 20)
        for plan in plans:
            # The clients' connections are open by then.
            arns = start_at_once(clients, plan, 4)
            assert len(set(arns)) == 1, set(arns)


def test_one_token_for_two_accounts_things_at_once(new_account):
    owner, consumer = new_account(), new_account()
    mine, theirs = incident_client(owner), incident_client(consumer)
    shared, own = create_plan(mine), create_plan(theirs, "own")
    share(mine, shared, consumer.id, ["StartIncident"])

    def one(work):
        number, plan = work
        try:
            return start(theirs, plan, clientToken=f"token-{number}")
        except theirs.exceptions.ConflictException:
            return None

    work = [(number, plan) for number in range(25) for plan in (shared, own)]
    with ThreadPoolExecutor(16) as threads:
        outcomes = list(threads.map(one, work))
    for first, second in zip(outcomes[::2], outcomes[1::2], strict=True):
        assert (first is None) != (second is None), "a token is used once"
    count = sum(len(client.list_incident_records()["incidentRecordSummaries"]) for client in (mine, theirs))
    assert count == 25
