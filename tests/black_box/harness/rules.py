"""Rules of EventBridge whose targets are response plans, and alarms as CloudWatch sends them."""

import json

from .account import REGION
from .wire import eventually

IN_ALARM = json.dumps(
    {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "detail": {"state": {"value": ["ALARM"]}},
    }
)


def alarm_arn(account, name):
    return f"arn:aws:cloudwatch:{REGION}:{account.id}:alarm:{name}"


def alarm(account, name, state="ALARM", before="OK"):
    """An alarm over the errors of a function has changed its state."""
    metric = {"namespace": "AWS/Lambda", "name": "Errors", "dimensions": {"FunctionName": name}}
    stat = {"metric": metric, "period": 60, "stat": "Sum"}
    return {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Resources": [alarm_arn(account, name)],
        "Detail": json.dumps(
            {
                "alarmName": name,
                "configuration": {
                    "description": "Payments fail",
                    "metrics": [{"id": "m1", "metricStat": stat, "returnData": True}],
                },
                "previousState": {
                    "reason": "Threshold not crossed",
                    "timestamp": "2026-01-01T09:58:00.000+0000",
                    "value": before,
                },
                "state": {
                    "reason": "Threshold Crossed: 1 datapoint [7.0] was greater than the threshold (1.0).",
                    "timestamp": "2026-01-01T10:00:00.000+0000",
                    "value": state,
                },
            }
        ),
    }


def create_rule(client, name, *plans, pattern=IN_ALARM, **parameters):
    """Makes a rule that starts these plans and gives its ARN."""
    arn = client.put_rule(Name=name, EventPattern=pattern, **parameters)["RuleArn"]
    targets = [{"Id": f"plan-{number}", "Arn": plan} for number, plan in enumerate(plans)]
    if targets:
        assert client.put_targets(Rule=name, Targets=targets)["FailedEntryCount"] == 0
    return arn


def incidents(client):
    """All incidents of an account, the newest first."""
    arns = [summary["arn"] for summary in client.list_incident_records()["incidentRecordSummaries"]]
    return [client.get_incident_record(arn=arn)["incidentRecord"] for arn in arns]


def incidents_when(client, count):
    """Waits until there are so many: events are taken in after PutEvents has answered."""

    def probe():
        found = incidents(client)
        return found if len(found) >= count else None

    found = eventually(probe, f"{count} incidents")
    assert len(found) == count, found
    return found


def triggers(client, incident):
    """The data of an incident's triggers, the oldest first."""
    is_trigger = {"equals": {"stringValues": ["SSM Incident Trigger"]}}
    events = client.list_timeline_events(
        incidentRecordArn=incident["arn"],
        filters=[{"key": "eventType", "condition": is_trigger}],
        sortOrder="ASCENDING",
    )["eventSummaries"]
    data = []
    for event in events:
        answer = client.get_timeline_event(incidentRecordArn=incident["arn"], eventId=event["eventId"])
        data.append(json.loads(answer["event"]["eventData"]))
    return data


def triggers_when(client, incident, count):
    """Waits until so many triggers have come."""

    def probe():
        found = triggers(client, incident)
        return found if len(found) >= count else None

    found = eventually(probe, f"{count} triggers")
    assert len(found) == count, found
    return found


def items(client, incident):
    """The related items of an incident as pairs of type and value."""
    listed = client.list_related_items(incidentRecordArn=incident["arn"])["relatedItems"]
    identifiers = [item["identifier"] for item in listed]
    return [(identifier["type"], *identifier["value"].values()) for identifier in identifiers]
