"""What an account has in Security Hub besides findings, and what another account gets of it: nothing."""

from datetime import UTC, datetime, timedelta

from .account import REGION
from .vulnerabilities import SBOM_PACKAGES
from .wire import eventually, refusal

NOT_FOUND = ("ResourceNotFoundException", 404)
DENIED = ("AccessDeniedException", 403)

RULE = {
    "RuleName": "quiet",
    "Description": "Known and accepted",
    "RuleOrder": 5.5,
    "Criteria": {
        "OcsfFindingCriteria": {
            "CompositeFilters": [
                {
                    "StringFilters": [
                        {"FieldName": "severity", "Filter": {"Value": "none", "Comparison": "EQUALS"}}
                    ]
                }
            ]
        }
    },
    "Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"Comment": "known"}}],
}


def export(account):
    key = f"arn:aws:kms:{REGION}:{account.id}:key/1234abcd-12ab"
    return {
        "Name": "all",
        "Destination": {"S3": {"BucketArn": "arn:aws:s3:::not-configured", "KmsKeyArn": key}},
        "OutputConfiguration": {"Findings": {"Format": "OCSF_JSON"}},
    }


class Owned:
    """A rule and an export of the owner's, and what the administrator has set up for all."""

    def __init__(self, administrator, account):
        self.account = account
        self.hub = account.client("securityhub")
        self.rule = self.hub.create_automation_rule_v2(**RULE)["RuleArn"]
        self.export = self.hub.start_export_job_v2(**export(account))["ExportJobId"]
        hub = administrator.client("securityhub")
        hub.enable_security_hub_v2()
        known = hub.list_aggregators_v2()["AggregatorsV2"]
        made = known[0] if known else hub.create_aggregator_v2(RegionLinkingMode="ALL_REGIONS")
        self.aggregator = made["AggregatorV2Arn"]
        provider = {"JiraCloud": {"ProjectKey": "OPS"}}
        self.connector = hub.create_connector_v2(Name="isolated", Provider=provider)["ConnectorId"]

    def look(self):
        rule = self.hub.get_automation_rule_v2(Identifier=self.rule)
        return {
            "rule": {name: value for name, value in rule.items() if name != "ResponseMetadata"},
            "exports": [job["ExportJobId"] for job in self.hub.list_export_jobs_v2()["Items"]],
            "resources": self.hub.get_resources_v2()["Resources"],
        }


def refused(operation, error, **named):
    """A call with the owner's names, or as the administrator makes it, is refused."""

    def check(a, b):
        parameters = {name: value(a) if callable(value) else value for name, value in named.items()}
        refusal(getattr(b.hub, operation), *error, **parameters)

    return check


def things(name):
    return lambda a: getattr(a.things, name)


def hub_arn(a):
    return a.hub_arn


def uid(a):
    return a.uids[0]


def own_rule(a, b):
    own = b.hub.create_automation_rule_v2(**RULE)["RuleArn"]
    assert own != a.things.rule
    b.hub.delete_automation_rule_v2(Identifier=own)


def list_rules(a, b):
    assert b.hub.list_automation_rules_v2()["Rules"] == []


def own_export(a, b):
    own = b.hub.start_export_job_v2(**export(b.account))["ExportJobId"]
    assert [job["ExportJobId"] for job in b.hub.list_export_jobs_v2()["Items"]] == [own]


def list_exports(a, b):
    jobs = b.hub.list_export_jobs_v2()["Items"]
    assert a.things.export not in [job["ExportJobId"] for job in jobs]


def features(a, b):
    b.hub.enable_security_hub_feature_v2(FeatureName="NETWORK_SCANNING")
    b.hub.disable_security_hub_feature_v2(FeatureName="NETWORK_SCANNING")


def products(a, b):
    assert b.hub.describe_products_v2()["ProductsV2"] == a.hub.describe_products_v2()["ProductsV2"]


def statistics(a, b):
    rules = [{"GroupByField": "metadata.product.name"}]
    found = b.hub.get_finding_statistics_v2(GroupByRules=rules)["GroupByResults"]
    assert found == [{"GroupByField": "metadata.product.name", "GroupByValues": []}]


LAMP = {"PackageName": "ember-lamp", "PackageType": "unknown"}


def software(a, b):
    # One of what findings say, whose type is not known, and all that the scan found.
    installed = sorted([*SBOM_PACKAGES, "ember-lamp"])
    names = lambda: [one["PackageName"] for one in a.hub.get_software_v2()["Software"]]
    eventually(lambda: names() == installed, "the owner's software")
    assert b.hub.get_software_v2()["Software"] == []


def software_resources(a, b):
    assert a.hub.get_software_resources_v2(**LAMP)["SoftwareResources"]
    assert b.hub.get_software_resources_v2(**LAMP)["SoftwareResources"] == []


def software_statistics(a, b):
    rules = [{"GroupByField": "PackageName"}]
    found = b.hub.get_software_statistics_v2(GroupByRules=rules)["GroupByResults"]
    assert found == [{"GroupByField": "PackageName", "GroupByValues": []}]


