"""What Security Hub is linked to: regions, tags, features, products, and ticket systems by connectors."""

from contextlib import contextmanager

import pytest

from harness.account import REGION
from harness.findings import FIXTURES, all_findings, made_up, write_lines
from harness.outside import Outside
from harness.process import ADMINISTRATOR, Server, balefire
from harness.wire import eventually, refusal

ELSEWHERE = "eu-central-1"
TOKEN = "jira-token-of-the-tests"
SECRET_ARN = f"arn:aws:secretsmanager:{REGION}:{ADMINISTRATOR.id}:secret:now"


@contextmanager
def serving(store, tmp_path, configuration=""):
    """A server with a configuration, and the administrator's client with a home region."""
    path = tmp_path / "balefire.toml"
    path.write_text('[outside]\nallow = ["127.0.0.0/8"]\n' + configuration)
    with Server(store, "--config", path) as server:
        client = server.administrator.client("securityhub")
        client.enable_security_hub_v2()
        yield server, client


def jira_section(tmp_path, url):
    secret = tmp_path / "jira"
    secret.write_text(TOKEN + "\n")
    who = f'user = "bot@example.com"\nsecret = {{ file = "{secret}" }}\n'
    return f'[connectors.tickets]\nurl = "{url}"\n{who}'


def health(client, id):
    return client.get_connector_v2(ConnectorId=id)["Health"]


def waits_for(client, id, status):
    def probe():
        found = health(client, id)
        return found if found["ConnectorStatus"] == status else None

    return eventually(probe, f"the connector is {status}")


def test_an_aggregator_has_one_home(server):
    administrator = server.administrator
    client = administrator.client("securityhub")
    elsewhere = administrator.client("securityhub", region=ELSEWHERE)
    for each in [client, elsewhere]:
        each.enable_security_hub_v2()
    wrong = {"RegionLinkingMode": "SPECIFIED_REGIONS"}
    refusal(client.create_aggregator_v2, "ValidationException", 400, **wrong)
    made = client.create_aggregator_v2(**wrong, LinkedRegions=[ELSEWHERE], Tags={"team": "sec"})
    arn = made["AggregatorV2Arn"]
    assert arn.startswith(f"arn:aws:securityhub:{REGION}:{administrator.id}:aggregatorv2/")
    try:
        expected = {
            "AggregatorV2Arn": arn,
            "AggregationRegion": REGION,
            "RegionLinkingMode": "SPECIFIED_REGIONS",
            "LinkedRegions": [ELSEWHERE],
        }
        for each in [client, elsewhere]:
            seen = each.get_aggregator_v2(AggregatorV2Arn=arn)
            assert {name: seen[name] for name in expected} == expected
            assert each.list_aggregators_v2()["AggregatorsV2"] == [{"AggregatorV2Arn": arn}]
            again = {"RegionLinkingMode": "ALL_REGIONS"}
            refusal(each.create_aggregator_v2, "ConflictException", 409, **again)
        assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "sec"}
        update = {"AggregatorV2Arn": arn, "RegionLinkingMode": "ALL_REGIONS"}
        refusal(elsewhere.update_aggregator_v2, "ValidationException", 400, **update)
        assert "LinkedRegions" not in client.update_aggregator_v2(**update)
    finally:
        client.delete_aggregator_v2(AggregatorV2Arn=arn)
    refusal(client.get_aggregator_v2, "ResourceNotFoundException", 404, AggregatorV2Arn=arn)


def test_members_set_up_nothing_for_the_organization(account):
    client = account.client("securityhub")
    client.enable_security_hub_v2()
    every = {"RegionLinkingMode": "ALL_REGIONS"}
    refusal(client.create_aggregator_v2, "AccessDeniedException", 403, **every)
    provider = {"JiraCloud": {"ProjectKey": "OPS"}}
    refusal(client.create_connector_v2, "AccessDeniedException", 403, Name="x", Provider=provider)
    assert client.list_aggregators_v2()["AggregatorsV2"] == []
    assert client.list_connectors_v2()["Connectors"] == []


def test_tags_of_the_hub(account, new_account):
    client = account.client("securityhub")
    arn = client.enable_security_hub_v2(Tags={"team": "sec"})["HubV2Arn"]
    client.tag_resource(ResourceArn=arn, Tags={"team": "ops", "env": "live"})
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "ops", "env": "live"}
    client.untag_resource(ResourceArn=arn, TagKeys=["env", "team", "absent"])
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == {}
    stranger = new_account().client("securityhub")
    refusal(stranger.list_tags_for_resource, "ResourceNotFoundException", 404, ResourceArn=arn)
    raw = account.client("securityhub", validate=False)
    for tags in [{}, {"aws:x": "y"}, {"k" * 129: "y"}]:
        refusal(raw.tag_resource, "InvalidInputException", 400, ResourceArn=arn, Tags=tags)


