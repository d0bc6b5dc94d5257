"""The software inventory through boto3: what findings say of packages is listed, counted and kept current."""

import json

import pytest

from harness.findings import FIXTURES, made_up, write_lines
from harness.process import balefire
from harness.vulnerabilities import INSTANCE, SBOM, SBOM_PACKAGES, scan, without_packages
from harness.wire import eventually, refusal

MEMBERS = 10
IMAGE = "registry.example.com/shop:1.4"
HOST, OTHER_HOST = (f"arn:aws:ec2:eu-west-1:123456789012:instance/i-{number}" for number in (1, 2))


@pytest.fixture
def hub(account):
    client = account.client("securityhub")
    client.enable_security_hub_v2()
    return client


def bring_in(account, *arguments):
    done = balefire("import", *arguments, account=account)
    assert done.returncode == 0, done.stderr


def vulnerability(number, *packages, on=(HOST,), **members):
    """A finding of a vulnerability in packages, each a name and a version, on hosts."""
    named = [{"name": name, "version": version, "package_manager": "RPM"} for name, version in packages]
    described = {
        "class_uid": 2002,
        "class_name": "Vulnerability Finding",
        "cloud": {"provider": "AWS", "region": "eu-west-1"},
        "resources": [{"uid": uid, "type": "AWS::EC2::Instance"} for uid in on],
        "vulnerabilities": [{"cve": {"uid": f"CVE-2099-{number}"}, "affected_packages": named}],
    }
    return made_up(number, **described | members)


def send(account, tmp_path, *findings):
    bring_in(account, write_lines(tmp_path / "findings.jsonl", findings))


def listed(hub, **parameters):
    software = hub.get_software_v2(**parameters)["Software"]
    return [(one["PackageName"], one.get("PackageVersion"), one["ResourceCount"]) for one in software]


def on(hub, name, kind="operating-system", **parameters):
    found = hub.get_software_resources_v2(PackageName=name, PackageType=kind, **parameters)
    return [one["ResourceId"] for one in found["SoftwareResources"]]


def equals(field, value, comparison="EQUALS"):
    string = {"FieldName": field, "Filter": {"Value": value, "Comparison": comparison}}
    return {"CompositeFilters": [{"StringFilters": [string]}]}


def counts(hub, field, **parameters):
    rule = {"GroupByField": field, **parameters}
    result = hub.get_software_statistics_v2(GroupByRules=[rule])["GroupByResults"]
    assert [one["GroupByField"] for one in result] == [field]
    return [(one["FieldValue"], one["Count"]) for one in result[0]["GroupByValues"]]


def test_a_scanners_report_fills_the_inventory(account, hub):
    bring_in(account, FIXTURES / "reports" / "grype.json")
    software = hub.get_software_v2()["Software"]
    assert software == [
        {"PackageName": name, "PackageVersion": version, "PackageType": kind, "ResourceCount": 1}
        for name, version, kind in [
            ("bird-seed", "5", "operating-system"),
            ("glue", "2.0", "library"),
            ("magnet", "1", "operating-system"),
        ]
    ]
    glue = hub.get_software_resources_v2(PackageName="glue", PackageType="library")["SoftwareResources"]
    assert [one["ResourceId"] for one in glue] == [IMAGE]
    assert glue[0]["AccountId"] == account.id and glue[0]["Region"] == "global"


def test_the_inventory_follows_what_providers_say(account, hub, tmp_path):
    first = vulnerability(1, ("openssl", "3.0.7"), on=(HOST, OTHER_HOST))
    send(account, tmp_path, first, vulnerability(2, ("openssl", "3.0.7"), ("zlib", "1.2")))
    assert listed(hub) == [("openssl", "3.0.7", 2), ("zlib", "1.2", 1)]
    # One host is updated; the other finding is over.
    send(account, tmp_path, vulnerability(1, ("openssl", "3.0.7"), on=(OTHER_HOST,)))
    over = vulnerability(2, ("openssl", "3.0.7"), ("zlib", "1.2"), status_id=4, status="Resolved")
    send(account, tmp_path, over)
    assert listed(hub) == [("openssl", "3.0.7", 1)]
    assert on(hub, "openssl") == [OTHER_HOST]
    # What a customer decides about a finding installs and removes nothing.
    uid = hub.get_findings_v2(Filters=equals_finding("finding-00001"))["Findings"][0]["metadata"]["uid"]
    hub.batch_update_findings_v2(MetadataUids=[uid], StatusId=4)
    assert listed(hub) == [("openssl", "3.0.7", 1)]


def equals_finding(uid):
    return equals("finding_info.uid", uid)


