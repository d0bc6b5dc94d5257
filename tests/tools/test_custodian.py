"""Cloud Custodian runs policies over Security Hub and Inspector, by its own command."""

import json

import pytest

from installed import HERE

from harness.security_findings import bring_in, equals, finding, identifier
from harness.vulnerabilities import list_findings, refresh_all, scan

CUSTODIAN = "arn:aws:securityhub:us-east-1::product/cloud-custodian/cloud-custodian"
TITLE = "Controls turn themselves on"


@pytest.fixture
def hub(account):
    client = account.client("securityhub")
    client.enable_import_findings_for_product(ProductArn=CUSTODIAN)
    return client


@pytest.fixture
def custodian(tool, account):
    """Runs the policies of a file; gives what each of them selected, by its name."""

    def run(policies, **more):
        c7n = tool("c7n")
        folder = c7n.folder / "out"
        options = ["--output-dir", folder, "--region", "us-east-1", "--cache-period", "0"]
        done = c7n.run(account, "custodian", "run", *options, HERE / "policies" / policies, **more)
        assert "ERROR" not in done.stderr, done.stderr
        return {path.parent.name: json.loads(path.read_text()) for path in folder.glob("*/resources.json")}

    return run


def of_custodian(hub):
    return hub.get_findings(Filters={"ProductName": equals("Cloud Custodian")})["Findings"]


def test_the_hub_is_reported_and_found_by_its_findings(account, hub, custodian):
    hub_arn = hub.describe_hub()["HubArn"]
    selected = custodian("hub.yml")
    [found] = of_custodian(hub)
    expected = {
        "ProductArn": CUSTODIAN,
        "CompanyName": "Cloud Custodian",
        "Title": TITLE,
        "Description": "New controls turn themselves on.",
        "GeneratorId": "controls-are-automatic",
        "AwsAccountId": account.id,
        "Confidence": 90,
        "Criticality": 40,
        "Compliance": {"Status": "FAILED"},
        "Severity": {"Product": 7.0, "Label": "HIGH", "Normalized": 70},
        "Types": ["Software and Configuration Checks/Best Practices"],
        "Remediation": {"Recommendation": {"Text": "Turn it off.", "Url": "https://lantern.example/hub"}},
        "RecordState": "ACTIVE",
        "Workflow": {"Status": "NEW"},
    }
    assert {name: found[name] for name in expected} == expected
    assert found["ProductFields"]["team"] == "lantern"
    assert found["ProductFields"]["ProviderName"] == "CloudCustodian"
    [resource] = found["Resources"]
    assert (resource["Id"], resource["Type"], resource["Region"]) == (hub_arn, "Other", "us-east-1")
    assert resource["Details"]["Other"]["ControlFindingGenerator"] == "SECURITY_CONTROL"

    [severe] = selected["hub-with-severe-findings"]
    assert [one["Id"] for one in severe["c7n:finding-filter"]] == [found["Id"]]
    assert selected["hub-with-mild-findings"] == []
    [administered] = selected["administered-by-another"]
    assert administered["c7n:Master"]["MemberStatus"] == "Enabled"


def test_a_finding_is_updated_and_closed_by_later_runs(account, hub, custodian):
    custodian("hub.yml")
    [before] = of_custodian(hub)
    named = {"Id": before["Id"], "ProductArn": CUSTODIAN}
    hub.batch_update_findings(
        FindingIdentifiers=[named],
        Severity={"Label": "LOW"},
        Workflow={"Status": "NOTIFIED"},
        Note={"Text": "We know.", "UpdatedBy": "sam"},
    )
    custodian("hub.yml")
    [after] = of_custodian(hub)
    assert after["Id"] == before["Id"] and after["UpdatedAt"] > before["UpdatedAt"]
    # The customer's word stays; the provider's own is beside it.
    assert (after["Severity"]["Label"], after["Workflow"]["Status"]) == ("LOW", "NOTIFIED")
    assert after["FindingProviderFields"]["Severity"]["Label"] == "HIGH"
    assert after["Note"]["Text"] == "We know."
    records = hub.get_finding_history(FindingIdentifier=named)["Records"]
    assert records[-1]["FindingCreated"] and records[-1]["UpdateSource"]["Identity"] == CUSTODIAN

    # The id is made of the policy's text, so another text closes another finding.
    custodian("archive.yml")
    states = {one["RecordState"]: one["Compliance"]["Status"] for one in of_custodian(hub)}
    assert states == {"ACTIVE": "FAILED", "ARCHIVED": "PASSED"}


def test_a_product_that_is_off_takes_nothing(account, tool):
    c7n = tool("c7n")
    policies = HERE / "policies" / "archive.yml"
    options = ["--output-dir", c7n.folder / "out", "--region", "us-east-1", "--cache-period", "0"]
    done = c7n.run(account, "custodian", "run", *options, policies)
    assert "import_response=" in done.stderr and "InvalidAccess" in done.stderr
    assert account.client("securityhub").get_findings()["Findings"] == []


def test_findings_are_resources(account, hub, custodian):
    def failed(id, control, **members):
        compliance = {"Status": members.pop("status", "FAILED"), "SecurityControlId": control}
        return finding(account, id, Compliance=compliance, **members)

    bring_in(
        hub,
        failed("open", "S3.8"),
        failed("severe", "S3.9", Severity={"Label": "CRITICAL"}),
        failed("resolved", "S3.8"),
        failed("archived", "S3.8", RecordState="ARCHIVED"),
        failed("passed", "S3.8", status="PASSED"),
        *(failed(f"many-{number}", "EC2.1") for number in range(95)),
    )
    bring_in(hub, *(failed(f"more-{number}", "EC2.1") for number in range(10)))
    done = [identifier(account, "resolved")]
    hub.batch_update_findings(FindingIdentifiers=done, Workflow={"Status": "RESOLVED"})
    selected = custodian("findings.yml")
    ids = {name: {one["Id"] for one in found} for name, found in selected.items()}
    assert len(selected["failed"]) == 107, "over more than one page"
    assert {"open", "severe", "more-9"} < ids["failed"]
    assert ids["of-a-control"] == {"open", "resolved", "archived", "passed"}, "a query is all of the filter"
    assert ids["severe"] == {"severe"}


def test_vulnerabilities_are_told_to_security_hub(server, account, hub, custodian):
    refresh_all(server.administrator)
    scan(account)
    critical = [
        one for one in list_findings(account.client("inspector2")) if one["severity"] == "CRITICAL"
    ]
    assert critical
    selected = custodian("vulnerabilities.yml")["severe-vulnerabilities"]
    arns = {one["findingArn"] for one in critical}
    assert {one["findingArn"] for one in selected} == arns
    told = of_custodian(hub)
    assert {one["Resources"][0]["Id"] for one in told} == arns
    assert {one["Severity"]["Label"] for one in told} == {"CRITICAL"}
    details = told[0]["Resources"][0]["Details"]["Other"]
    assert details["c7n:resource-type"] == "inspector2-finding" and details["severity"] == "CRITICAL"
