"""What another account gets of an account's incidents and events: nothing."""

from datetime import UTC, datetime

from .deployments import put
from .incidents import create_plan, policy, start
from .rules import IN_ALARM, alarm
from .wire import refusal

NOT_FOUND = "ResourceNotFoundException"


def not_found(operation, **parameters):
    refusal(operation, NOT_FOUND, 404, **parameters)


def batch_get_incident_findings(a, b):
    not_found(
        b.incidents.batch_get_incident_findings,
        incidentRecordArn=a.incident,
        findingIds=[a.incident_finding],
    )
    own = start(b.incidents, create_plan(b.incidents, "isolated"))
    answer = b.incidents.batch_get_incident_findings(incidentRecordArn=own, findingIds=[a.incident_finding])
    assert answer["findings"] == [] and len(answer["errors"]) == 1


def create_replication_set(a, b):
    own = b.incidents.list_replication_sets()["replicationSetArns"]
    assert len(own) == 1 and own != [a.set], "each account has a set of its own"


def create_response_plan(a, b):
    arn = create_plan(b.incidents, "shop-down", title="Another plan of the same name")
    assert arn != a.plan
    b.incidents.delete_response_plan(arn=arn)


def delete_response_plan(a, b):
    # Deleting what is not there models no error.
    b.incidents.delete_response_plan(arn=a.plan)


def delete_incident_record(a, b):
    # Neither do these two.
    b.incidents.delete_incident_record(arn=a.incident)


def delete_timeline_event(a, b):
    b.incidents.delete_timeline_event(incidentRecordArn=a.incident, eventId=a.note)


def update_related_items(a, b):
    item = {"type": "OTHER", "value": {"url": "https://not-yours.example"}}
    for update in [{"itemToAdd": {"identifier": item}}, {"itemToRemove": item}]:
        not_found(b.incidents.update_related_items, incidentRecordArn=a.incident, relatedItemsUpdate=update)


def put_resource_policy(a, b):
    document = policy(a.plan, b.account.id, ["StartIncident"])
    not_found(b.incidents.put_resource_policy, resourceArn=a.plan, policy=document)


def list_incident_records(a, b):
    arns = [summary["arn"] for summary in b.incidents.list_incident_records()["incidentRecordSummaries"]]
    assert a.incident not in arns


def list_response_plans(a, b):
    arns = [plan["arn"] for plan in b.incidents.list_response_plans()["responsePlanSummaries"]]
    assert a.plan not in arns


def list_related_items(a, b):
    assert b.incidents.list_related_items(incidentRecordArn=a.incident)["relatedItems"] == []


def list_timeline_events(a, b):
    assert b.incidents.list_timeline_events(incidentRecordArn=a.incident)["eventSummaries"] == []


def start_incident(a, b):
    not_found(b.incidents.start_incident, responsePlanArn=a.plan)
    own = create_plan(b.incidents, "same-string", dedupeString="shared")
    assert start(b.incidents, own, clientToken="shared") != a.incident, "strings and tokens are of an account"


def each_resource(operation, **parameters):
    def check(a, b):
        for arn in [a.plan, a.incident, a.set]:
            not_found(getattr(b.incidents, operation), resourceArn=arn, **parameters)

    return check


def one(operation, **named):
    """A call with the owner's names finds nothing."""

    def check(a, b):
        parameters = {name: value(a) if callable(value) else value for name, value in named.items()}
        not_found(getattr(b.incidents, operation), **parameters)

    return check


def incident(a):
    return a.incident


def delete_rule(a, b):
    # Deleting what is not there models no error.
    b.rules.delete_rule(Name="alarms")


def list_rules(a, b):
    assert a.rule not in [rule["Arn"] for rule in b.rules.list_rules()["Rules"]]


def list_rule_names_by_target(a, b):
    assert b.rules.list_rule_names_by_target(TargetArn=a.plan)["RuleNames"] == []


def put_events(a, b):
    # It is the owner's alarm, and yet an event of the account that sends it.
    put(b.account, alarm(a.account, "pay"))


def put_rule(a, b):
    assert b.rules.put_rule(Name="alarms", EventPattern=IN_ALARM, State="DISABLED")["RuleArn"] != a.rule
    b.rules.delete_rule(Name="alarms")


def put_targets(a, b):
    target = {"Id": "theirs", "Arn": a.plan}
    no_rule("put_targets", Rule="alarms", Targets=[target])(a, b)
    b.rules.put_rule(Name="own", EventPattern=IN_ALARM)
    assert b.rules.put_targets(Rule="own", Targets=[target])["FailedEntryCount"] == 1
    b.rules.delete_rule(Name="own")


def pattern_alone(a, b):
    # It reads nothing but its input.
    named = {"EventPattern": IN_ALARM, "Event": "{}"}
    refusal(b.rules.test_event_pattern, "ValidationException", 400, **named)


