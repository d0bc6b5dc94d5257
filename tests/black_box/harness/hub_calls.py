"""A call of each operation of Security Hub that is answered, on a store that has one of everything."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from . import hub_things, security_findings
from .account import REGION
from .findings import FIXTURES, all_findings
from .process import balefire
from .security_findings import equals, finding, identifier
from .wire import eventually


class Hub:
    """The administrator's hub of both versions, and what is in it."""

    def __init__(self, administrator):
        self.account = administrator
        self.client = administrator.client("securityhub")
        self.client.enable_security_hub_v2()
        done = balefire("import", FIXTURES / "findings.json", account=administrator)
        assert done.returncode == 0, done.stderr
        self.v1 = security_findings.Owned(administrator)
        self.things = hub_things.Owned(administrator, administrator)
        self.uid = all_findings(self.client)[0]["metadata"]["uid"]
        eventually(self.export_has_failed, "an export to a bucket that is not there fails")
        self.arn = self.client.describe_security_hub_v2()["HubV2Arn"]

    def export_has_failed(self):
        return self.client.get_export_job_v2(ExportJobId=self.things.export)["Status"] == "FAILED"


@dataclass(frozen=True)
class Call:
    """The input of a call, made of the hub; then a text that is in its answer, or the error that is."""

    input: object
    shows: str = ""
    error: str = ""

    def parameters(self, hub):
        return self.input(hub) if callable(self.input) else self.input


def of_thing(parameter, name, **more):
    """An input that names one of the hub's own things."""
    return lambda hub: {parameter: getattr(hub.things, name), **more}


def of_v1(parameter, name, **more):
    return lambda hub: {parameter: getattr(hub.v1, name), **more}


def trends(_):
    now = datetime.now(UTC).replace(microsecond=0)
    return {"StartTime": (now - timedelta(days=2)).isoformat(), "EndTime": now.isoformat()}


def by(field):
    return {"GroupByRules": [{"GroupByField": field}]}


OTHER_PRODUCT = f"arn:aws:securityhub:{REGION}::product/cloud-custodian/cloud-custodian"
FEATURE = {"FeatureName": "NETWORK_SCANNING"}
ALL_REGIONS = {"RegionLinkingMode": "ALL_REGIONS"}
TARGET = {"Name": "Ring", "Description": "Rings the bell.", "Id": "ring"}
INSIGHT = {"Name": "By title", "Filters": {}, "GroupByAttribute": "Title"}
JIRA = {"Name": "calls", "Provider": {"JiraCloud": {"ProjectKey": "OPS"}}}

# They are made in this order: what ends a thing stands behind what needs it.
FIRST_VERSION = {
    "DisableSecurityHub": Call({}),
    "EnableSecurityHub": Call({"Tags": {"team": "lantern"}, "EnableDefaultStandards": False}),
    "DescribeHub": Call({}, shows=":hub/default"),
    "UpdateSecurityHubConfiguration": Call({"AutoEnableControls": False}),
    "GetAdministratorAccount": Call({}),
    "GetMasterAccount": Call({}),
    "ListMembers": Call({"OnlyAssociated": False}, shows="AdministratorId"),
    "GetMembers": Call({"AccountIds": ["999999999999"]}, shows="999999999999"),
    "ListOrganizationAdminAccounts": Call({}, shows="ENABLED"),
    "DescribeOrganizationConfiguration": Call({}, shows="LOCAL"),
    "DescribeStandards": Call({}, shows="Standards"),
    "GetEnabledStandards": Call({}, shows="StandardsSubscriptions"),
    "DescribeProducts": Call({}, shows="Prowler"),
    "EnableImportFindingsForProduct": Call({"ProductArn": OTHER_PRODUCT}, shows="cloud-custodian"),
    "ListEnabledProductsForImport": Call({}, shows="prowler/prowler"),
    "DisableImportFindingsForProduct": Call(of_v1("ProductSubscriptionArn", "subscription")),
    "BatchImportFindings": Call(
        lambda hub: {"Findings": [finding(hub.account, "by-call")]}, shows='"SuccessCount": 1'
    ),
    "BatchUpdateFindings": Call(
        lambda hub: {
            "FindingIdentifiers": [identifier(hub.account, "by-call")],
            "Note": {"Text": "Seen.", "UpdatedBy": "the caller"},
            "Workflow": {"Status": "SUPPRESSED"},
        },
        shows="by-call",
    ),
    "GetFindings": Call(
        {"Filters": {"Id": equals("by-call"), "WorkflowStatus": equals("SUPPRESSED")}}, shows="the caller"
    ),
    "GetFindingHistory": Call(
        lambda hub: {"FindingIdentifier": identifier(hub.account, "by-call")}, shows="BATCH_UPDATE_FINDINGS"
    ),
    "CreateInsight": Call(INSIGHT, shows=":insight/"),
    "GetInsights": Call({}, shows="By title"),
    "UpdateInsight": Call(of_v1("InsightArn", "insight", Filters={})),
    "GetInsightResults": Call(of_v1("InsightArn", "insight"), shows="arn:aws:s3:::lantern"),
    "DeleteInsight": Call(of_v1("InsightArn", "insight"), shows=":insight/"),
    "CreateActionTarget": Call(TARGET, shows=":action/custom/ring"),
    "UpdateActionTarget": Call(of_v1("ActionTargetArn", "action_target", Name="Shout")),
    "DescribeActionTargets": Call({}, shows="Shout"),
    "DeleteActionTarget": Call(of_v1("ActionTargetArn", "action_target"), shows=":action/custom/"),
}

