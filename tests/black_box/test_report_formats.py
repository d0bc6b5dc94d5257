"""Reports of scanners: `balefire import` and the hook take them, again and complete."""

import gzip
import json
import subprocess

import pytest

from harness.findings import FIXTURES, all_findings, made_up, write_lines
from harness.hooks import bearer, post
from harness.process import ADMINISTRATOR, Server, balefire, binary, environment, first_start

MEMBERS = 13
WHOLE, IN_PART, FAILED = 0, 3, 1
REPORTS = FIXTURES / "reports"
TOKEN = "a-token-of-the-pipelines"
IMAGE = "registry.example.com/shop:1.4"


@pytest.fixture
def hub(account):
    client = account.client("securityhub")
    client.enable_security_hub_v2()
    return client


def run_import(account, *arguments):
    done = balefire("import", *arguments, "--format", "json", account=account)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def counts(summary):
    return [summary[name] for name in ("created", "updated", "unchanged", "closed")]


def by_resource(hub, uid):
    string = {"FieldName": "resources.uid", "Filter": {"Value": uid, "Comparison": "EQUALS"}}
    filters = {"CompositeFilters": [{"StringFilters": [string]}]}
    return all_findings(hub, Filters=filters)


def statuses(hub):
    return {f["finding_info"]["uid"]: (f["status"], f["activity_name"]) for f in all_findings(hub)}


@pytest.mark.parametrize(
    "name, format, count, product, resource",
    [
        ("trivy.json", "Trivy JSON", 6, "trivy", IMAGE),
        ("grype.json", "Grype JSON", 3, "grype", IMAGE),
        ("sarif.json", "SARIF 2.1.0", 5, "code-hound", "https://code.example.com/shop"),
        ("vex.json", "CycloneDX VEX", 6, "vex-writer", "pkg:oci/shop"),
    ],
)
def test_each_format_is_taken_found_by_its_resource_and_the_same_again(
    account, hub, tmp_path, name, format, count, product, resource
):
    code, summary = run_import(account, REPORTS / name)
    assert (code, counts(summary)) == (WHOLE, [count, 0, 0, 0]), summary
    assert summary["files"][0]["format"] == format
    packed = tmp_path / "report.gz"
    packed.write_bytes(gzip.compress((REPORTS / name).read_bytes()))
    assert counts(run_import(account, packed)[1]) == [0, 0, count, 0]
    found = by_resource(hub, resource)
    assert len(found) == count
    for finding in found:
        assert finding["metadata"]["product"]["uid"] == product
        assert finding["cloud"]["account"]["uid"] == account.id
        assert finding["class_name"] and finding["severity"] and finding["status"] and finding["time"]


def test_findings_of_inspector_are_taken_as_it_lists_them(account, hub, tmp_path):
    listed = (REPORTS / "inspector.json").read_text().replace("111122223333", account.id)
    whole, lines = tmp_path / "listed.json", tmp_path / "listed.jsonl"
    whole.write_text(listed)
    lines.write_text("".join(json.dumps(finding) + "\n" for finding in json.loads(listed)["findings"]))
    code, summary = run_import(account, whole)
    assert (code, counts(summary)) == (WHOLE, [3, 0, 0, 0]), summary
    assert summary["files"][0]["format"] == "Inspector JSON"
    assert counts(run_import(account, lines)[1]) == [0, 0, 3, 0]
    found = by_resource(hub, f"arn:aws:ec2:eu-west-1:{account.id}:instance/i-0123456789abcdef0")
    assert {(one["class_name"], one["status"]) for one in found} == {
        ("Vulnerability Finding", "New"),
        ("Detection Finding", "Resolved"),
    }
    assert {one["metadata"]["product"]["uid"] for one in found} == {
        "arn:aws:securityhub:eu-west-1::productv2/aws/inspector"
    }


def test_a_report_comes_from_a_pipe_too(account, hub):
    with (REPORTS / "trivy.json").open() as report:
        done = subprocess.run(
            [binary(), "import", "-"], env=environment(**account.environment()), stdin=report, timeout=60
        )
    assert done.returncode == WHOLE
    assert len(by_resource(hub, IMAGE)) == 6


def test_a_report_without_a_time_is_the_same_again(account, hub, tmp_path):
    report = json.loads((REPORTS / "sarif.json").read_text())
    del report["runs"][0]["invocations"]
    path = tmp_path / "undated.sarif"
    path.write_text(json.dumps(report), encoding="utf-8-sig")
    assert counts(run_import(account, path)[1]) == [5, 0, 0, 0]
    assert counts(run_import(account, path)[1]) == [0, 0, 5, 0]