def test_a_complete_report_leaves_what_it_names(account, hub, tmp_path):
    report = json.loads((FIXTURES / "reports" / "grype.json").read_text())
    bring_in(account, FIXTURES / "reports" / "grype.json", "--complete")
    report["matches"] = [one for one in report["matches"] if one["artifact"]["name"] == "glue"]
    report["ignoredMatches"] = []
    later = tmp_path / "later.json"
    later.write_text(json.dumps(report))
    bring_in(account, later, "--complete")
    assert listed(hub) == [("glue", "2.0", 1)]


def test_filters_order_and_statistics(account, hub, tmp_path):
    send(
        account,
        tmp_path,
        vulnerability(1, ("openssl", "3.0.7"), ("zlib", "1.2"), on=(HOST, OTHER_HOST)),
        vulnerability(2, ("openssl", "3.0.8"), on=(HOST,)),
    )
    assert listed(hub, Filters=equals("PackageName", "open", "PREFIX")) == [
        ("openssl", "3.0.7", 2),
        ("openssl", "3.0.8", 1),
    ]
    elsewhere = listed(hub, Filters=equals("ResourceId", OTHER_HOST))
    assert elsewhere == [("openssl", "3.0.7", 1), ("zlib", "1.2", 1)]
    newest = [{"Field": "PackageVersion", "SortOrder": "desc"}]
    assert [version for _, version, _ in listed(hub, SortCriteria=newest)] == ["3.0.8", "3.0.7", "1.2"]
    assert on(hub, "openssl") == [HOST, OTHER_HOST]
    assert on(hub, "openssl", PackageVersion="3.0.8") == [HOST]
    backwards = [{"Field": "ResourceId", "SortOrder": "desc"}]
    assert on(hub, "openssl", SortCriteria=backwards) == [OTHER_HOST, HOST]
    assert counts(hub, "PackageName") == [("openssl", 3), ("zlib", 2)]
    assert counts(hub, "ResourceId", Filters=equals("PackageName", "openssl")) == [(HOST, 2), (OTHER_HOST, 1)]
    assert counts(hub, "ResourceCloudPartition") == [("aws", 5)]
    resource = hub.get_software_resources_v2(PackageName="zlib", PackageType="operating-system")
    assert resource["SoftwareResources"][0] == {
        "AccountId": account.id,
        "Region": "eu-west-1",
        "ResourceId": HOST,
        "ResourceType": "AWS::EC2::Instance",
        "ResourceProvider": "AWS",
        "ResourceCloudPartition": "aws",
        "ResourceRegion": "eu-west-1",
    }


def test_pages_and_their_tokens(account, hub, tmp_path):
    packages = [(f"package-{number:03}", "1") for number in range(150)]
    send(account, tmp_path, vulnerability(1, *packages))
    first = hub.get_software_v2()
    assert len(first["Software"]) == 100, "a page has a hundred where no number is asked for"
    second = hub.get_software_v2(NextToken=first["NextToken"])
    assert "NextToken" not in second
    names = [one["PackageName"] for one in first["Software"] + second["Software"]]
    assert names == [name for name, _ in packages]
    other = {"Filters": equals("PackageName", "package-001"), "NextToken": first["NextToken"]}
    refusal(hub.get_software_v2, "ValidationException", 400, **other)
    assert len(counts(hub, "PackageName")) == 150


def test_what_scans_find_is_installed(account, hub, tmp_path):
    scan(account, SBOM)
    names = SBOM_PACKAGES
    is_listed = lambda wanted: lambda: [name for name, _, _ in listed(hub)] == wanted
    eventually(is_listed(names), "the scan is in the inventory")
    assert on(hub, "ember-lamp", "library") == [INSTANCE.format(account=account.id)]
    assert counts(hub, "ResourceType") == [("AWS::EC2::Instance", 5)]
    scan(account, without_packages(tmp_path / "fewer.json", "tindercrate", "ash"))
    eventually(is_listed(names[1:3] + names[4:]), "what the new scan does not find is gone")


def test_refusals(account):
    client = account.client("securityhub")
    refusal(client.get_software_v2, "AccessDeniedException", 403)
    client.enable_security_hub_v2()
    scopes = {"AwsOrganizations": [{"OrganizationId": "o-aaaaaaaaaa"}]}
    refusal(client.get_software_v2, "AccessDeniedException", 403, Scopes=scopes)
    for parameters in [
        {"Filters": equals("PackageName", "lib", "CONTAINS")},
        {"Filters": equals("PackageName", "lib", "CONTAINS_WORD")},
        {"SortCriteria": [{"Field": "ResourceCount"}]},
        {"MaxResults": 101},
    ]:
        refusal(client.get_software_v2, "ValidationException", 400, **parameters)
    refusal(
        client.get_software_resources_v2,
        "ValidationException",
        400,
        PackageName="openssl",
        PackageType="library",
        SortCriteria=[{"Field": "Region"}, {"Field": "ResourceId"}],
    )