SECOND_VERSION = {
    "DescribeSecurityHubV2": Call({}, shows=":hubv2/"),
    "EnableSecurityHubFeatureV2": Call(FEATURE),
    "DisableSecurityHubFeatureV2": Call(FEATURE),
    "TagResource": Call(lambda hub: {"ResourceArn": hub.arn, "Tags": {"team": "lantern"}}),
    "ListTagsForResource": Call(lambda hub: {"ResourceArn": hub.arn}, shows='"team": "lantern"'),
    "UntagResource": Call(lambda hub: {"ResourceArn": hub.arn, "TagKeys": ["team"]}),
    "DescribeProductsV2": Call({}, shows="ProductsV2"),
    "BatchUpdateFindingsV2": Call(
        lambda hub: {"MetadataUids": [hub.uid], "Comment": "Seen."}, shows='"ProcessedFindings": [\n'
    ),
    "GetFindingsV2": Call({"MaxResults": 100}, shows="Seen."),
    "GetFindingStatisticsV2": Call(by("severity"), shows="GroupByValues"),
    "GetFindingsTrendsV2": Call(trends, shows="SeverityTrends"),
    "GetResourcesV2": Call({}, shows="ResourceType"),
    "GetResourcesStatisticsV2": Call(by("ResourceType"), shows="GroupByValues"),
    "GetResourcesTrendsV2": Call(trends, shows="ResourcesCount"),
    "GetSoftwareV2": Call({}, shows="ember-lamp"),
    "GetSoftwareStatisticsV2": Call(by("PackageName"), shows="ember-lamp"),
    "GetSoftwareResourcesV2": Call(hub_things.LAMP, shows="SoftwareResources"),
    "GetAutomationRuleV2": Call(of_thing("Identifier", "rule"), shows="quiet"),
    "UpdateAutomationRuleV2": Call(of_thing("Identifier", "rule", RuleName="silent")),
    "ListAutomationRulesV2": Call({}, shows="silent"),
    "CreateAutomationRuleV2": Call(hub_things.RULE, shows="RuleArn"),
    "DeleteAutomationRuleV2": Call(of_thing("Identifier", "rule")),
    "GetExportJobV2": Call(of_thing("ExportJobId", "export"), shows="not-configured"),
    "ListExportJobsV2": Call({}, shows="ExportJobId"),
    # It has failed: there is no such bucket.
    "CancelExportJobV2": Call(of_thing("ExportJobId", "export"), error="ConflictException"),
    "StartExportJobV2": Call(lambda hub: hub_things.export(hub.account), shows="ExportJobId"),
    "GetConnectorV2": Call(of_thing("ConnectorId", "connector"), shows="isolated"),
    "UpdateConnectorV2": Call(of_thing("ConnectorId", "connector", Description="Of the calls.")),
    "ListConnectorsV2": Call({}, shows="Of the calls."),
    "CreateConnectorV2": Call(JIRA, shows="ConnectorId"),
    "RegisterConnectorV2": Call({"AuthCode": "code", "AuthState": "state"}, error="ValidationException"),
    "CreateTicketV2": Call(
        lambda hub: {"ConnectorId": hub.things.connector, "FindingMetadataUid": hub.uid},
        error="ConflictException",
    ),
    "DeleteConnectorV2": Call(of_thing("ConnectorId", "connector")),
    "GetAggregatorV2": Call(of_thing("AggregatorV2Arn", "aggregator"), shows="ALL_REGIONS"),
    "UpdateAggregatorV2": Call(
        of_thing(
            "AggregatorV2Arn",
            "aggregator",
            RegionLinkingMode="SPECIFIED_REGIONS",
            LinkedRegions=["eu-central-1"],
        ),
        shows="eu-central-1",
    ),
    "ListAggregatorsV2": Call({}, shows=":aggregatorv2/"),
    "DeleteAggregatorV2": Call(of_thing("AggregatorV2Arn", "aggregator")),
    "CreateAggregatorV2": Call(ALL_REGIONS, shows=":aggregatorv2/"),
    "DisableSecurityHubV2": Call({}),
    "EnableSecurityHubV2": Call({}, shows=":hubv2/"),
}

CALLS = FIRST_VERSION | SECOND_VERSION