def trends(a, b):
    now = datetime.now(UTC)
    found = b.hub.get_findings_trends_v2(StartTime=now - timedelta(days=2), EndTime=now + timedelta(days=1))
    for point in found["TrendsMetrics"]:
        assert set(point["TrendsValues"]["SeverityTrends"].values()) == {0}


def no_resources(a, b):
    assert a.things.look()["resources"]
    assert b.hub.get_resources_v2()["Resources"] == []
    of_a = {"FieldName": "AccountId", "Filter": {"Value": a.account.id, "Comparison": "EQUALS"}}
    filters = {"CompositeFilters": [{"StringFilters": [of_a]}]}
    assert b.hub.get_resources_v2(Filters=filters)["Resources"] == []


def resource_statistics(a, b):
    rules = [{"GroupByField": "ResourceType"}, {"GroupByField": "FindingsSummary.FindingType"}]
    found = b.hub.get_resources_statistics_v2(GroupByRules=rules)["GroupByResults"]
    assert [result["GroupByValues"] for result in found] == [[], []]


def resource_trends(a, b):
    now = datetime.now(UTC)
    found = b.hub.get_resources_trends_v2(StartTime=now - timedelta(days=2), EndTime=now + timedelta(days=1))
    for point in found["TrendsMetrics"]:
        assert point["TrendsValues"]["ResourcesCount"]["AllResources"] == 0


def no_aggregators(a, b):
    assert b.hub.list_aggregators_v2()["AggregatorsV2"] == []


def no_connectors(a, b):
    assert b.hub.list_connectors_v2()["Connectors"] == []


ISOLATED = {
    ("securityhub", operation): check
    for operation, check in {
        "CancelExportJobV2": refused("cancel_export_job_v2", NOT_FOUND, ExportJobId=things("export")),
        "CreateAggregatorV2": refused("create_aggregator_v2", DENIED, RegionLinkingMode="ALL_REGIONS"),
        "CreateAutomationRuleV2": own_rule,
        "CreateConnectorV2": refused("create_connector_v2", DENIED, Name="b", Provider={"JiraCloud": {}}),
        "CreateTicketV2": refused(
            "create_ticket_v2", NOT_FOUND, ConnectorId=things("connector"), FindingMetadataUid=uid
        ),
        "DeleteAggregatorV2": refused("delete_aggregator_v2", DENIED, AggregatorV2Arn=things("aggregator")),
        "DeleteAutomationRuleV2": refused("delete_automation_rule_v2", NOT_FOUND, Identifier=things("rule")),
        "DeleteConnectorV2": refused("delete_connector_v2", DENIED, ConnectorId=things("connector")),
        "DescribeProductsV2": products,
        "DisableSecurityHubFeatureV2": features,
        "EnableSecurityHubFeatureV2": features,
        "GetAggregatorV2": refused("get_aggregator_v2", NOT_FOUND, AggregatorV2Arn=things("aggregator")),
        "GetAutomationRuleV2": refused("get_automation_rule_v2", NOT_FOUND, Identifier=things("rule")),
        "GetConnectorV2": refused("get_connector_v2", NOT_FOUND, ConnectorId=things("connector")),
        "GetExportJobV2": refused("get_export_job_v2", NOT_FOUND, ExportJobId=things("export")),
        "GetFindingStatisticsV2": statistics,
        "GetFindingsTrendsV2": trends,
        "GetResourcesStatisticsV2": resource_statistics,
        "GetResourcesTrendsV2": resource_trends,
        "GetResourcesV2": no_resources,
        "GetSoftwareResourcesV2": software_resources,
        "GetSoftwareStatisticsV2": software_statistics,
        "GetSoftwareV2": software,
        "ListAggregatorsV2": no_aggregators,
        "ListAutomationRulesV2": list_rules,
        "ListConnectorsV2": no_connectors,
        "ListExportJobsV2": list_exports,
        "ListTagsForResource": refused("list_tags_for_resource", NOT_FOUND, ResourceArn=hub_arn),
        "RegisterConnectorV2": refused("register_connector_v2", DENIED, AuthCode="code", AuthState="state"),
        "StartExportJobV2": own_export,
        "TagResource": refused("tag_resource", NOT_FOUND, ResourceArn=hub_arn, Tags={"owner": "b"}),
        "UntagResource": refused("untag_resource", NOT_FOUND, ResourceArn=hub_arn, TagKeys=["owner"]),
        "UpdateAggregatorV2": refused(
            "update_aggregator_v2",
            DENIED,
            AggregatorV2Arn=things("aggregator"),
            RegionLinkingMode="ALL_REGIONS",
        ),
        "UpdateAutomationRuleV2": refused(
            "update_automation_rule_v2", NOT_FOUND, Identifier=things("rule"), Description="theirs"
        ),
        "UpdateConnectorV2": refused(
            "update_connector_v2", DENIED, ConnectorId=things("connector"), Description="theirs"
        ),
    }.items()
}
