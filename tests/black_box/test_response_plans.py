"""Incident Manager through boto3: replication sets and response plans."""

import random
import re
from datetime import UTC, datetime

import pytest

from harness.account import REGION
from harness.incidents import create_plan, incident_client, pages, record, start
from harness.wire import refusal

TOPIC = "arn:aws:sns:us-east-1:111122223333:pager"


@pytest.fixture
def client(account):
    return incident_client(account)


def seconds_apart(one, other):
    return abs((one - other).total_seconds())


def test_nothing_is_possible_before_the_replication_set(account):
    client = account.client("ssm-incidents")
    assert client.list_replication_sets()["replicationSetArns"] == []
    response = refusal(
        client.create_response_plan,
        "ResourceNotFoundException",
        404,
        name="plan",
        incidentTemplate={"title": "t", "impact": 1},
    )
    assert response["resourceType"] == "REPLICATION_SET"
    refusal(client.create_replication_set, "ValidationException", 400, regions={"eu-north-1": {}})


def test_replication_set(account):
    client = account.client("ssm-incidents")
    caller = account.client("sts").get_caller_identity()
    assert caller["Account"] == account.id
    created = client.create_replication_set(regions={REGION: {}}, tags={"team": "web"})
    assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
    arn = created["arn"]
    assert re.fullmatch(rf"arn:aws:ssm-incidents::{account.id}:replication-set/[0-9a-f-]{{36}}", arn)
    client.get_waiter("wait_for_replication_set_active").wait(arn=arn)
    assert client.list_replication_sets()["replicationSetArns"] == [arn]
    found = client.get_replication_set(arn=arn)["replicationSet"]
    assert (found["arn"], found["status"], found["deletionProtected"]) == (arn, "ACTIVE", False)
    assert found["createdBy"] == found["lastModifiedBy"] == caller["Arn"]
    assert seconds_apart(found["createdTime"], datetime.now(UTC)) < 60
    assert list(found["regionMap"]) == [REGION]
    region = found["regionMap"][REGION]
    assert (region["status"], region["sseKmsKeyId"]) == ("ACTIVE", "DefaultKey")
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "web"}
    response = refusal(
        client.create_replication_set, "ServiceQuotaExceededException", 402, regions={REGION: {}}
    )
    assert response["serviceCode"] == "ssm-incidents" and response["quotaCode"]
    assert response["resourceIdentifier"] == arn


def test_response_plan_is_kept_as_it_was_given(client, account):
    template = {
        "title": "Orders fail",
        "impact": 1,
        "summary": "What to do first",
        "dedupeString": "orders",
        "notificationTargets": [{"snsTopicArn": TOPIC}],
        "incidentTags": {"service": "orders"},
    }
    engagement = f"arn:aws:ssm-contacts:{REGION}:{account.id}:contact/on-call"
    runbook = {
        "documentName": "restart-orders",
        "roleArn": f"arn:aws:iam::{account.id}:role/runbook",
        "documentVersion": "3",
        "targetAccount": "RESPONSE_PLAN_OWNER_ACCOUNT",
        "parameters": {"mode": ["soft"]},
        "dynamicParameters": {"incident": {"variable": "INCIDENT_RECORD_ARN"}},
    }
    given = {
        "displayName": "Orders",
        "incidentTemplate": template,
        "chatChannel": {"chatbotSns": [TOPIC]},
        "engagements": [engagement],
        "actions": [{"ssmAutomation": runbook}],
    }
    arn = client.create_response_plan(name="orders", tags={"tier": "1"}, **given)["arn"]
    assert arn == f"arn:aws:ssm-incidents::{account.id}:response-plan/orders"
    found = client.get_response_plan(arn=arn)
    found.pop("ResponseMetadata")
    assert found == given | {"arn": arn, "name": "orders", "integrations": []}
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"tier": "1"}
    refusal(client.create_response_plan, "ConflictException", 409, name="orders", incidentTemplate=template)

    changed = {"incidentTemplateTitle": "Orders are slow", "chatChannel": {"empty": {}}, "engagements": []}
    answer = client.update_response_plan(arn=arn, incidentTemplateTags={}, **changed)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    found = client.get_response_plan(arn=arn)
    assert found["incidentTemplate"]["title"] == "Orders are slow"
    assert found["incidentTemplate"]["impact"] == 1, "what is absent stays"
    assert "incidentTags" not in found["incidentTemplate"]
    assert found.get("chatChannel", {"empty": {}}) == {"empty": {}}
    assert found["engagements"] == [] and found["actions"] == given["actions"]


def test_plans_are_listed_by_pages_and_deleted(client):
    arns = [create_plan(client, f"plan-{number}") for number in range(5)]
    listed = pages(client.list_response_plans, "responsePlanSummaries", maxResults=2)
    assert [len(page) for page in listed] == [2, 2, 1]
    assert [plan["arn"] for page in listed for plan in page] == arns
    incident = start(client, arns[0])
    for _ in range(2):
        # Deleting what is gone models no error.
        client.delete_response_plan(arn=arns[0])
    refusal(client.get_response_plan, "ResourceNotFoundException", 404, arn=arns[0])
    refusal(client.start_incident, "ResourceNotFoundException", 404, responsePlanArn=arns[0])
    assert record(client, incident)["status"] == "OPEN", "incidents stay when their plan goes"


def test_long_strings_of_any_script_fold_and_are_found(client):
    draw = random.Random(1)
    words = "".join(chr(draw.randrange(0x20000, 0x2A000)) for _ in range(1000))
    arn = create_plan(client, dedupeString=words)
    incident = start(client, arn)
    assert start(client, arn) == incident
    assert record(client, incident)["dedupeString"] == words
    resource = f"arn:aws:s3:::{words[:900]}"
    event = client.create_timeline_event(
        incidentRecordArn=incident,
        eventTime=datetime.now(UTC),
        eventType="Note",
        eventData="{}",
        eventReferences=[{"resource": resource}],
    )["eventId"]
    asked = [{"key": "eventReference", "condition": {"equals": {"stringValues": [resource]}}}]
    found = client.list_timeline_events(incidentRecordArn=incident, filters=asked)
    assert [one["eventId"] for one in found["eventSummaries"]] == [event]


def test_a_dedupe_string_that_no_incident_could_be_found_by_is_refused(client):
    def violation(call, **given):
        return refusal(call, "ValidationException", 400, **given)["message"]

    template = {"title": "t", "impact": 1, "dedupeString": "shop\0"}
    made = violation(client.create_response_plan, name="nul", incidentTemplate=template)
    assert "/incidentTemplate/dedupeString" in made and "NUL" in made
    arn = create_plan(client)
    changed = violation(client.update_response_plan, arn=arn, incidentTemplateDedupeString="a\0")
    assert "/incidentTemplateDedupeString" in changed
