"""Replication sets through boto3: regions, protection, the waiters, and the end of all data."""

from harness.account import REGION
from harness.incidents import create_plan, incident_client, record, share, start, write
from harness.process import ADMINISTRATOR, Server, balefire, first_start
from harness.wire import eventually, refusal

QUICKLY = {"Delay": 0.1, "MaxAttempts": 100}


def only_set(client):
    return client.list_replication_sets()["replicationSetArns"][0]


def get(client, arn):
    return client.get_replication_set(arn=arn)["replicationSet"]


def add(client, arn, region):
    client.update_replication_set(arn=arn, actions=[{"addRegionAction": {"regionName": region}}])
    wait(client, arn, "active")


def wait(client, arn, state):
    client.get_waiter(f"wait_for_replication_set_{state}").wait(arn=arn, WaiterConfig=QUICKLY)


def test_regions_come_and_go(account):
    client = incident_client(account)
    arn = only_set(client)
    wait(client, arn, "active")
    created = get(client, arn)
    assert set(created["regionMap"]) == {REGION}
    incident = start(client, create_plan(client))
    add(client, arn, "eu-west-1")
    found = get(client, arn)
    assert set(found["regionMap"]) == {REGION, "eu-west-1"}
    assert found["regionMap"]["eu-west-1"]["status"] == "ACTIVE"
    assert found["regionMap"]["eu-west-1"]["statusUpdateDateTime"] >= created["createdTime"]
    assert found["lastModifiedTime"] >= created["lastModifiedTime"]
    for actions in [
        [{"addRegionAction": {"regionName": "eu-west-1"}}],
        [{"deleteRegionAction": {"regionName": "eu-west-2"}}],
    ]:
        response = refusal(client.update_replication_set, "ValidationException", 400, arn=arn, actions=actions)
        assert "eu-west-1" in response["Error"]["Message"]
    add(client, arn, "eu-west-2")
    fourth = [{"addRegionAction": {"regionName": "eu-west-3"}}]
    response = refusal(client.update_replication_set, "ValidationException", 400, arn=arn, actions=fourth)
    assert "3 regions" in response["Error"]["Message"]
    client.update_replication_set(arn=arn, actions=[{"deleteRegionAction": {"regionName": "eu-west-1"}}])
    wait(client, arn, "active")
    assert set(get(client, arn)["regionMap"]) == {REGION, "eu-west-2"}
    assert record(client, incident)["status"] == "OPEN"


def test_deleting_the_set_deletes_all_of_the_account(new_account):
    mine, others = incident_client(new_account()), incident_client(new_account())
    kept = start(others, create_plan(others))
    arn = only_set(mine)
    plan = create_plan(mine, incidentTags={"a": "b"})
    incident = start(mine, plan)
    for number in range(30):
        write(mine, incident, number)
    share(mine, plan, "444455556666", ["StartIncident"])
    mine.update_deletion_protection(arn=arn, deletionProtected=True)
    assert get(mine, arn)["deletionProtected"] is True
    response = refusal(mine.delete_replication_set, "ValidationException", 400, arn=arn)
    assert "protection" in response["Error"]["Message"]
    mine.update_deletion_protection(arn=arn, deletionProtected=False)
    answer = mine.delete_replication_set(arn=arn)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    wait(mine, arn, "deleted")
    assert mine.list_replication_sets()["replicationSetArns"] == []
    assert mine.list_response_plans()["responsePlanSummaries"] == []
    assert mine.list_incident_records()["incidentRecordSummaries"] == []
    for operation, parameters in [
        (mine.get_incident_record, {"arn": incident}),
        (mine.get_response_plan, {"arn": plan}),
        (mine.start_incident, {"responsePlanArn": plan}),
        (mine.delete_replication_set, {"arn": arn}),
    ]:
        refusal(operation, "ResourceNotFoundException", 404, **parameters)
    assert record(others, kept)["status"] == "OPEN"
    mine.create_replication_set(regions={REGION: {}})
    assert only_set(mine) != arn
    assert mine.get_resource_policies(resourceArn=create_plan(mine))["resourcePolicies"] == []


def test_deleting_the_last_region_deletes_the_set(account):
    client = incident_client(account)
    arn = only_set(client)
    client.update_replication_set(arn=arn, actions=[{"deleteRegionAction": {"regionName": REGION}}])
    wait(client, arn, "deleted")


def test_an_operator_may_let_sets_take_their_time(fresh_store):
    done = balefire(
        "admin", "set-replication-delay", "2", *fresh_store.arguments(), variables=first_start()
    )
    assert done.returncode == 0, done.stderr
    server = Server(fresh_store)
    try:
        client = server.at(ADMINISTRATOR).client("ssm-incidents")
        arn = client.create_replication_set(regions={REGION: {}})["arn"]
        assert get(client, arn)["status"] == "CREATING"
        template = {"title": "x", "impact": 1}
        response = refusal(
            client.create_response_plan, "ValidationException", 400, name="plan", incidentTemplate=template
        )
        assert "CREATING" in response["Error"]["Message"]
        refusal(client.create_replication_set, "ConflictException", 409, regions={REGION: {}})
        wait(client, arn, "active")
        plan = create_plan(client)
        action = {"addRegionAction": {"regionName": "eu-west-1"}}
        client.update_replication_set(arn=arn, actions=[action])
        response = refusal(client.update_replication_set, "ConflictException", 409, arn=arn, actions=[action])
        assert response["resourceType"] == "REPLICATION_SET"
        refusal(client.start_incident, "ValidationException", 400, responsePlanArn=plan)
        eventually(lambda: get(client, arn)["status"] == "ACTIVE", "the set is active again")
        start(client, plan)
    finally:
        server.stop()
