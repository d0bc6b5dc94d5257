"""Alarms and other events open incidents, by rules whose targets are response plans."""

import json

import pytest

from harness.account import REGION
from harness.deployments import put
from harness.incidents import create_plan, incident_client, pages
from harness.rules import (
    IN_ALARM,
    alarm,
    alarm_arn,
    create_rule,
    incidents,
    incidents_when,
    items,
    triggers_when,
)
from harness.wire import refusal

MEMBERS = 16
ANYTHING = '{"source": [{"prefix": ""}]}'


@pytest.fixture
def client(account):
    return account.client("events")


@pytest.fixture
def manager(account):
    return incident_client(account)


def last(account, manager, count):
    """What was sent before is taken in when a last event has opened its incident."""
    create_rule(account.client("events"), "last", create_plan(manager, "last"), pattern='{"source": ["last"]}')
    put(account, {"Source": "last", "DetailType": "last", "Detail": "{}"})
    return incidents_when(manager, count + 1)[1:]


def test_an_alarm_opens_an_incident_and_the_next_folds_into_it(account, client, manager):
    role = f"arn:aws:iam::{account.id}:role/alarms"
    create_rule(client, "alarms", create_plan(manager), RoleArn=role)
    put(account, alarm(account, "pay", state="OK", before="ALARM"), alarm(account, "pay"))
    (incident,) = incidents_when(manager, 1)
    assert incident["title"] == "The shop is down"
    assert incident["incidentRecordSource"] == {
        "createdBy": role,
        "invokedBy": "events.amazonaws.com",
        "resourceArn": alarm_arn(account, "pay"),
        "source": "aws.cloudwatch",
    }
    (metric, definition), involved = items(manager, incident)
    assert metric == "METRIC"
    assert json.loads(definition)["metrics"][0][:4] == ["AWS/Lambda", "Errors", "FunctionName", "pay"]
    assert involved == ("INVOLVED_RESOURCE", f"arn:aws:lambda:{REGION}:{account.id}:function:pay")
    (first,) = triggers_when(manager, incident, 1)
    assert first["createdIncident"] is True
    assert (first["incidentSource"], first["triggerArn"]) == ("aws.cloudwatch", alarm_arn(account, "pay"))
    put(account, alarm(account, "pay"))
    second = triggers_when(manager, incident, 2)[1]
    assert second["createdIncident"] is False
    raw = json.loads(second["rawData"])
    assert raw["detail"] == json.loads(alarm(account, "pay")["Detail"])
    assert (raw["source"], raw["account"], raw["region"]) == ("aws.cloudwatch", account.id, REGION)
    assert len(items(manager, incident)) == 2 and len(incidents(manager)) == 1
    manager.update_incident_record(arn=incident["arn"], status="RESOLVED")
    put(account, alarm(account, "pay"))
    incidents_when(manager, 2)


def test_any_event_opens_an_incident_with_its_resources(account, client, manager):
    rule = create_rule(client, "shop", create_plan(manager), pattern='{"source": ["my.shop"]}')
    bucket = "arn:aws:s3:::orders"
    put(account, {"Source": "my.shop", "DetailType": "Broken", "Detail": "{}", "Resources": [bucket]})
    (incident,) = incidents_when(manager, 1)
    source = incident["incidentRecordSource"]
    assert (source["source"], source["resourceArn"]) == ("aws.events", rule)
    assert items(manager, incident) == [("INVOLVED_RESOURCE", bucket)]


def test_rules_of_one_plan_open_one_incident(account, client, manager):
    plan = create_plan(manager)
    create_rule(client, "one", plan)
    create_rule(client, "two", plan, create_plan(manager, "other", title="Other"), pattern=ANYTHING)
    put(account, alarm(account, "pay"))
    found = incidents_when(manager, 2)
    assert {incident["title"] for incident in found} == {"The shop is down", "Other"}
    for incident in found:
        triggers_when(manager, incident, 1)
    assert client.list_rule_names_by_target(TargetArn=plan)["RuleNames"] == ["one", "two"]


def test_a_rule_that_is_off_or_gone_opens_nothing(account, client, manager):
    create_rule(client, "alarms", create_plan(manager))
    client.disable_rule(Name="alarms")
    assert client.describe_rule(Name="alarms")["State"] == "DISABLED"
    put(account, alarm(account, "pay"))
    assert last(account, manager, 0) == []
    client.enable_rule(Name="alarms")
    put(account, alarm(account, "pay"))
    incidents_when(manager, 2)
    refusal(client.delete_rule, "ValidationException", 400, Name="alarms")
    assert client.remove_targets(Rule="alarms", Ids=["plan-0"])["FailedEntryCount"] == 0
    client.delete_rule(Name="alarms")
    client.delete_rule(Name="alarms")
    refusal(client.describe_rule, "ResourceNotFoundException", 400, Name="alarms")
    put(account, alarm(account, "pay"), {"Source": "last", "DetailType": "last", "Detail": "{}"})
    marked = next(incident for incident in incidents(manager) if "/last/" in incident["arn"])
    triggers_when(manager, marked, 2)
    assert len(incidents(manager)) == 2


def test_a_plan_that_is_gone_does_not_hold_up_the_others(account, client, manager):
    gone = create_plan(manager, "a-gone")
    create_rule(client, "alarms", gone, create_plan(manager))
    manager.delete_response_plan(arn=gone)
    put(account, alarm(account, "pay"))
    (incident,) = incidents_when(manager, 1)
    assert "/shop-down/" in incident["arn"]


