"""Findings of Security Hub's first version, in ASFF, and what another account gets of them."""

from .account import REGION
from .wire import refusal

NOT_FOUND = "ResourceNotFoundException"
PROWLER = f"arn:aws:securityhub:{REGION}::product/prowler/prowler"


def own_product(account):
    return f"arn:aws:securityhub:{REGION}:{account.id}:product/{account.id}/default"


def finding(account, id, **members):
    """A whole finding of an account, of its own product unless another is given."""
    return {
        "SchemaVersion": "2018-10-08",
        "Id": id,
        "ProductArn": own_product(account),
        "GeneratorId": "lantern",
        "AwsAccountId": account.id,
        "CreatedAt": "2026-01-01T00:00:00Z",
        "UpdatedAt": "2026-01-01T00:00:00Z",
        "Title": f"Lantern {id}",
        "Description": "The lantern is unlocked.",
        "Severity": {"Label": "MEDIUM"},
        "Resources": [{"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::{id}", "Tags": {"team": "lantern"}}],
        **members,
    }


def bring_in(client, *findings):
    """Imports findings that are all taken."""
    answer = client.batch_import_findings(Findings=list(findings))
    assert (answer["SuccessCount"], answer["FailedCount"]) == (len(findings), 0), answer


def equals(value):
    return [{"Value": value, "Comparison": "EQUALS"}]


def get(client, id):
    """The one finding with an id."""
    [found] = client.get_findings(Filters={"Id": equals(id)})["Findings"]
    return found


def identifier(account, id):
    return {"Id": id, "ProductArn": own_product(account)}


class Owned:
    """One of everything that the first version keeps for an account."""

    def __init__(self, account):
        self.account = account
        self.client = account.client("securityhub")
        self.client.enable_security_hub()
        bring_in(self.client, finding(account, "lantern"))
        named = [identifier(account, "lantern")]
        self.client.batch_update_findings(FindingIdentifiers=named, Workflow={"Status": "NOTIFIED"})
        self.insight = self.client.create_insight(
            Name="Lanterns", Filters={"Title": equals("Lantern")}, GroupByAttribute="ResourceId"
        )["InsightArn"]
        target = {"Name": "Call", "Description": "Calls the keeper.", "Id": "call"}
        self.action_target = self.client.create_action_target(**target)["ActionTargetArn"]
        enabled = self.client.enable_import_findings_for_product(ProductArn=PROWLER)
        self.subscription = enabled["ProductSubscriptionArn"]

    def look(self):
        """All that others could have changed."""
        named = identifier(self.account, "lantern")
        return {
            "hub": self.client.describe_hub()["SubscribedAt"],
            "finding": get(self.client, "lantern"),
            "history": self.client.get_finding_history(FindingIdentifier=named)["Records"],
            "insights": self.client.get_insights()["Insights"],
            "targets": self.client.describe_action_targets()["ActionTargets"],
            "products": self.client.list_enabled_products_for_import()["ProductSubscriptions"],
        }


def batch_import_findings(a, b):
    answer = b.hub.batch_import_findings(Findings=[finding(a.account, "lantern", Title="not yours")])
    [failed] = answer["FailedFindings"]
    assert failed["ErrorCode"] == "InvalidAccess"


def batch_update_findings(a, b):
    named = [identifier(a.account, "lantern")]
    answer = b.hub.batch_update_findings(FindingIdentifiers=named, Workflow={"Status": "RESOLVED"})
    assert answer["ProcessedFindings"] == []
    assert [entry["ErrorCode"] for entry in answer["UnprocessedFindings"]] == ["FindingNotFound"]


def get_findings(a, b):
    assert b.hub.get_findings()["Findings"] == []
    assert b.hub.get_findings(Filters={"AwsAccountId": equals(a.account.id)})["Findings"] == []


def get_finding_history(a, b):
    named = identifier(a.account, "lantern")
    assert b.hub.get_finding_history(FindingIdentifier=named)["Records"] == []


def create_insight(a, b):
    made = b.hub.create_insight(Name="Own", Filters={}, GroupByAttribute="Id")["InsightArn"]
    assert made != a.v1.insight
    b.hub.delete_insight(InsightArn=made)


def get_insights(a, b):
    assert b.hub.get_insights()["Insights"] == []
    refusal(b.hub.get_insights, NOT_FOUND, 404, InsightArns=[a.v1.insight])


def create_action_target(a, b):
    made = b.hub.create_action_target(Name="Own", Description="Own.", Id="call")["ActionTargetArn"]
    assert made != a.v1.action_target
    b.hub.delete_action_target(ActionTargetArn=made)