def test_the_feature_of_the_hub_is_turned_on_and_off(account):
    client = account.client("securityhub")
    feature = {"FeatureName": "NETWORK_SCANNING"}
    refusal(client.enable_security_hub_feature_v2, "ResourceNotFoundException", 404, **feature)

    def status():
        return client.describe_security_hub_v2()["Features"]["NETWORK_SCANNING"]["FeatureStatus"]

    client.enable_security_hub_v2()
    assert status() == "DISABLED"
    client.enable_security_hub_feature_v2(**feature)
    assert status() == "ENABLED"
    client.disable_security_hub_feature_v2(**feature)
    assert status() == "DISABLED"
    client.enable_security_hub_feature_v2(**feature)
    client.disable_security_hub_v2()
    client.enable_security_hub_v2()
    assert status() == "DISABLED"
    raw = account.client("securityhub", validate=False)
    refusal(raw.enable_security_hub_feature_v2, "ValidationException", 400, FeatureName="TELEPATHY")


def test_products_are_listed_by_pages(account):
    client = account.client("securityhub")
    client.enable_security_hub_v2()
    whole = client.describe_products_v2()["ProductsV2"]
    assert "Prowler" in [product["ProductV2Name"] for product in whole]
    paginator = client.get_paginator("describe_products_v2")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 2}))
    assert [product for page in pages for product in page["ProductsV2"]] == whole
    assert len(pages) > 1


def test_a_connector_says_what_to_set_and_connects_when_it_is(fresh_store, tmp_path):
    with serving(fresh_store, tmp_path) as (_, client):
        provider = {"JiraCloud": {"ProjectKey": "OPS"}}
        create = {"Name": "tickets", "Provider": provider}
        refusal(client.create_connector_v2, "ConflictException", 409, **create)
        client.create_aggregator_v2(RegionLinkingMode="ALL_REGIONS")
        made = client.create_connector_v2(**create, Description="ours", Tags={"team": "sec"})
        id = made["ConnectorId"]
        assert made["ConnectorStatus"] == "PENDING_AUTHORIZATION" and "AuthUrl" not in made
        refusal(client.create_connector_v2, "ConflictException", 409, **create)
        message = eventually(lambda: "connectors" in health(client, id)["Message"], "a check")
        assert message and '[connectors."tickets"]' in health(client, id)["Message"]
        register = {"AuthCode": "code", "AuthState": "state"}
        response = refusal(client.register_connector_v2, "ValidationException", 400, **register)
        assert "balefire.toml" in response["Error"]["Message"]
    with Outside() as jira:
        jira.on("GET /rest/api/3/myself", (200, {"accountId": "1"}, 0))
        jira.on("GET /rest/api/3/project/OPS", (200, {"key": "OPS"}, 0))
        with serving(fresh_store, tmp_path, jira_section(tmp_path, jira.url)) as (server, client):
            client.update_connector_v2(ConnectorId=id, Description="theirs")
            waits_for(client, id, "CONNECTED")
            detail = client.get_connector_v2(ConnectorId=id)["ProviderDetail"]["JiraCloud"]
            assert detail == {"AuthStatus": "ACTIVE", "Domain": "127.0.0.1", "ProjectKey": "OPS"}
            jira.on("GET /rest/api/3/myself", (401, f"no: {TOKEN}", 0))
            client.update_connector_v2(ConnectorId=id)
            failed = waits_for(client, id, "FAILED_TO_CONNECT")
            assert "401" in failed["Message"] and TOKEN not in failed["Message"]
            listed = client.list_connectors_v2(ConnectorStatus="FAILED_TO_CONNECT")["Connectors"]
            assert [connector["Name"] for connector in listed] == ["tickets"]
            client.delete_connector_v2(ConnectorId=id)
            assert client.list_connectors_v2()["Connectors"] == []
            assert TOKEN not in server.log()


def test_a_ticket_is_made_of_a_finding(fresh_store, tmp_path):
    with Outside() as jira:
        jira.on("GET /rest/api/3/myself", (200, {"accountId": "1"}, 0))
        jira.on("GET /rest/api/3/project/OPS", (200, {"key": "OPS"}, 0))
        issue = "POST /rest/api/3/issue"
        jira.on(issue, (201, {"id": "7", "key": "OPS-7"}, 1))
        with serving(fresh_store, tmp_path, jira_section(tmp_path, jira.url)) as (server, client):
            done = balefire("import", FIXTURES / "findings.json", account=server.administrator)
            assert done.returncode == 0, done.stderr
            finding = all_findings(client)[0]
            client.create_aggregator_v2(RegionLinkingMode="ALL_REGIONS")
            provider = {"JiraCloud": {"ProjectKey": "OPS"}}
            id = client.create_connector_v2(Name="tickets", Provider=provider)["ConnectorId"]
            waits_for(client, id, "CONNECTED")
            ask = {"ConnectorId": id, "FindingMetadataUid": finding["metadata"]["uid"]}
            made = client.create_ticket_v2(**ask, ClientToken="once")
            assert (made["TicketId"], made["TicketSrcUrl"]) == ("OPS-7", f"{jira.url}/browse/OPS-7")
            again = client.create_ticket_v2(**ask, ClientToken="once")
            assert again["TicketId"] == "OPS-7" and len(jira.of(issue)) == 1
            fields = jira.of(issue)[0].body["fields"]
            assert finding["finding_info"]["title"] in fields["summary"]
            assert all_findings(client)[0] == finding, "the finding does not change"
            jira.on(issue, (400, "issuetype is required", 0))
            response = refusal(client.create_ticket_v2, "ConflictException", 409, **ask)
            assert "issuetype is required" in response["Error"]["Message"]
            jira.on(issue, (201, {"id": "8", "key": "OPS-8"}, 0))
            dry = {"ConnectorId": id, "FindingMetadataUid": "none"}
            refusal(client.create_ticket_v2, "ResourceNotFoundException", 404, **dry)
            assert client.create_ticket_v2(**dry, Mode="DRYRUN")["TicketId"] == "OPS-8"


