"""`--limits aws`: the rates and quotas of AWS, with their codes; without it, none of them."""

import time

import pytest
from botocore.exceptions import ClientError

from harness.incidents import create_plan, incident_client
from harness.process import Server

MEMBERS = 1


@pytest.fixture
def limited(fresh_store):
    with Server(fresh_store, "--limits", "aws") as server:
        yield server


def starts(client, plan, count):
    """Asks as fast as it can; the errors, and how long it took."""
    errors, began = [], time.monotonic()
    for _ in range(count):
        try:
            client.start_incident(responsePlanArn=plan)
        except ClientError as error:
            errors.append(error.response)
    return errors, time.monotonic() - began


def test_a_rate_is_kept_and_named(limited):
    client = incident_client(limited.administrator)
    plan = create_plan(client)
    count = 40
    errors, took_s = starts(client, plan, count)
    # Five at once, and five more for each second that it took.
    admitted = count - len(errors)
    assert 5 <= admitted <= 5 + 5 * took_s + 1
    if took_s < 5:
        assert errors, f"{count} starts in {took_s} s"
    for error in errors:
        assert error["ResponseMetadata"]["HTTPStatusCode"] == 429
        assert error["Error"]["Code"] == "ThrottlingException"
        assert (error["quotaCode"], error["serviceCode"]) == ("L-5964C1A6", "ssm-incidents")
        assert "StartIncident 5 times a second" in error["Error"]["Message"]
    listed = client.list_incident_records(maxResults=100)["incidentRecordSummaries"]
    assert len(listed) == admitted, "what was refused left nothing behind"


def test_without_the_profile_there_is_no_rate(account):
    client = incident_client(account)
    errors, _ = starts(client, create_plan(client), 40)
    assert errors == []
