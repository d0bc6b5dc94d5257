"""The life of an incident through boto3: opened, written about, resolved, looked back on, deleted."""

import json
from datetime import UTC, datetime, timedelta

from harness.incidents import create_plan, incident_client, pages, record, start, write
from harness.wire import refusal

HOST = "arn:aws:ec2:us-east-1:111122223333:instance/i-0abc"


def event(client, incident, event_id):
    return client.get_timeline_event(incidentRecordArn=incident, eventId=event_id)["event"]


def listed(client, incident, *filters, **parameters):
    filters = [{"key": key, "condition": condition} for key, condition in filters]
    found = pages(
        client.list_timeline_events,
        "eventSummaries",
        incidentRecordArn=incident,
        filters=filters,
        **parameters,
    )
    return [summary["eventId"] for page in found for summary in page]


def equals(*values):
    return {"equals": {"stringValues": list(values)}}


def test_from_the_first_page_to_the_last_trace(account):
    client = incident_client(account)
    plan = create_plan(client, incidentTags={"service": "shop"})
    incident = start(client, plan, title="Nobody can pay")

    # What was seen, before and after the incident was opened.
    opened = record(client, incident)["creationTime"]
    before = write(client, incident, "queue grew", at=opened - timedelta(hours=1))
    references = [{"resource": incident}, {"resource": HOST}]
    note = write(client, incident, "asked the bank", eventReferences=references)
    custom = write(client, incident, "failed over", eventType="Custom Event")
    everything = listed(client, incident, sortOrder="ASCENDING", maxResults=2)
    assert everything[0] == before and set(everything) >= {note, custom}
    assert listed(client, incident) == everything[::-1], "the newest comes first"

    # The first sight was wrong.
    written = event(client, incident, note)
    client.update_timeline_event(incidentRecordArn=incident, eventId=note, eventData='"the bank is down"')
    corrected = event(client, incident, note)
    assert json.loads(corrected["eventData"]) == "the bank is down"
    assert corrected["eventReferences"] == references == written["eventReferences"]
    assert corrected["eventTime"] == written["eventTime"]
    assert corrected["eventUpdatedTime"] >= written["eventUpdatedTime"]
    assert listed(client, incident, ("eventReference", equals(HOST))) == [note]
    assert listed(client, incident, ("eventType", equals("Custom Event"))) == [custom]
    assert listed(client, incident, ("eventTime", {"before": opened})) == [before]

    # What it is about.
    wiki = {"identifier": {"type": "OTHER", "value": {"url": "https://wiki.example/shop"}}, "title": "Wiki"}
    host = {"type": "INVOLVED_RESOURCE", "value": {"arn": HOST}}
    for update in [{"itemToAdd": wiki}, {"itemToAdd": {"identifier": host}}, {"itemToRemove": host}]:
        answer = client.update_related_items(incidentRecordArn=incident, relatedItemsUpdate=update)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    items = client.list_related_items(incidentRecordArn=incident)["relatedItems"]
    assert [(item["identifier"], item["title"]) for item in items] == [(wiki["identifier"], "Wiki")]
    updates = listed(client, incident, ("eventType", equals("SSM Incident Record Update")))
    assert len(updates) == 3
    told = json.loads(event(client, incident, updates[0])["eventData"])["modifiedAttributes"]
    assert [attribute["attributeName"] for attribute in told] == ["relatedItems"]
    assert json.loads(told[0]["newValue"]) == {"itemToRemove": host}
    assert record(client, incident)["lastModifiedTime"] >= opened

    # What happened by itself is not rewritten.
    for operation in [client.update_timeline_event, client.delete_timeline_event]:
        refusal(operation, "ValidationException", 400, incidentRecordArn=incident, eventId=updates[0])
    refusal(
        client.create_timeline_event,
        "ValidationException",
        400,
        incidentRecordArn=incident,
        eventTime=datetime.now(UTC),
        eventType="SSM Incident Trigger",
        eventData="x",
    )

    client.update_incident_record(arn=incident, status="RESOLVED")
    write(client, incident, "looked back")
    for _ in range(2):
        answer = client.delete_timeline_event(incidentRecordArn=incident, eventId=before)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    refusal(
        client.get_timeline_event,
        "ResourceNotFoundException",
        404,
        incidentRecordArn=incident,
        eventId=before,
    )

    # The last trace goes, and the plan stays.
    for _ in range(2):
        answer = client.delete_incident_record(arn=incident)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    refusal(client.get_incident_record, "ResourceNotFoundException", 404, arn=incident)
    refusal(client.list_tags_for_resource, "ResourceNotFoundException", 404, resourceArn=incident)
    assert listed(client, incident) == []
    assert client.list_incident_records()["incidentRecordSummaries"] == []
    assert start(client, plan) != incident


def test_a_token_writes_one_event(account):
    client = incident_client(account)
    incident = start(client, create_plan(client))
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    first = write(client, incident, "once", at=at, clientToken="token")
    assert write(client, incident, "once", at=at, clientToken="token") == first
    refusal(
        client.create_timeline_event,
        "ConflictException",
        409,
        incidentRecordArn=incident,
        eventTime=at,
        eventType="Note",
        eventData='"twice"',
        clientToken="token",
    )
    assert listed(client, incident, ("eventType", equals("Note"))) == [first]


def test_an_open_incident_that_is_deleted_takes_nothing_in(account):
    client = incident_client(account)
    plan = create_plan(client, dedupeString="payments")
    first = start(client, plan)
    client.delete_incident_record(arn=first)
    second = start(client, plan)
    assert second != first and record(client, second)["status"] == "OPEN"
