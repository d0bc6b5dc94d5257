"""Security Hub's first version tells members of their administrator, and the administrator of its members."""

from harness.security_findings import bring_in, finding, get
from harness.wire import refusal

MEMBERS = 3


def test_members_and_their_administrator(server, account):
    hub, administrator = account.client("securityhub"), server.administrator.client("securityhub")
    # Clients look for these words to know that the hub is off.
    refused = refusal(hub.get_administrator_account, "InvalidAccessException", 401)
    assert f"Account {account.id} is not subscribed to AWS Security Hub" in refused["Error"]["Message"]
    for client in (hub, administrator):
        client.enable_security_hub()
    told = hub.get_administrator_account()["Administrator"]
    assert (told["AccountId"], told["MemberStatus"]) == (server.administrator.id, "Enabled")
    assert hub.get_master_account()["Master"] == told
    assert "Administrator" not in administrator.get_administrator_account()

    [associated] = administrator.list_members()["Members"]
    assert (associated["AccountId"], associated["MemberStatus"]) == (account.id, "Enabled")
    pages = administrator.get_paginator("list_members").paginate(
        OnlyAssociated=False, PaginationConfig={"PageSize": 2}
    )
    members = {member["AccountId"]: member["MemberStatus"] for page in pages for member in page["Members"]}
    others = {member.id: "Created" for member in server.members}
    assert members == others | {account.id: "Enabled"}
    got = administrator.get_members(AccountIds=[account.id, "999999999999"])
    assert got["Members"] == [associated]
    assert [one["AccountId"] for one in got["UnprocessedAccounts"]] == ["999999999999"]

    admins = administrator.list_organization_admin_accounts()["AdminAccounts"]
    assert admins == [{"AccountId": server.administrator.id, "Status": "ENABLED"}]
    assert not administrator.describe_organization_configuration()["AutoEnable"]
    assert hub.get_enabled_standards()["StandardsSubscriptions"] == []
    assert hub.describe_standards()["Standards"] == []
    named = {"StandardsSubscriptionArns": ["arn:aws:securityhub:us-east-1:1:subscription/none/v/1"]}
    refusal(hub.get_enabled_standards, "InvalidInputException", 400, **named)


def test_the_hub_of_the_first_version_has_tags(account):
    hub = account.client("securityhub")
    hub.enable_security_hub(Tags={"team": "lantern"})
    arn = hub.describe_hub()["HubArn"]
    hub.tag_resource(ResourceArn=arn, Tags={"env": "live"})
    assert hub.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "lantern", "env": "live"}
    hub.untag_resource(ResourceArn=arn, TagKeys=["team"])
    assert hub.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"env": "live"}
    hub.disable_security_hub()
    refusal(hub.list_tags_for_resource, "ResourceNotFoundException", 404, ResourceArn=arn)


def test_a_finding_that_breaks_the_model_fails_alone(account):
    # Without the client's own checks, which would send none of them.
    hub = account.client("securityhub", validate=False)
    hub.enable_security_hub()
    untitled = finding(account, "untitled")
    del untitled["Title"]
    blank = finding(account, "blank", Description=" ")
    unknown = finding(account, "unknown", Compliance={"Status": "MAYBE"})
    answer = hub.batch_import_findings(Findings=[untitled, finding(account, "sound"), blank, unknown])
    assert (answer["SuccessCount"], answer["FailedCount"]) == (1, 3)
    failed = {one["Id"]: (one["ErrorCode"], one["ErrorMessage"]) for one in answer["FailedFindings"]}
    for id, place in [("untitled", "/Title"), ("blank", "/Description"), ("unknown", "/Compliance/Status")]:
        code, message = failed[id]
        assert code == "InvalidInput" and f"'{place}'" in message
    assert get(hub, "sound")["Title"] == "Lantern sound"
    bring_in(hub, finding(account, "fields", ProductFields={"unit": "", "name": "lamp"}))
    fields = get(hub, "fields")["ProductFields"]
    assert fields["name"] == "lamp" and "unit" not in fields
