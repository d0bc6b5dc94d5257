"""Security Hub V2's inventory through boto3: what findings say of resources is listed, counted and rated."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from harness.account import REGION
from harness.findings import FIXTURES, made_up, write_lines
from harness.incidents import pages
from harness.process import balefire
from harness.security_findings import bring_in, finding
from harness.wire import refusal

MEMBERS = 12

BUCKET, INSTANCE, USER, VOLUME = "arn:aws:s3:::orders", "i-0abc", "AIDAEXAMPLE", "vol-0abc"
ALL = [USER, BUCKET, INSTANCE, VOLUME]


def bring(account, *paths):
    done = balefire("import", *paths, account=account)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def hub(account):
    """A client of an account that has the findings of the fixture."""
    client = account.client("securityhub")
    client.enable_security_hub_v2()
    bring(account, FIXTURES / "findings.json")
    return client


def string(field, value, comparison="EQUALS"):
    return {"StringFilters": [{"FieldName": field, "Filter": {"Value": value, "Comparison": comparison}}]}


def found(client, *composites, **parameters):
    if composites:
        parameters["Filters"] = {"CompositeFilters": list(composites)}
    return [one["ResourceId"] for one in client.get_resources_v2(**parameters)["Resources"]]


def test_a_resource_is_what_findings_say_of_it(account, hub):
    shown = {one["ResourceId"]: one for one in hub.get_resources_v2()["Resources"]}
    assert list(shown) == ALL
    bucket = shown[BUCKET]
    captured = datetime.fromisoformat(bucket.pop("ResourceDetailCaptureTimeDt"))
    assert abs(datetime.now(UTC) - captured) < timedelta(minutes=1)
    assert bucket.pop("ResourceGuid")
    [summary] = bucket.pop("FindingsSummary")
    severities = summary.pop("Severities")
    assert severities.pop("High") == 1 and set(severities.values()) == {0}
    kind = {"FindingType": "Compliance Finding", "ProductName": "Lantern Posture", "TotalFindings": 1}
    assert summary == kind
    assert bucket == {
        "ResourceId": BUCKET,
        "AccountId": account.id,
        "Region": "us-east-1",
        "ResourceProvider": "AWS",
        "ResourceOwnerAccountId": account.id,
        "ResourceCloudPartition": "aws",
        "ResourceRegion": "us-east-1",
        "ResourceCategory": "Storage",
        "ResourceType": "AWS::S3::Bucket",
        "ResourceName": "orders",
        "ResourceTags": [{"Key": "team", "Value": "web"}],
        "ResourceConfig": {},
        "DiscoveryType": "Managed",
    }


def test_findings_of_the_first_version_name_resources_too(account, hub):
    hub.enable_security_hub()
    bring_in(hub, finding(account, "vault"))
    [vault] = hub.get_resources_v2(Filters={"CompositeFilters": [string("ResourceId", "arn:aws:s3:::vault")]})[
        "Resources"
    ]
    assert vault["ResourceType"] == "AWS::S3::Bucket"
    assert vault["ResourceTags"] == [{"Key": "team", "Value": "lantern"}]
    assert vault["FindingsSummary"][0]["Severities"]["Medium"] == 1


def test_resources_are_filtered_sorted_and_paged(hub):
    assert found(hub, string("ResourceCategory", "Compute")) == [INSTANCE]
    assert found(hub, string("ResourceType", "AWS::EC2::", "PREFIX")) == [INSTANCE, VOLUME]
    assert found(hub, string("Region", "us-east-1", "NOT_EQUALS")) == [USER]
    assert found(hub, string("FindingsSummary.FindingType", "Detection Finding")) == [USER]
    tagged = {"Key": "team", "Value": "shop", "Comparison": "EQUALS"}
    assert found(hub, {"MapFilters": [{"FieldName": "ResourceTags", "Filter": tagged}]}) == [INSTANCE]
    critical = {"FieldName": "FindingsSummary.Severities.Critical", "Filter": {"Gte": 1}}
    assert found(hub, {"NumberFilters": [critical]}) == [USER]
    worst = [
        {"Field": "FindingsSummary.Severities.Critical", "SortOrder": "desc"},
        {"Field": "FindingsSummary.Severities.High", "SortOrder": "desc"},
        {"Field": "ResourceId", "SortOrder": "desc"},
    ]
    for order, expected in [
        (worst, [USER, BUCKET, VOLUME, INSTANCE]),
        ([{"Field": "ResourceType", "SortOrder": "asc"}], [INSTANCE, VOLUME, USER, BUCKET]),
    ]:
        assert found(hub, SortCriteria=order) == expected
        paged = pages(hub.get_resources_v2, "Resources", MaxResults=1, SortCriteria=order)
        assert [one["ResourceId"] for [one] in paged] == expected
    refusal(hub.get_resources_v2, "ValidationException", 400, SortCriteria=[{"Field": "severity"}])
    sub_category = {"CompositeFilters": [string("ResourceSubCategory", "Model")]}
    refusal(hub.get_resources_v2, "ValidationException", 400, Filters=sub_category)


def test_what_is_resolved_no_longer_counts(hub):
    seen = hub.get_findings_v2()["Findings"]
    uids = [one["metadata"]["uid"] for one in seen]
    hub.batch_update_findings_v2(MetadataUids=uids, StatusId=4)
    for one in hub.get_resources_v2()["Resources"]:
        assert one["FindingsSummary"] == []


def test_resources_are_counted(hub):
    rules = [
        {"GroupByField": "ResourceCategory"},
        {
            "GroupByField": "ResourceType",
            "Filters": {"CompositeFilters": [string("Region", "us-east-1")]},
        },
        {"GroupByField": "FindingsSummary.FindingType"},
    ]
    results = hub.get_resources_statistics_v2(GroupByRules=rules)["GroupByResults"]
    counts = [
        {value["FieldValue"]: value["Count"] for value in result["GroupByValues"]} for result in results
    ]
    assert counts == [
        {"Storage": 2, "Compute": 1, "Identity": 1},
        {"AWS::EC2::Instance": 1, "AWS::EC2::Volume": 1, "AWS::S3::Bucket": 1},
        {"Vulnerability Finding": 2, "Compliance Finding": 1, "Detection Finding": 1},
    ]
    rule = {"GroupByField": "ResourceSubCategory"}
    refusal(hub.get_resources_statistics_v2, "ValidationException", 400, GroupByRules=[rule])


def test_trends_tell_how_many_there_were(hub):
    now = datetime.now(UTC)
    asked = {"StartTime": now - timedelta(days=1), "EndTime": now + timedelta(seconds=1)}
    counts = [
        point["TrendsValues"]["ResourcesCount"]["AllResources"]
        for point in hub.get_resources_trends_v2(**asked)["TrendsMetrics"]
    ]
    assert counts[0] == 0 and counts[-1] == 4
    filters = {"CompositeFilters": [string("resource_category", "Storage")]}
    found = hub.get_resources_trends_v2(Filters=filters, **asked)
    assert found["Granularity"] == "Daily"
    assert found["TrendsMetrics"][-1]["TrendsValues"]["ResourcesCount"]["AllResources"] == 2


def test_a_rule_says_how_critical_a_resource_is(account, hub, tmp_path):
    hub.create_automation_rule_v2(
        RuleName="crown jewels",
        Description="What pays for the rest",
        RuleOrder=1.0,
        Criteria={"ResourceCriteria": {"CompositeFilters": [string("ResourceName", "vault", "CONTAINS")]}},
        Actions=[{"Type": "RESOURCE_FIELDS_UPDATE", "ResourceFieldsUpdate": {"Criticality": "Very High"}}],
    )
    resources = [{"uid": f"arn:aws:s3:::{name}", "name": name} for name in ["the-vault", "the-shed"]]
    cloud = {"region": REGION, "provider": "AWS"}
    bring(account, write_lines(tmp_path / "f.jsonl", [made_up(1, resources=resources, cloud=cloud)]))
    rated = string("ResourceCriticality", "Very High")
    [vault] = hub.get_resources_v2(Filters={"CompositeFilters": [rated]})["Resources"]
    assert vault["ResourceName"] == "the-vault"
    [source] = vault["CriticalitySources"]
    assert source["Source"] == "AutomationRule" and "crown jewels" in source["Reason"]


def test_a_rule_is_tried_on_the_inventory(account, hub, tmp_path):
    rule = {
        "Criteria": {"ResourceCriteria": {"CompositeFilters": [string("ResourceId", BUCKET)]}},
        "Actions": [{"Type": "RESOURCE_FIELDS_UPDATE", "ResourceFieldsUpdate": {"Criticality": "High"}}],
    }
    path = tmp_path / "rule.json"
    path.write_text(json.dumps(rule))
    done = balefire("rules", "test", path, account=account)
    assert f"of {len(ALL)} resources, 1 would match and 1 would be rated anew\n  {BUCKET}" in done.stdout, done
    done = balefire("rules", "test", path, "--format", "json", account=account)
    tried = json.loads(done.stdout)
    assert (tried["subject"], tried["changed"], tried["sample_uids"]) == ("RESOURCES", 1, [BUCKET])
    assert found(hub, string("ResourceCriticality", "High")) == [], "trying changes nothing"


def test_the_administrator_sees_all_and_a_member_its_own(server, account, hub):
    administrator = server.administrator.client("securityhub")
    administrator.enable_security_hub_v2()
    of_account = string("AccountId", account.id)
    assert found(administrator, of_account) == ALL
    assert found(hub) == ALL
    scopes = {"AwsOrganizations": []}
    refusal(hub.get_resources_v2, "AccessDeniedException", 403, Scopes=scopes)
    hub.disable_security_hub_v2()
    refusal(hub.get_resources_v2, "AccessDeniedException", 403)