def no_rule(operation, **named):
    """A call with the name or the ARN of the owner's rule finds nothing."""

    def check(a, b):
        parameters = {name: value(a) if callable(value) else value for name, value in named.items()}
        refusal(getattr(b.rules, operation), NOT_FOUND, 400, **parameters)

    return check


def rule(a):
    return a.rule


ISOLATED = {
    ("events", "DeleteRule"): delete_rule,
    ("events", "DescribeRule"): no_rule("describe_rule", Name="alarms"),
    ("events", "DisableRule"): no_rule("disable_rule", Name="alarms"),
    ("events", "EnableRule"): no_rule("enable_rule", Name="alarms"),
    ("events", "ListRuleNamesByTarget"): list_rule_names_by_target,
    ("events", "ListRules"): list_rules,
    ("events", "ListTagsForResource"): no_rule("list_tags_for_resource", ResourceARN=rule),
    ("events", "ListTargetsByRule"): no_rule("list_targets_by_rule", Rule="alarms"),
    ("events", "PutEvents"): put_events,
    ("events", "PutRule"): put_rule,
    ("events", "PutTargets"): put_targets,
    ("events", "RemoveTargets"): no_rule("remove_targets", Rule="alarms", Ids=["plan-0"]),
    ("events", "TagResource"): no_rule("tag_resource", ResourceARN=rule, Tags=[]),
    ("events", "TestEventPattern"): pattern_alone,
    ("events", "UntagResource"): no_rule("untag_resource", ResourceARN=rule, TagKeys=["owner"]),
    ("ssm-incidents", "BatchGetIncidentFindings"): batch_get_incident_findings,
    ("ssm-incidents", "CreateReplicationSet"): create_replication_set,
    ("ssm-incidents", "CreateResponsePlan"): create_response_plan,
    ("ssm-incidents", "CreateTimelineEvent"): one(
        "create_timeline_event",
        incidentRecordArn=incident,
        eventTime=datetime.now(UTC),
        eventType="Note",
        eventData="not yours",
    ),
    ("ssm-incidents", "DeleteIncidentRecord"): delete_incident_record,
    ("ssm-incidents", "DeleteReplicationSet"): one("delete_replication_set", arn=lambda a: a.set),
    ("ssm-incidents", "DeleteResourcePolicy"): one(
        "delete_resource_policy", resourceArn=lambda a: a.plan, policyId=lambda a: a.policy
    ),
    ("ssm-incidents", "DeleteResponsePlan"): delete_response_plan,
    ("ssm-incidents", "DeleteTimelineEvent"): delete_timeline_event,
    ("ssm-incidents", "GetIncidentRecord"): one("get_incident_record", arn=incident),
    ("ssm-incidents", "GetReplicationSet"): one("get_replication_set", arn=lambda a: a.set),
    ("ssm-incidents", "GetResourcePolicies"): one("get_resource_policies", resourceArn=lambda a: a.plan),
    ("ssm-incidents", "GetResponsePlan"): one("get_response_plan", arn=lambda a: a.plan),
    ("ssm-incidents", "GetTimelineEvent"): one(
        "get_timeline_event", incidentRecordArn=incident, eventId=lambda a: a.event
    ),
    ("ssm-incidents", "ListIncidentFindings"): one("list_incident_findings", incidentRecordArn=incident),
    ("ssm-incidents", "ListIncidentRecords"): list_incident_records,
    ("ssm-incidents", "ListRelatedItems"): list_related_items,
    ("ssm-incidents", "ListReplicationSets"): create_replication_set,
    ("ssm-incidents", "ListResponsePlans"): list_response_plans,
    ("ssm-incidents", "ListTagsForResource"): each_resource("list_tags_for_resource"),
    ("ssm-incidents", "ListTimelineEvents"): list_timeline_events,
    ("ssm-incidents", "PutResourcePolicy"): put_resource_policy,
    ("ssm-incidents", "StartIncident"): start_incident,
    ("ssm-incidents", "TagResource"): each_resource("tag_resource", tags={"owner": "b"}),
    ("ssm-incidents", "UntagResource"): each_resource("untag_resource", tagKeys=["owner"]),
    ("ssm-incidents", "UpdateDeletionProtection"): one(
        "update_deletion_protection", arn=lambda a: a.set, deletionProtected=True
    ),
    ("ssm-incidents", "UpdateIncidentRecord"): one(
        "update_incident_record", arn=incident, title="Not yours", status="RESOLVED"
    ),
    ("ssm-incidents", "UpdateRelatedItems"): update_related_items,
    ("ssm-incidents", "UpdateReplicationSet"): one(
        "update_replication_set",
        arn=lambda a: a.set,
        actions=[{"addRegionAction": {"regionName": "eu-west-1"}}],
    ),
    ("ssm-incidents", "UpdateResponsePlan"): one(
        "update_response_plan", arn=lambda a: a.plan, displayName="Not yours"
    ),
    ("ssm-incidents", "UpdateTimelineEvent"): one(
        "update_timeline_event",
        incidentRecordArn=incident,
        eventId=lambda a: a.note,
        eventData="not yours",
    ),
}