def test_a_complete_report_closes_and_a_later_one_opens_again(account, hub, tmp_path):
    trivy = REPORTS / "trivy.json"
    run_import(account, trivy, REPORTS / "grype.json")
    less = json.loads(trivy.read_text())
    first = less["Results"][0]["Vulnerabilities"]
    less["Results"] = less["Results"][:1]
    less["Results"][0]["Vulnerabilities"] = first[:1]
    path = tmp_path / "less.json"
    path.write_text(json.dumps(less))
    code, summary = run_import(account, path, "--complete")
    # One of the other five had passed before.
    assert (code, counts(summary)) == (WHOLE, [0, 0, 1, 4]), summary
    shown = statuses(hub)
    assert shown[f"{IMAGE}|CVE-2099-1001|libanvil|"] == ("New", "Create")
    assert shown[f"{IMAGE}|CVE-2099-1002|libspring|"] == ("Resolved", "Close")
    assert sum(status == "New" for status, _ in shown.values()) == 3, "Grype's two are as they were"
    assert counts(run_import(account, path, "--complete")[1]) == [0, 0, 1, 0]
    assert counts(run_import(account, trivy, "--complete")[1])[3] == 0
    assert statuses(hub)[f"{IMAGE}|CVE-2099-1002|libspring|"] == ("New", "Create")


def test_the_files_of_one_command_are_one_report_of_their_scope(account, hub, tmp_path):
    report = json.loads((REPORTS / "sarif.json").read_text())
    results = report["runs"][0]["results"]
    paths = []
    for number, part in enumerate([results[:2], results[2:]]):
        report["runs"][0]["results"] = part
        paths.append(tmp_path / f"{number}.sarif")
        paths[-1].write_text(json.dumps(report))
    complete = ["--complete", "--scope", "team/shop"]
    code, summary = run_import(account, *paths, *complete)
    assert (code, counts(summary)) == (WHOLE, [5, 0, 0, 0]), summary
    code, summary = run_import(account, *paths, *complete)
    assert (code, counts(summary)) == (WHOLE, [0, 0, 5, 0]), "no part closes what another names"
    broken = tmp_path / "broken.sarif"
    broken.write_text('{"runs": [')
    code, summary = run_import(account, paths[0], broken, *complete)
    assert (code, summary["closed"]) == (FAILED, 0)
    assert "could not be read" in summary["files"][0]["kept_open"]
    code, summary = run_import(account, paths[0], *complete)
    assert (code, summary["closed"]) == (WHOLE, 2), summary


def test_what_is_not_whole_closes_nothing(account, hub, tmp_path):
    trivy = REPORTS / "trivy.json"
    run_import(account, trivy)
    whole = json.loads(trivy.read_text())
    empty = tmp_path / "empty.json"
    empty.write_text(json.dumps(whole | {"Results": []}))
    code, summary = run_import(account, empty, "--complete")
    assert (code, counts(summary)) == (WHOLE, [0, 0, 0, 0])
    assert "no findings" in summary["files"][0]["kept_open"]
    broken = json.loads(trivy.read_text())
    broken["Results"] = broken["Results"][:1]
    broken["Results"][0]["Vulnerabilities"][1]["VulnerabilityID"] = 7
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(broken))
    code, summary = run_import(account, path, "--complete")
    assert code == IN_PART and summary["closed"] == 0
    assert summary["failed"][0]["place"] == "Results[0].Vulnerabilities[1]"
    assert "refused" in summary["files"][0]["kept_open"]
    path.write_text(json.dumps(whole | {"ArtifactName": "."}))
    done = balefire("import", path, "--complete", account=account)
    assert done.returncode == IN_PART and "--scope" in done.stderr
    assert sum(status == "New" for status, _ in statuses(hub).values()) == 10
    done = balefire("import", path, "--complete", "--scope", "team/shop", account=account)
    assert done.returncode == WHOLE, done.stderr