def test_another_accounts_events_open_nothing(account, new_account, client, manager):
    other = new_account()
    plan = create_plan(manager)
    create_rule(client, "alarms", plan, pattern=ANYTHING)
    theirs = incident_client(other)
    put(other, alarm(account, "pay"))
    last(other, theirs, 0)
    assert incidents(manager) == []
    rules = other.client("events")
    rules.put_rule(Name="alarms", EventPattern=IN_ALARM)
    answer = rules.put_targets(Rule="alarms", Targets=[{"Id": "1", "Arn": plan}])
    assert answer["FailedEntryCount"] == 1
    assert "of this account" in answer["FailedEntries"][0]["ErrorMessage"]
    elsewhere = account.client("events", region="eu-central-1")
    assert elsewhere.list_rules()["Rules"] == [], "rules are of a region"


@pytest.mark.parametrize(
    ("pattern", "place"),
    [
        ('{"detail": {"state": "ALARM"}}', "detail.state"),
        ('{"detail": {"a": [{"prefix": 5}]}}', "detail.a"),
        ('{"a": [{"numeric": ["<", "5"]}]}', "numeric"),
        ("{}", "empty"),
        ("no JSON", "JSON"),
    ],
)
def test_a_malformed_pattern_is_refused_with_its_place(client, pattern, place):
    error = refusal(client.put_rule, "InvalidEventPatternException", 400, Name="r", EventPattern=pattern)
    assert place in error["Error"]["Message"]
    tested = {"EventPattern": pattern, "Event": "{}"}
    refusal(client.test_event_pattern, "InvalidEventPatternException", 400, **tested)
    assert client.list_rules()["Rules"] == []


def test_patterns_are_tested_without_a_rule(account, client):
    entry = alarm(account, "pay")
    event = {
        "id": "1",
        "account": account.id,
        "source": entry["Source"],
        "time": "2026-01-01T10:00:00Z",
        "region": REGION,
        "resources": entry["Resources"],
        "detail-type": entry["DetailType"],
        "detail": json.loads(entry["Detail"]),
    }
    ranged = {"detail": {"configuration": {"metrics": {"metricStat": {"period": [{"numeric": ["<=", 60]}]}}}}}
    for pattern, expected in [(IN_ALARM, True), (json.dumps(ranged), True), ('{"region": ["x"]}', False)]:
        answer = client.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))
        assert answer["Result"] is expected, pattern
    del event["time"]
    tested = {"EventPattern": IN_ALARM, "Event": json.dumps(event)}
    error = refusal(client.test_event_pattern, "ValidationException", 400, **tested)
    assert "time" in error["Error"]["Message"]


def test_what_is_not_supported_is_refused_by_name(account, client, manager):
    schedule = {"Name": "daily", "ScheduleExpression": "rate(1 day)"}
    error = refusal(client.put_rule, "ValidationException", 400, **schedule)
    assert "ScheduleExpression" in error["Error"]["Message"]
    bus = {"Name": "r", "EventPattern": IN_ALARM, "EventBusName": "mine"}
    refusal(client.put_rule, "ResourceNotFoundException", 400, **bus)
    entry = alarm(account, "pay") | {"EventBusName": "mine"}
    assert client.put_events(Entries=[entry])["Entries"][0]["ErrorCode"] == "InvalidArgument"
    plan = create_plan(manager)
    create_rule(client, "alarms", plan)
    lost = {"Id": "queue", "Arn": plan, "DeadLetterConfig": {"Arn": f"arn:aws:sqs:{REGION}:{account.id}:q"}}
    function = {"Id": "function", "Arn": f"arn:aws:lambda:{REGION}:{account.id}:function:pay"}
    answer = client.put_targets(Rule="alarms", Targets=[lost, function])
    assert answer["FailedEntryCount"] == 2
    messages = [entry["ErrorMessage"] for entry in answer["FailedEntries"]]
    assert "DeadLetterConfig" in messages[0] and "Only response plans" in messages[1]
    many = [{"Id": str(number), "Arn": plan} for number in range(5)]
    refusal(client.put_targets, "LimitExceededException", 400, Rule="alarms", Targets=many)
    assert [target["Id"] for target in client.list_targets_by_rule(Rule="alarms")["Targets"]] == ["plan-0"]


def test_rules_are_listed_tagged_and_replaced(account, client):
    tags = [{"Key": "team", "Value": "shop"}]
    for number in range(5):
        arn = client.put_rule(Name=f"rule-{number}", EventPattern=IN_ALARM, Tags=tags)["RuleArn"]
    client.put_rule(Name="another", EventPattern=IN_ALARM)
    listed = pages(client.list_rules, "Rules", NamePrefix="rule-", Limit=2)
    assert [len(page) for page in listed] == [2, 2, 1]
    assert [rule["Name"] for page in listed for rule in page] == [f"rule-{number}" for number in range(5)]
    client.tag_resource(ResourceARN=arn, Tags=[{"Key": "tier", "Value": "1"}])
    client.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "tier", "Value": "1"}]
    client.put_rule(Name="another", EventPattern=ANYTHING, Description="All", State="DISABLED")
    described = client.describe_rule(Name="another")
    assert (described["EventPattern"], described["Description"]) == (ANYTHING, "All")
    assert client.list_targets_by_rule(Rule="another")["Targets"] == []