def describe_action_targets(a, b):
    assert b.hub.describe_action_targets()["ActionTargets"] == []
    refusal(b.hub.describe_action_targets, NOT_FOUND, 404, ActionTargetArns=[a.v1.action_target])


def describe_products(a, b):
    assert b.hub.describe_products()["Products"] == a.hub.describe_products()["Products"], "the same for all"


def enable_product(a, b):
    enabled = b.hub.enable_import_findings_for_product(ProductArn=PROWLER)["ProductSubscriptionArn"]
    assert enabled != a.v1.subscription
    b.hub.disable_import_findings_for_product(ProductSubscriptionArn=enabled)


def list_products(a, b):
    assert b.hub.list_enabled_products_for_import()["ProductSubscriptions"] == []


def enable_security_hub(a, b):
    b.hub.disable_security_hub()
    b.hub.enable_security_hub()


def describe_hub(a, b):
    assert b.account.id in b.hub.describe_hub()["HubArn"]
    refusal(b.hub.describe_hub, NOT_FOUND, 404, HubArn=a.hub.describe_hub()["HubArn"])


def update_configuration(a, b):
    b.hub.update_security_hub_configuration(AutoEnableControls=False)
    assert a.hub.describe_hub()["AutoEnableControls"]


def administrator_account(a, b):
    for told in (b.hub.get_administrator_account()["Administrator"], b.hub.get_master_account()["Master"]):
        assert told["AccountId"] not in (a.account.id, b.account.id) and told["MemberStatus"] == "Enabled"


def no_members(a, b):
    assert b.hub.list_members(OnlyAssociated=False)["Members"] == []
    got = b.hub.get_members(AccountIds=[a.account.id])
    assert got["Members"] == [] and got["UnprocessedAccounts"][0]["AccountId"] == a.account.id


def no_organization(a, b):
    for operation in (b.hub.list_organization_admin_accounts, b.hub.describe_organization_configuration):
        refusal(operation, "InvalidAccessException", 401)


def no_standards(a, b):
    assert b.hub.describe_standards()["Standards"] == []
    assert b.hub.get_enabled_standards()["StandardsSubscriptions"] == []


def no_thing(operation, parameter, owned, **more):
    """A call with the ARN of something of the owner's finds nothing."""

    def check(a, b):
        named = {parameter: getattr(a.v1, owned)}
        refusal(getattr(b.hub, operation), NOT_FOUND, 404, **named, **more)

    return check


ISOLATED = {
    ("securityhub", "BatchImportFindings"): batch_import_findings,
    ("securityhub", "BatchUpdateFindings"): batch_update_findings,
    ("securityhub", "CreateActionTarget"): create_action_target,
    ("securityhub", "CreateInsight"): create_insight,
    ("securityhub", "DeleteActionTarget"): no_thing("delete_action_target", "ActionTargetArn", "action_target"),
    ("securityhub", "DeleteInsight"): no_thing("delete_insight", "InsightArn", "insight"),
    ("securityhub", "DescribeActionTargets"): describe_action_targets,
    ("securityhub", "DescribeHub"): describe_hub,
    ("securityhub", "DescribeOrganizationConfiguration"): no_organization,
    ("securityhub", "DescribeProducts"): describe_products,
    ("securityhub", "DescribeStandards"): no_standards,
    ("securityhub", "DisableImportFindingsForProduct"): no_thing(
        "disable_import_findings_for_product", "ProductSubscriptionArn", "subscription"
    ),
    ("securityhub", "DisableSecurityHub"): enable_security_hub,
    ("securityhub", "EnableImportFindingsForProduct"): enable_product,
    ("securityhub", "EnableSecurityHub"): enable_security_hub,
    ("securityhub", "GetAdministratorAccount"): administrator_account,
    ("securityhub", "GetEnabledStandards"): no_standards,
    ("securityhub", "GetFindingHistory"): get_finding_history,
    ("securityhub", "GetFindings"): get_findings,
    ("securityhub", "GetInsightResults"): no_thing("get_insight_results", "InsightArn", "insight"),
    ("securityhub", "GetInsights"): get_insights,
    ("securityhub", "GetMasterAccount"): administrator_account,
    ("securityhub", "GetMembers"): no_members,
    ("securityhub", "ListEnabledProductsForImport"): list_products,
    ("securityhub", "ListMembers"): no_members,
    ("securityhub", "ListOrganizationAdminAccounts"): no_organization,
    ("securityhub", "UpdateActionTarget"): no_thing(
        "update_action_target", "ActionTargetArn", "action_target", Name="Theirs"
    ),
    ("securityhub", "UpdateInsight"): no_thing("update_insight", "InsightArn", "insight", Name="Theirs"),
    ("securityhub", "UpdateSecurityHubConfiguration"): update_configuration,
}