def test_what_is_no_report_is_refused_with_the_formats_named(account, tmp_path):
    path = tmp_path / "x.json"
    for content, said in [
        ('{"a": 1}', "Trivy JSON"),
        ('{"bomFormat": "CycloneDX", "components": []}', "balefire scan"),
        ('{"runs": [', "cut off"),
    ]:
        path.write_text(content)
        done = balefire("import", path, account=account)
        assert done.returncode == FAILED and said in done.stderr, done
    done = balefire("import", path, REPORTS / "grype.json", account=account)
    assert done.returncode == FAILED and "3 created" in done.stdout, "the other file is taken"
    done = balefire("import", REPORTS / "trivy.json", "--as", "grype", account=account)
    assert done.returncode == FAILED and "no report of Grype" in done.stderr, done


def test_asff_files_are_seen_in_both_versions(account, hub, tmp_path):
    finding = {
        "SchemaVersion": "2018-10-08", "Id": "probe/1", "GeneratorId": "probe",
        "ProductArn": "arn:aws:securityhub:us-east-1::product/lantern/probe",
        "AwsAccountId": account.id, "Title": "Open", "Description": "It is open.",
        "CreatedAt": "2025-12-01T00:00:00Z", "UpdatedAt": "2025-12-02T00:00:00Z",
        "Severity": {"Label": "HIGH"}, "Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::b"}],
    }
    path = tmp_path / "asff.json"
    path.write_text(json.dumps({"Findings": [finding, {"SchemaVersion": "2018-10-08", "ProductArn": "x"}]}))
    code, summary = run_import(account, path)
    assert code == IN_PART and summary["created"] == 1
    assert summary["failed"][0]["place"] == "element 2"
    shown = hub.get_findings_v2()["Findings"][0]
    assert (shown["severity_id"], shown["resources"][0]["type"]) == (4, "AWS::S3::Bucket")
    hub.enable_security_hub()
    again = hub.get_findings()["Findings"][0]
    assert (again["Id"], again["Severity"]["Label"], again["Title"]) == ("probe/1", "HIGH", "Open")
    code, summary = run_import(account, path)
    assert summary["unchanged"] == 1 and summary["updated"] == 0


def test_faults_of_ocsf_are_named_by_path(account, hub, tmp_path):
    lines = [
        made_up(1, type_uid=200402),
        made_up(2, class_uid=2002, type_uid=200201),
        made_up(3, resources=["x"]),
        made_up(4, of_ours={"kept": True}),
    ]
    path = write_lines(tmp_path / "ocsf.jsonl", lines)
    code, summary = run_import(account, path)
    assert (code, counts(summary)) == (IN_PART, [1, 0, 0, 0])
    reasons = [failed["reason"] for failed in summary["failed"]]
    for reason, said in zip(reasons, ["type_uid must be 200401", "vulnerabilities is missing", "resources[0]"]):
        assert said in reason
    assert all_findings(hub)[0]["of_ours"] == {"kept": True}


def test_into_the_store_itself_and_through_a_hook(fresh_store, tmp_path):
    store, trivy = fresh_store, REPORTS / "trivy.json"
    arguments = ["import", trivy, "--complete", *store.arguments(), "--region", "us-east-1", "--format", "json"]
    done = balefire(*arguments, variables=first_start())
    assert done.returncode == WHOLE, done.stderr
    assert counts(json.loads(done.stdout)) == [6, 0, 0, 0]
    config = tmp_path / "balefire.toml"
    config.write_text(
        '[hooks.reports]\nkind = "findings"\nregion = "us-east-1"\ntoken = { env = "REPORTS_TOKEN" }\n'
    )
    server = Server(store, "--config", config, variables=first_start() | {"REPORTS_TOKEN": TOKEN})
    try:
        again = post(server, "reports", gzip.compress(trivy.read_bytes()), bearer(TOKEN))
        assert again.status == 200 and counts(again.json()) == [0, 0, 6, 0], again
        less = json.loads(trivy.read_text())
        less["Results"] = less["Results"][:1]
        closing = post(server, "reports?complete=true", less, bearer(TOKEN))
        assert counts(closing.json()) == [0, 0, 2, 3], closing
        hub = server.administrator.client("securityhub")
        hub.enable_security_hub_v2()
        assert {f["cloud"]["account"]["uid"] for f in all_findings(hub)} == {ADMINISTRATOR.id}
        assert post(server, "reports", less, bearer("a-token-of-nobody-here")).status == 401
        wrong = post(server, "reports", b"{}", bearer(TOKEN))
        assert wrong.status == 400 and "SARIF" in wrong.json()["error"]
        server.stop()
    finally:
        if server.process.poll() is None:
            server.kill()
