"""Inspector through boto3: feeds come in, SBOMs are scanned, and findings say what the feeds say."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta

from harness.process import balefire
from harness.vulnerabilities import (
    FLINT,
    INSTANCE,
    LAMP,
    SBOM,
    TINDER,
    WICK,
    by_vulnerability,
    day,
    details_of,
    list_findings,
    refresh,
    scan,
    without_packages,
)
from harness.wire import eventually, refusal

MEMBERS = 24


def test_a_scan_opens_findings_as_the_advisories_say(feeds, account, inspector):
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    summary = scan(account)
    skipped = {entry["name"]: entry["reason"] for entry in summary.pop("skipped")}
    assert summary == {"packages": 5, "opened": 4, "reopened": 0, "closed": 0, "unchanged": 0}
    assert list(skipped) == ["run.sh"] and "purl" in skipped["run.sh"]
    listed = list_findings(inspector)
    found = by_vulnerability(listed)
    assert list(found) == [LAMP, TINDER, WICK, FLINT], "the most severe first, the unscored last"
    for finding in listed:
        assert re.fullmatch(
            rf"arn:aws:inspector2:us-east-1:{account.id}:finding/[0-9a-f]{{32}}", finding["findingArn"]
        )
        assert (finding["awsAccountId"], finding["status"]) == (account.id, "ACTIVE")
        assert finding["type"] == "PACKAGE_VULNERABILITY"
        (resource,) = finding["resources"]
        assert (resource["type"], resource["id"]) == ("AWS_EC2_INSTANCE", "i-0123456789abcdef0")
        assert (resource["region"], resource["partition"]) == ("us-east-1", "aws")
        assert before <= finding["firstObservedAt"] == finding["lastObservedAt"] <= datetime.now(UTC)
    for vulnerability, severity, score, package, version, manager, fixed in [
        (LAMP, "CRITICAL", 9.8, "ember-lamp", "2.3.0", "NPM", "2.3.1"),
        (WICK, "MEDIUM", 6.1, "wick-wire", "1.0rc1", "PIP", "1.0"),
        (TINDER, "HIGH", 7.5, "tindercrate", "0.3.2", "CARGO", None),
        (FLINT, "UNTRIAGED", None, "example.com/flint", "v1.4.0", "GOMOD", "1.4.2"),
    ]:
        finding = found[vulnerability]
        assert (finding["severity"], finding.get("inspectorScore")) == (severity, score), vulnerability
        (vulnerable,) = finding["packageVulnerabilityDetails"]["vulnerablePackages"]
        assert vulnerable["name"].lower().replace("_", "-") == package
        assert (vulnerable["version"], vulnerable["packageManager"]) == (version, manager)
        assert vulnerable.get("fixedInVersion", "").removeprefix("v") == (fixed or "")
        assert finding["fixAvailable"] == ("YES" if fixed else "NO")
        assert finding["title"].startswith(f"{vulnerability} - ")
        recommendation = finding["remediation"]["recommendation"]["text"]
        assert fixed in recommendation if fixed else recommendation == "None Provided"
    lamp = found[LAMP]["packageVulnerabilityDetails"]
    assert lamp["vulnerablePackages"][0]["filePath"] == "/srv/shop/package-lock.json"
    assert lamp["vendorSeverity"] == "CRITICAL"
    assert lamp["relatedVulnerabilities"] == ["GHSA-aaaa-bbbb-cc01"]
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    (cvss,) = lamp["cvss"]
    assert (cvss["baseScore"], cvss["scoringVector"], cvss["version"]) == (9.8, vector, "3.1")
    assert lamp["referenceUrls"] == [
        "https://ember.example/advisories/1",
        "https://ember.example/commit/2.3.1",
    ]
    assert lamp["sourceUrl"].endswith("GHSA-aaaa-bbbb-cc01")
    assert (lamp["vendorCreatedAt"], lamp["vendorUpdatedAt"]) == (day("2099-01-05"), day("2099-01-06"))
    assert found[LAMP]["description"] == "Templates given by users are run."
    assert set(found[WICK]["packageVulnerabilityDetails"]["relatedVulnerabilities"]) == {
        "PYSEC-2099-1",
        "GHSA-aaaa-bbbb-cc02",
    }
    exploited = {name: finding["exploitAvailable"] for name, finding in found.items()}
    assert exploited == {LAMP: "YES", WICK: "NO", TINDER: "NO", FLINT: "YES"}
    assert found[LAMP]["exploitabilityDetails"]["lastKnownExploitAt"] == day("2099-01-10")
    scores = {name: finding.get("epss", {}).get("score") for name, finding in found.items()}
    assert scores == {LAMP: 0.91234, WICK: 0.00042, TINDER: None, FLINT: 0.5}


def test_details_are_what_the_feeds_say(feeds, account, inspector):
    scan(account)
    findings = list_findings(inspector)
    details = details_of(inspector, findings)
    assert set(details) == {LAMP, WICK, TINDER, FLINT}
    lamp = details[LAMP]
    assert lamp["cisaData"] == {
        "dateAdded": day("2099-01-10"),
        "dateDue": day("2099-01-31"),
        "action": "Move to 2.3.1, or put the lamp out.",
    }
    assert lamp["epssScore"] == 0.91234
    assert sorted(lamp["cwes"]) == ["CWE-79", "CWE-94"], "the advisory's and the catalogue's"
    assert lamp["referenceUrls"] == [
        "https://ember.example/advisories/1",
        "https://ember.example/commit/2.3.1",
    ]
    assert lamp["exploitObserved"] == {"firstSeen": day("2099-01-10"), "lastSeen": day("2099-01-10")}
    (evidence,) = lamp["evidences"]
    assert "Ember Lamp template injection" in evidence["evidenceDetail"]
    assert "ansomware" in evidence["evidenceDetail"]
    assert "ansomware" not in details[FLINT]["evidences"][0]["evidenceDetail"]
    assert details[FLINT]["cisaData"]["action"] == "Move to 1.4.2."
    assert details[FLINT]["epssScore"] == 0.5 and "cwes" not in details[FLINT]
    wick = details[WICK]
    assert wick["epssScore"] == 0.00042 and "cisaData" not in wick and "exploitObserved" not in wick
    assert sorted(wick["cwes"]) == ["CWE-20", "CWE-601"]
    assert set(wick["referenceUrls"]) == {"https://wick.example/1", "https://wick.example/2"}
    assert not {"cisaData", "epssScore", "cwes", "riskScore", "tools", "ttps"} & set(details[TINDER])


def test_each_arn_is_answered_for(feeds, account, inspector, new_account):
    scan(account)
    found = {
        name: finding["findingArn"] for name, finding in by_vulnerability(list_findings(inspector)).items()
    }
    unknown = found[LAMP][:-32] + "0" * 32
    stranger = new_account()
    scan(stranger)
    theirs = list_findings(stranger.client("inspector2"))[0]["findingArn"]
    elsewhere = found[LAMP].replace("us-east-1", "eu-west-1")
    asked = [found[WICK], unknown, found[LAMP], theirs, found[WICK], elsewhere]
    answer = inspector.batch_get_finding_details(findingArns=asked)
    assert [details["findingArn"] for details in answer["findingDetails"]] == [found[WICK], found[LAMP]]
    errors = {error["findingArn"]: error["errorCode"] for error in answer["errors"]}
    assert errors == {
        unknown: "FINDING_DETAILS_NOT_FOUND",
        theirs: "ACCESS_DENIED",
        elsewhere: "INVALID_INPUT",
    }
    assert all(error["errorMessage"] for error in answer["errors"])
    raw = account.client("inspector2", validate=False)
    for wrong in [[], [unknown] * 11, ["arn:aws:s3:::bucket"], [found[LAMP], "finding"]]:
        response = refusal(raw.batch_get_finding_details, "ValidationException", 400, findingArns=wrong)
        assert (
            response["reason"] == "FIELD_VALIDATION_FAILED" and "findingArns" in response["Error"]["Message"]
        )


def test_a_rescan_closes_and_reopens(feeds, account, inspector, tmp_path):
    scan(account)
    first = by_vulnerability(list_findings(inspector))
    again = scan(account)
    assert (again["opened"], again["unchanged"], again["closed"]) == (0, 4, 0)
    fewer = scan(account, without_packages(tmp_path / "fewer.json", "ember-lamp", "tindercrate"))
    assert (fewer["packages"], fewer["closed"], fewer["unchanged"], fewer["opened"]) == (3, 2, 2, 0)
    found = by_vulnerability(list_findings(inspector))
    assert {name: finding["status"] for name, finding in found.items()} == {
        LAMP: "CLOSED",
        TINDER: "CLOSED",
        WICK: "ACTIVE",
        FLINT: "ACTIVE",
    }
    assert found[LAMP]["updatedAt"] > first[LAMP]["updatedAt"]
    assert found[WICK]["lastObservedAt"] > found[LAMP]["lastObservedAt"]
    active = {"findingStatus": [{"comparison": "EQUALS", "value": "ACTIVE"}]}
    assert set(by_vulnerability(list_findings(inspector, filterCriteria=active))) == {WICK, FLINT}
    assert details_of(inspector, list_findings(inspector))[LAMP]["epssScore"] == 0.91234
    back = scan(account)
    assert (back["reopened"], back["opened"], back["unchanged"]) == (2, 0, 2)
    found = by_vulnerability(list_findings(inspector))
    assert {finding["status"] for finding in found.values()} == {"ACTIVE"}
    for name, finding in found.items():
        assert finding["findingArn"] == first[name]["findingArn"]
        assert finding["firstObservedAt"] == first[name]["firstObservedAt"]


def test_two_resources_are_two_findings(feeds, account, inspector, tmp_path):
    image = "arn:aws:ecr:us-east-1:{account}:repository/web/shop/sha256:" + "a1" * 32
    function = "arn:aws:lambda:us-east-1:{account}:function:checkout"
    only_lamp = without_packages(tmp_path / "lamp.json", "Wick_Wire", "tindercrate", "example.com/flint")
    for resource in [INSTANCE, image, function]:
        assert scan(account, only_lamp, resource)["opened"] == 1
    findings = list_findings(inspector)
    kinds = {finding["resources"][0]["type"]: finding for finding in findings}
    assert set(kinds) == {"AWS_EC2_INSTANCE", "AWS_ECR_CONTAINER_IMAGE", "AWS_LAMBDA_FUNCTION"}
    assert len({finding["findingArn"] for finding in findings}) == 3
    shown = kinds["AWS_ECR_CONTAINER_IMAGE"]["resources"][0]["details"]["awsEcrContainerImage"]
    assert (shown["repositoryName"], shown["imageHash"]) == ("web/shop", "sha256:" + "a1" * 32)
    one = {"ecrImageRepositoryName": [{"comparison": "EQUALS", "value": "web/shop"}]}
    assert [f["resources"][0]["type"] for f in list_findings(inspector, filterCriteria=one)] == [
        "AWS_ECR_CONTAINER_IMAGE"
    ]
    for wrong in ["arn:aws:s3:::bucket", "shop", "arn:aws:ec2:us-east-1:1:instance/i-1"]:
        done = balefire("scan", SBOM, "--resource", wrong, account=account)
        assert done.returncode == 1 and "ARN" in done.stderr, done
    for name, text, said in [
        ("spdx.json", '{"spdxVersion": "SPDX-2.3"}', "SPDX"),
        ("cut.json", SBOM.read_text()[:200], "JSON"),
        ("old.json", '{"bomFormat": "CycloneDX", "specVersion": "9.9"}', "9.9"),
    ]:
        path = tmp_path / name
        path.write_text(text)
        done = balefire("scan", path, "--resource", INSTANCE.format(account=account.id), account=account)
        assert done.returncode == 1 and said in done.stderr, done
    assert len(list_findings(inspector)) == 3


def test_an_sbom_comes_as_tools_write_it_and_is_all_that_is_there(feeds, account, inspector, tmp_path):
    path = tmp_path / "bill"
    plain = SBOM.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + plain)
    assert scan(account, path)["opened"] == 4
    path.write_bytes(gzip.compress(plain))
    assert scan(account, path)["unchanged"] == 4
    done = balefire("scan", tmp_path, "--resource", INSTANCE.format(account=account.id), account=account)
    assert done.returncode == 1 and str(tmp_path) in done.stderr, done
    path.write_bytes(plain + b" " * (8 << 20))
    done = balefire("scan", path, "--resource", INSTANCE.format(account=account.id), account=account)
    assert done.returncode == 1 and "at most 8388608" in done.stderr and "--data" in done.stderr, done
    path.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": []}))
    assert scan(account, path)["closed"] == 4


def test_findings_are_filtered_and_sorted(feeds, account, inspector):
    scan(account)

    def found(**criteria):
        return set(by_vulnerability(list_findings(inspector, filterCriteria=criteria)))

    def equals(*values):
        return [{"comparison": "EQUALS", "value": value} for value in values]

    assert found(severity=equals("CRITICAL", "HIGH")) == {LAMP, TINDER}
    assert found(severity=equals("CRITICAL"), fixAvailable=equals("NO")) == set()
    assert found(vulnerabilityId=[{"comparison": "PREFIX", "value": "CVE-2099-"}]) == {
        LAMP,
        WICK,
        TINDER,
        FLINT,
    }
    assert found(vulnerabilityId=[{"comparison": "NOT_EQUALS", "value": LAMP}]) == {WICK, TINDER, FLINT}
    assert found(exploitAvailable=equals("YES")) == {LAMP, FLINT}
    assert found(epssScore=[{"lowerInclusive": 0.5}]) == {LAMP, FLINT}
    assert found(inspectorScore=[{"lowerInclusive": 6.1, "upperInclusive": 7.5}]) == {WICK, TINDER}
    assert found(resourceId=equals("i-0123456789abcdef0")) == {LAMP, WICK, TINDER, FLINT}
    assert found(resourceId=equals("i-0")) == set()
    assert found(awsAccountId=equals(account.id)) == {LAMP, WICK, TINDER, FLINT}
    hour = timedelta(hours=1)
    assert found(firstObservedAt=[{"startInclusive": datetime.now(UTC) - hour}]) == {
        LAMP,
        WICK,
        TINDER,
        FLINT,
    }
    assert found(firstObservedAt=[{"endInclusive": datetime.now(UTC) - hour}]) == set()
    both = {"name": equals("ember-lamp")[0], "version": equals("2.3.0")[0]}
    assert found(vulnerablePackages=[both]) == {LAMP}
    neither = both | {"version": equals("0.3.2")[0]}
    assert found(vulnerablePackages=[neither]) == set(), "both must hold of one package"

    def order(field, way):
        criteria = {"field": field, "sortOrder": way}
        return list(by_vulnerability(list_findings(inspector, sortCriteria=criteria)))

    assert order("SEVERITY", "DESC") == [LAMP, TINDER, WICK, FLINT]
    assert order("SEVERITY", "ASC") == [FLINT, WICK, TINDER, LAMP]
    assert order("VULNERABILITY_ID", "ASC") == [LAMP, WICK, TINDER, FLINT]
    assert order("EPSS_SCORE", "DESC") == [LAMP, FLINT, WICK, TINDER]


def test_pages_have_25_findings_at_most(server, account, inspector, tmp_path, new_account):
    advisories, components = [], []
    for number in range(30):
        name = f"coal-{number:02}"
        advisories.append(
            {
                "id": f"GHSA-coal-coal-00{number:02}",
                "aliases": [f"CVE-2099-20{number:02}"],
                "modified": "2099-01-01T00:00:00Z",
                "affected": [{"package": {"ecosystem": "npm", "name": name}, "versions": ["1.0.0"]}],
            }
        )
        purl = f"pkg:npm/{name}@1.0.0"
        components.append({"type": "library", "name": name, "version": "1.0.0", "purl": purl})
    osv = tmp_path / "coal.jsonl"
    osv.write_text("".join(json.dumps(advisory) + "\n" for advisory in advisories))
    assert refresh(server.administrator, "--osv", osv).returncode == 0
    bill = tmp_path / "coal.cdx.json"
    bill.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components}))
    assert scan(account, bill)["opened"] == 30
    first = inspector.list_findings(maxResults=100)
    assert len(first["findings"]) == 25, "the model's list holds no more, whatever is asked"
    second = inspector.list_findings(maxResults=100, nextToken=first["nextToken"])
    assert len(second["findings"]) == 5 and not second.get("nextToken")
    whole = [finding["findingArn"] for finding in first["findings"] + second["findings"]]
    assert len(set(whole)) == 30
    by_sevens = list_findings(inspector, PaginationConfig={"PageSize": 7})
    assert [finding["findingArn"] for finding in by_sevens] == whole
    stranger = new_account().client("inspector2")
    for client, parameters in [
        (stranger, {"maxResults": 100}),
        (inspector, {"sortCriteria": {"field": "SEVERITY", "sortOrder": "ASC"}}),
        (inspector, {"filterCriteria": {"severity": [{"comparison": "EQUALS", "value": "HIGH"}]}}),
    ]:
        refusal(client.list_findings, "ValidationException", 400, nextToken=first["nextToken"], **parameters)


def test_what_inspector_finds_is_in_security_hub(feeds, account, inspector, tmp_path):
    hub = account.client("securityhub")
    hub.enable_security_hub_v2()
    scan(account)
    listed = by_vulnerability(list_findings(inspector))

    def shown():
        findings = hub.get_findings_v2()["Findings"]
        return {one["vulnerabilities"][0]["title"]: one for one in findings}

    eventually(lambda: set(shown()) == {LAMP, WICK, TINDER, FLINT}, "all four are there")
    for vulnerability, finding in shown().items():
        assert finding["finding_info"]["uid"] == listed[vulnerability]["findingArn"]
        assert finding["status"] == "New"
        assert finding["resources"][0]["uid"] == INSTANCE.format(account=account.id)
    assert shown()[LAMP]["vulnerabilities"][0]["affected_packages"][0]["fixed_in_version"] == "2.3.1"
    scan(account, without_packages(tmp_path / "fewer.json", "ember-lamp"))
    eventually(lambda: shown()[LAMP]["status"] == "Resolved", "the one that is fixed is over")
    assert shown()[WICK]["status"] == "New"


def test_an_advisory_that_comes_later_opens_findings(server, account, inspector, tmp_path):
    bill = json.loads(SBOM.read_text())
    bill["components"] = [
        {"type": "library", "name": "late-bell", "version": "1.0", "purl": "pkg:pypi/late-bell@1.0"}
    ]
    path = tmp_path / "bill.json"
    path.write_text(json.dumps(bill))
    assert scan(account, path)["opened"] == 0
    advisory = {
        "id": "PYSEC-2099-77",
        "modified": "2099-01-01T00:00:00Z",
        "summary": "It rings too late.",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "late-bell"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}],
            }
        ],
    }
    feed = tmp_path / "late.json"
    feed.write_text(json.dumps(advisory))
    done = refresh(server.administrator, "--osv", feed)
    assert done.returncode == 0, done.stderr
    (found,) = eventually(lambda: list_findings(inspector), "the finding is open")
    assert found["title"] == "PYSEC-2099-77 - late-bell"


def test_accounts_scan_what_is_enabled(server, feeds, account, inspector, new_account):
    def state(client, *ids):
        answer = client.batch_get_account_status(accountIds=list(ids))
        assert answer.get("failedAccounts", []) == []
        return {one["accountId"]: one for one in answer["accounts"]}

    own = state(inspector)[account.id]
    assert (own["state"]["status"], own["resourceState"]["ecr"]["status"]) == ("DISABLED", "DISABLED")
    answer = inspector.enable(resourceTypes=["ECR"])
    assert [one["accountId"] for one in answer["accounts"]] == [account.id]
    own = state(inspector)[account.id]
    assert (own["state"]["status"], own["resourceState"]["ecr"]["status"]) == ("ENABLED", "ENABLED")
    assert own["resourceState"]["ec2"]["status"] == "DISABLED"
    scan(account)
    assert state(inspector)[account.id]["resourceState"]["ec2"]["status"] == "ENABLED", (
        "who scans wants findings"
    )
    stranger = new_account()
    answer = inspector.batch_get_account_status(accountIds=[stranger.id])
    assert answer["accounts"] == []
    assert [(f["accountId"], f["errorCode"]) for f in answer["failedAccounts"]] == [
        (stranger.id, "ACCESS_DENIED")
    ]
    administrator = server.administrator.client("inspector2")
    assert state(administrator, account.id)[account.id]["state"]["status"] == "ENABLED"
    refused = inspector.disable(resourceTypes=["EC2"])
    assert [failed["errorCode"] for failed in refused["failedAccounts"]] == ["ACCESS_DENIED"]
    administrator.disable(accountIds=[account.id])
    assert state(inspector)[account.id]["state"]["status"] == "DISABLED"


def test_the_administrator_scans_for_members_and_sees_them(server, feeds, account, inspector, new_account):
    summary = scan(server.administrator, resource=INSTANCE.replace("{account}", account.id))
    assert summary["opened"] == 4
    assert set(by_vulnerability(list_findings(inspector))) == {LAMP, WICK, TINDER, FLINT}
    administrator = server.administrator.client("inspector2")
    theirs = {"awsAccountId": [{"comparison": "EQUALS", "value": account.id}]}
    seen = list_findings(administrator, filterCriteria=theirs)
    assert {f["findingArn"] for f in seen} == {f["findingArn"] for f in list_findings(inspector)}
    assert set(details_of(administrator, seen)) == {LAMP, WICK, TINDER, FLINT}
    stranger = new_account()
    assert list_findings(stranger.client("inspector2")) == []
    resource = INSTANCE.format(account=account.id)
    done = balefire("scan", SBOM, "--resource", resource, account=stranger)
    assert done.returncode == 1 and "403" in done.stderr