def critical(*numbers, **members):
    severity = {"severity_id": 5, "severity": "Critical"}
    return [made_up(number) | severity | members for number in numbers]


def bring_in(server, directory, findings):
    path = write_lines(directory / "findings.jsonl", findings)
    done = balefire("import", path, account=server.administrator)
    assert done.returncode == 0, done.stderr


def ticket_rule(connector):
    filters = [{"FieldName": "severity", "Filter": {"Value": "Critical", "Comparison": "EQUALS"}}]
    integration = {"ConnectorArn": connector}
    return {
        "RuleName": "to the board",
        "Description": "A ticket for what is critical",
        "RuleOrder": 1,
        "Criteria": {"OcsfFindingCriteria": {"CompositeFilters": [{"StringFilters": filters}]}},
        "Actions": [{"Type": "EXTERNAL_INTEGRATION", "ExternalIntegrationConfiguration": integration}],
    }


def test_a_rule_has_tickets_made_and_a_storm_is_bounded(fresh_store, tmp_path):
    with Outside() as jira:
        jira.on("GET /rest/api/3/myself", (200, {"accountId": "1"}, 0))
        jira.on("GET /rest/api/3/project/OPS", (200, {"key": "OPS"}, 0))
        issue = "POST /rest/api/3/issue"
        jira.on(issue, (201, {"id": "7", "key": "OPS-7"}, 0))
        with serving(fresh_store, tmp_path, jira_section(tmp_path, jira.url)) as (server, client):
            client.create_aggregator_v2(RegionLinkingMode="ALL_REGIONS")
            provider = {"JiraCloud": {"ProjectKey": "OPS"}}
            made = client.create_connector_v2(Name="tickets", Provider=provider)
            waits_for(client, made["ConnectorId"], "CONNECTED")
            wrong = ticket_rule(made["ConnectorArn"].replace(REGION, ELSEWHERE))
            refusal(client.create_automation_rule_v2, "ValidationException", 400, **wrong)
            rule = client.create_automation_rule_v2(**ticket_rule(made["ConnectorArn"]))["RuleArn"]
            bring_in(server, tmp_path, [*critical(1, 2), made_up(3)])
            eventually(lambda: len(jira.of(issue)) == 2, "two tickets")
            assert "Automation rule: to the board" in str(jira.of(issue)[0].body)
            # The next versions are nothing new, and what is beyond the hundred of an hour is told.
            bring_in(server, tmp_path, critical(1, 2, message="sent again"))
            bring_in(server, tmp_path, critical(*range(10, 150)))
            told = '42 findings of the rule "to the board" got no ticket'
            eventually(lambda: told in health(client, made["ConnectorId"])["Message"], told)
            eventually(lambda: len(jira.of(issue)) >= 100, "a hundred tickets")
            summaries = [asked.body["fields"]["summary"] for asked in jira.of(issue)]
            assert len(summaries) == 100 and summaries.count("[Critical] Finding 1") == 1
            tried = balefire("rules", "test", rule, account=server.administrator)
            assert "142 would have matched and 142 would have changed" in tried.stdout


@pytest.mark.parametrize("provider", ["Azure", "GCP"])
def test_connectors_of_clouds_are_not_offered(fresh_store, tmp_path, provider):
    with serving(fresh_store, tmp_path) as (_, client):
        client.create_aggregator_v2(RegionLinkingMode="ALL_REGIONS")
        members = {"Azure": ("AzureRegions", "TENANT"), "GCP": ("GCPRegions", "ORGANIZATION")}
        regions, scope = members[provider]
        cloud = {
            "AWSConfigConnectorArn": "arn:aws:config:x",
            regions: ["a"],
            "ScopeConfiguration": {"ScopeType": scope},
        }
        create = {"Name": "x", "Provider": {provider: cloud}}
        response = refusal(client.create_connector_v2, "ValidationException", 400, **create)
        assert "not offered" in response["Error"]["Message"]
