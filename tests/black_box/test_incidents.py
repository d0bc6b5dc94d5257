"""Incident Manager through boto3: from the replication set to the resolved incident."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from harness.incidents import create_plan, incident_client, pages, record, start
from harness.wire import refusal

MEMBERS = 24

TOPIC = "arn:aws:sns:us-east-1:111122223333:pager"


@pytest.fixture
def client(account):
    return incident_client(account)


def test_the_whole_life_of_an_incident(client, account):
    caller = account.client("sts").get_caller_identity()["Arn"]
    plan = create_plan(
        client,
        summary="Look at the queue",
        notificationTargets=[{"snsTopicArn": TOPIC}],
        incidentTags={"service": "shop"},
    )
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    arn = start(client, plan, title="Nobody can pay", impact=1)
    after = datetime.now(UTC)
    assert re.fullmatch(
        rf"arn:aws:ssm-incidents::{account.id}:incident-record/shop-down/[0-9a-f-]{{36}}", arn
    )
    found = record(client, arn)
    assert found["arn"] == arn
    assert (found["title"], found["impact"], found["status"]) == ("Nobody can pay", 1, "OPEN")
    assert found["summary"] == "Look at the queue"
    assert found["notificationTargets"] == [{"snsTopicArn": TOPIC}]
    assert found["automationExecutions"] == []
    assert before <= found["creationTime"] <= after
    assert found["lastModifiedTime"] >= found["creationTime"]
    assert found["lastModifiedBy"] == caller
    assert found["dedupeString"], "there is always one"
    assert found.get("resolvedTime") is None
    source = found["incidentRecordSource"]
    assert (source["createdBy"], source["invokedBy"]) == (caller, caller)
    assert source["source"] == "aws.ssm-incidents.custom" and source.get("resourceArn") is None
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"service": "shop"}

    client.update_incident_record(arn=arn, summary="The queue is full", impact=3, notificationTargets=[])
    updated = record(client, arn)
    assert (updated["summary"], updated["impact"]) == ("The queue is full", 3)
    assert updated["notificationTargets"] == []
    assert (updated["title"], updated["status"]) == ("Nobody can pay", "OPEN"), "what is absent stays"
    assert updated["creationTime"] == found["creationTime"]

    answer = client.update_incident_record(arn=arn, status="RESOLVED")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    resolved = record(client, arn)
    assert resolved["status"] == "RESOLVED"
    assert resolved["creationTime"] <= resolved["resolvedTime"] == resolved["lastModifiedTime"]
    summaries = client.list_incident_records()["incidentRecordSummaries"]
    assert [summary["arn"] for summary in summaries] == [arn]
    for name in ["title", "impact", "status", "creationTime", "resolvedTime", "incidentRecordSource"]:
        assert summaries[0][name] == resolved[name], name

    client.update_incident_record(arn=arn, status="RESOLVED")
    assert record(client, arn) == resolved, "what is set already changes nothing"
    client.update_incident_record(arn=arn, status="OPEN")
    assert record(client, arn).get("resolvedTime") is None


def test_timeline(client):
    trigger = {
        "source": "my.monitor",
        "timestamp": datetime(2025, 11, 3, 12, 0, tzinfo=UTC),
        "triggerArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:shop",
        "rawData": '{"state": "ALARM"}',
    }
    arn = start(client, create_plan(client), triggerDetails=trigger)
    client.update_incident_record(arn=arn, title="New title")
    client.update_incident_record(arn=arn, status="RESOLVED")
    newest_first = client.list_timeline_events(incidentRecordArn=arn)["eventSummaries"]
    times = [event["eventTime"] for event in newest_first]
    assert times == sorted(times, reverse=True)
    assert sorted(event["eventType"] for event in newest_first) == [
        "SSM Incident Record Update",
        "SSM Incident Record Update",
        "SSM Incident Start",
        "SSM Incident Trigger",
    ]
    assert all(event["incidentRecordArn"] == arn and "eventData" not in event for event in newest_first)
    oldest_first = pages(
        client.list_timeline_events,
        "eventSummaries",
        incidentRecordArn=arn,
        sortBy="EVENT_TIME",
        sortOrder="ASCENDING",
        maxResults=1,
    )
    assert [page[0]["eventId"] for page in oldest_first] == [e["eventId"] for e in reversed(newest_first)]

    def of_type(kind):
        condition = {"equals": {"stringValues": [kind]}}
        filters = [{"key": "eventType", "condition": condition}]
        found = client.list_timeline_events(incidentRecordArn=arn, filters=filters)["eventSummaries"]
        assert {event["eventType"] for event in found} == {kind}
        got = [client.get_timeline_event(incidentRecordArn=arn, eventId=e["eventId"])["event"] for e in found]
        assert [event["eventId"] for event in got] == [event["eventId"] for event in found]
        return [json.loads(event["eventData"]) for event in got]

    (triggered,) = of_type("SSM Incident Trigger")
    assert triggered["createdIncident"] is True
    assert (triggered["incidentSource"], triggered["rawData"]) == ("my.monitor", trigger["rawData"])
    resolution, renaming = of_type("SSM Incident Record Update")
    assert resolution["modifiedAttributes"] == [{"attributeName": "status", "newValue": "RESOLVED"}]
    assert renaming["modifiedAttributes"] == [{"attributeName": "title", "newValue": "New title"}]
    later = [{"key": "eventTime", "condition": {"after": datetime.now(UTC) + timedelta(hours=1)}}]
    assert client.list_timeline_events(incidentRecordArn=arn, filters=later)["eventSummaries"] == []
    refusal(
        client.get_timeline_event, "ResourceNotFoundException", 404, incidentRecordArn=arn, eventId="0" * 36
    )
    wrong = [{"key": "colour", "condition": {"equals": {"stringValues": ["red"]}}}]
    refusal(client.list_timeline_events, "ValidationException", 400, incidentRecordArn=arn, filters=wrong)


def test_a_trigger_is_told_of_and_its_source_is_checked(client):
    plan = create_plan(client)
    trigger = {"source": "my.monitor", "timestamp": datetime(2025, 11, 3, tzinfo=UTC)}
    arn = start(client, plan, triggerDetails=trigger | {"triggerArn": TOPIC})
    source = record(client, arn)["incidentRecordSource"]
    assert (source["source"], source["resourceArn"]) == ("my.monitor", TOPIC)
    trigger["source"] = "aws.cloudwatch"
    response = refusal(
        client.start_incident, "ValidationException", 400, responsePlanArn=plan, triggerDetails=trigger
    )
    assert "triggerDetails" in response["Error"]["Message"]
    assert len(client.list_incident_records()["incidentRecordSummaries"]) == 1, "a refusal opens nothing"


def test_deduplication_ends_with_the_open_incident(client):
    plan = create_plan(client, dedupeString="payments")
    other_plan = create_plan(client, "other", dedupeString="payments")
    manual = create_plan(client, "manual")
    first = start(client, plan, title="First", impact=1)
    item = {"identifier": {"type": "METRIC", "value": {"url": "https://graphs.example/1"}}}
    assert start(client, plan, title="Second", impact=4, relatedItems=[item]) == first
    assert start(client, other_plan) == first, "the string counts, not the plan"
    found = record(client, first)
    assert (found["title"], found["impact"], found["dedupeString"]) == ("First", 1, "payments")
    items = client.list_related_items(incidentRecordArn=first)["relatedItems"]
    assert [item["identifier"]["value"] for item in items] == [{"url": "https://graphs.example/1"}]
    triggers = [{"key": "eventType", "condition": {"equals": {"stringValues": ["SSM Incident Trigger"]}}}]
    events = client.list_timeline_events(incidentRecordArn=first, filters=triggers)["eventSummaries"]
    assert len(events) == 2, "each repeated start leaves its mark"
    event = client.get_timeline_event(incidentRecordArn=first, eventId=events[0]["eventId"])["event"]
    assert json.loads(event["eventData"])["createdIncident"] is False
    assert start(client, manual) != start(client, manual), "without a string each start is an incident"
    client.update_incident_record(arn=first, status="RESOLVED")
    second = start(client, plan)
    assert second != first
    assert start(client, plan) == second


def test_client_tokens(client):
    plan = create_plan(client)
    first = start(client, plan, title="Once", clientToken="token-1")
    assert start(client, plan, title="Once", clientToken="token-1") == first
    response = refusal(
        client.start_incident,
        "ConflictException",
        409,
        responsePlanArn=plan,
        title="Twice",
        clientToken="token-1",
    )
    assert "token" in response["Error"]["Message"]
    assert start(client, plan, title="Once", clientToken="token-2") != first
    assert len(client.list_incident_records()["incidentRecordSummaries"]) == 2
    # A request that was refused did not use its token up.
    refusal(
        client.start_incident, "ResourceNotFoundException", responsePlanArn=plan + "-x", clientToken="token-3"
    )
    start(client, plan, clientToken="token-3")


def test_the_same_token_of_two_accounts_is_two(new_account):
    arns = []
    for _ in range(2):
        client = incident_client(new_account())
        arns.append(start(client, create_plan(client), clientToken="shared"))
    assert arns[0] != arns[1]


def test_related_items(client):
    plan = create_plan(client)
    value = {"arn": "arn:aws:ec2:us-east-1:111122223333:instance/i-0abc"}
    resource = {"identifier": {"type": "INVOLVED_RESOURCE", "value": value}, "title": "Host"}
    link = {"identifier": {"type": "OTHER", "value": {"url": "https://wiki.example/shop"}}}
    metric = {"identifier": {"type": "METRIC", "value": {"metricDefinition": '{"metrics": []}'}}}
    again = resource | {"title": "The host"}
    arn = start(client, plan, relatedItems=[resource, link, metric, again])
    listed = pages(client.list_related_items, "relatedItems", incidentRecordArn=arn, maxResults=1)
    items = [item for page in listed for item in page]
    assert [len(page) for page in listed] == [1, 1, 1]
    assert [item["identifier"] for item in items] == [i["identifier"] for i in (resource, link, metric)]
    assert items[0]["title"] == "The host", "the same item again only takes its title"
    for item, kind in zip(items, ["INVOLVED_RESOURCE", "OTHER", "METRIC"], strict=True):
        assert re.fullmatch(rf"related-item/{kind}/[0-9A-F]{{32}}", item["generatedId"])
    many = [{"identifier": {"type": "OTHER", "value": {"url": f"https://x.example/{n}"}}} for n in range(51)]
    for wrong in [[resource | {"generatedId": "related-item/OTHER/" + "0" * 32}], many]:
        response = refusal(
            client.start_incident, "ValidationException", 400, responsePlanArn=plan, relatedItems=wrong
        )
        assert "relatedItems" in response["Error"]["Message"]
    arn = start(client, plan, relatedItems=many[:50])
    assert len(client.list_related_items(incidentRecordArn=arn)["relatedItems"]) == 50


def test_tags(client):
    plan = create_plan(client)
    for arn in [plan, start(client, plan), client.list_replication_sets()["replicationSetArns"][0]]:
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {}
        answer = client.tag_resource(resourceArn=arn, tags={"a": "1", "b/x": "2 3"})
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
        client.tag_resource(resourceArn=arn, tags={"a": "", "c": "4"})
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "", "b/x": "2 3", "c": "4"}
        client.untag_resource(resourceArn=arn, tagKeys=["b/x", "never there"])
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "", "c": "4"}
    fifty = {f"key-{number}": "" for number in range(48)}
    client.tag_resource(resourceArn=plan, tags=fifty)
    refusal(
        client.tag_resource, "ServiceQuotaExceededException", 402, resourceArn=plan, tags={"one more": ""}
    )
    assert len(client.list_tags_for_resource(resourceArn=plan)["tags"]) == 50
    refusal(client.tag_resource, "ValidationException", 400, resourceArn=plan, tags={"aws:x": "1"})


def test_incidents_are_listed_by_filters_and_pages(client, account):
    plan = create_plan(client)
    arns = [start(client, plan, impact=impact) for impact in (1, 2, 3, 1, 2)]
    for arn in arns[:2]:
        client.update_incident_record(arn=arn, status="RESOLVED")
    times = [record(client, arn)["creationTime"] for arn in arns]
    caller = account.client("sts").get_caller_identity()["Arn"]

    def listed(*filters, **parameters):
        filters = [{"key": key, "condition": condition} for key, condition in filters]
        found = client.list_incident_records(filters=filters, **parameters)["incidentRecordSummaries"]
        return [summary["arn"] for summary in found]

    def equals(*values):
        return {"equals": {"stringValues" if isinstance(values[0], str) else "integerValues": list(values)}}

    assert listed() == arns[::-1], "the newest comes first"
    assert listed(("status", equals("RESOLVED"))) == [arns[1], arns[0]]
    assert listed(("status", equals("OPEN", "RESOLVED"))) == arns[::-1]
    assert listed(("impact", equals(1))) == [arns[3], arns[0]]
    assert listed(("impact", equals(1, 3)), ("status", equals("OPEN"))) == [arns[3], arns[2]]
    assert listed(("createdBy", equals(caller))) == arns[::-1]
    assert listed(("createdBy", equals("someone else"))) == []
    within = [("creationTime", {"after": times[0]}), ("creationTime", {"before": times[4]})]
    assert (
        listed(*within)
        == [arn for arn, at in zip(arns, times, strict=True) if times[0] < at < times[4]][::-1]
    )
    for wrong in [
        ("status", equals(1)),
        ("status", equals("ASLEEP")),
        ("impact", {"before": times[0]}),
        ("creationTime", equals("today")),
        ("title", equals("x")),
        ("status", {"equals": {"stringValues": []}}),
    ]:
        filters = [{"key": wrong[0], "condition": wrong[1]}]
        response = refusal(client.list_incident_records, "ValidationException", 400, filters=filters)
        assert "filters" in response["Error"]["Message"], wrong

    listed_pages = pages(client.list_incident_records, "incidentRecordSummaries", maxResults=2)
    assert [len(page) for page in listed_pages] == [2, 2, 1]
    assert [summary["arn"] for page in listed_pages for summary in page] == arns[::-1]
    paginator = client.get_paginator("list_incident_records").paginate(PaginationConfig={"PageSize": 1})
    assert [s["arn"] for page in paginator for s in page["incidentRecordSummaries"]] == arns[::-1]


def test_a_page_token_is_of_one_list_and_one_account(client, new_account):
    plan = create_plan(client)
    for _ in range(3):
        start(client, plan)
    token = client.list_incident_records(maxResults=1)["nextToken"]
    # An incident that comes in between does not move the next page.
    following = client.list_incident_records(maxResults=1, nextToken=token)["incidentRecordSummaries"]
    start(client, plan)
    assert client.list_incident_records(maxResults=1, nextToken=token)["incidentRecordSummaries"] == following
    open_only = [{"key": "status", "condition": {"equals": {"stringValues": ["OPEN"]}}}]
    stranger = incident_client(new_account())
    for other, parameters in [
        (client, {"nextToken": token, "filters": open_only}),
        (client, {"nextToken": token[:-2] + "xx"}),
        (client, {"nextToken": "made up"}),
        (stranger, {"nextToken": token}),
    ]:
        refusal(other.list_incident_records, "ValidationException", 400, **parameters)
    refusal(client.list_response_plans, "ValidationException", 400, nextToken=token)


def test_unknown_and_malformed_arns(client, account):
    plan = create_plan(client)
    arn = start(client, plan)
    unknown = arn[:-36] + "00000000-0000-0000-0000-000000000000"
    for operation, parameters in [
        (client.get_incident_record, {"arn": unknown}),
        (client.update_incident_record, {"arn": unknown, "title": "x"}),
        (client.get_timeline_event, {"incidentRecordArn": unknown, "eventId": "0" * 36}),
        (client.list_incident_findings, {"incidentRecordArn": unknown}),
        (client.batch_get_incident_findings, {"incidentRecordArn": unknown, "findingIds": ["a"]}),
        (client.list_tags_for_resource, {"resourceArn": unknown}),
    ]:
        response = refusal(operation, "ResourceNotFoundException", 404, **parameters)
        assert response["resourceType"] == "INCIDENT_RECORD"
        assert response["resourceIdentifier"] == unknown
    response = refusal(client.get_response_plan, "ResourceNotFoundException", 404, arn=plan + "-x")
    assert response["resourceType"] == "RESPONSE_PLAN"
    # These two model no error for an unknown incident.
    assert client.list_timeline_events(incidentRecordArn=unknown)["eventSummaries"] == []
    assert client.list_related_items(incidentRecordArn=unknown)["relatedItems"] == []
    raw = account.client("ssm-incidents", validate=False)
    for wrong in [
        "",
        "incident",
        plan,
        "arn:aws:s3:::bucket",
        "arn:aws:ssm-incidents::1:incident-record/a/b",
    ]:
        response = refusal(raw.get_incident_record, "ValidationException", 400, arn=wrong)
        assert "arn" in response["Error"]["Message"]
    swapped = arn.replace("/shop-down/", "/another-plan/")
    refusal(client.get_incident_record, "ResourceNotFoundException", 404, arn=swapped)


def test_all_that_is_wrong_with_a_request_is_said_at_once(account, client):
    plan = create_plan(client)
    raw = account.client("ssm-incidents", validate=False)
    response = refusal(
        raw.start_incident,
        "ValidationException",
        400,
        responsePlanArn=plan,
        title="x" * 201,
        impact=9,
        clientToken="x" * 129,
    )
    message = response["Error"]["Message"]
    assert message.startswith("3 validation error"), message
    for path in ["title", "impact", "clientToken"]:
        assert path in message, message
