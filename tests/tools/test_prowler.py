"""Prowler checks Security Hub and sends what it finds to it, by its own command."""

import pytest

from harness.security_findings import PROWLER, equals

ENABLED = "securityhub_enabled"
DELEGATED = "securityhub_delegated_admin_enabled_all_regions"
# Prowler's own exit code for checks that fail.
FAILED = 3


@pytest.fixture
def prowler(tool):
    """Runs checks in two regions and sends the findings; gives what Prowler said."""

    def run(account, *checks):
        program = tool("prowler")
        words = ["aws", "--security-hub", "--region", "us-east-1", "eu-west-1", "--checks", *checks]
        output = ["--output-formats", "json-asff", "--output-directory", program.folder / "output"]
        quiet = ["--no-banner", "--no-color", "--log-level", "WARNING"]
        done = program.run(account, "prowler", *words, *output, *quiet, codes=(0, FAILED))
        said = done.stdout + done.stderr
        assert " ERROR: " not in said, said
        return said

    return run


def of_prowler(hub):
    filters = {"ProductName": equals("Prowler"), "ProductArn": equals(PROWLER)}
    return {found["GeneratorId"]: found for found in hub.get_findings(Filters=filters)["Findings"]}


def test_findings_are_sent_updated_and_archived(server, prowler):
    administrator = server.administrator
    hub = administrator.client("securityhub")
    hub.enable_security_hub(Tags={"team": "lantern"})
    hub.enable_import_findings_for_product(ProductArn=PROWLER)
    said = prowler(administrator, ENABLED, DELEGATED)
    # In the other region the hub is off, so what was found there stays with Prowler.
    assert f"Account {administrator.id} is not subscribed to AWS Security Hub in eu-west-1" in said
    assert "2 findings sent to AWS Security Hub" in said

    found = of_prowler(hub)
    assert set(found) == {f"prowler-{ENABLED}", f"prowler-{DELEGATED}"}
    enabled, delegated = found[f"prowler-{ENABLED}"], found[f"prowler-{DELEGATED}"]
    assert enabled["Compliance"]["Status"] == "PASSED"
    assert "integrations: prowler" in enabled["Description"]
    assert enabled["CompanyName"] == "Prowler"
    assert enabled["Region"] == "us-east-1" and enabled["AwsAccountId"] == administrator.id
    assert enabled["ProductFields"]["ProviderName"] == "Prowler"
    assert "ProwlerAccountOrganizationalUnitId" not in enabled["ProductFields"], "it has no value"
    [resource] = enabled["Resources"]
    assert resource["Id"] == hub.describe_hub()["HubArn"]
    assert resource["Tags"] == {"team": "lantern"}
    # There is an administrator, but accounts that join turn their hubs on themselves.
    assert delegated["Compliance"]["Status"] == "FAILED"
    assert delegated["Severity"]["Label"] == delegated["FindingProviderFields"]["Severity"]["Label"]

    # Without the check its finding is of no later run, so Prowler archives it; the other is found again.
    named = [{"Id": enabled["Id"], "ProductArn": PROWLER}]
    note = {"Text": "Looking at it.", "UpdatedBy": "sam"}
    hub.batch_update_findings(FindingIdentifiers=named, Note=note, Workflow={"Status": "NOTIFIED"})
    said = prowler(administrator, ENABLED)
    assert "1 findings sent to AWS Security Hub" in said
    assert "1 findings archived in AWS Security Hub" in said
    after = of_prowler(hub)
    assert after[f"prowler-{DELEGATED}"]["RecordState"] == "ARCHIVED"
    again = after[f"prowler-{ENABLED}"]
    assert again["RecordState"] == "ACTIVE" and again["UpdatedAt"] > enabled["UpdatedAt"]
    assert (again["Workflow"]["Status"], again["Note"]["Text"]) == ("NOTIFIED", "Looking at it.")
