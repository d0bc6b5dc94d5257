"""Exports of findings through boto3: to a directory, to what speaks as S3 does, cut short and cancelled."""

import csv
import io
import json
import time

import pytest

from harness.account import REGION
from harness.bucket import KEY, SECRET, Bucket
from harness.bucket import REGION as BUCKET_REGION
from harness.findings import FIXTURES, all_findings, made_up, write_lines
from harness.process import DEADLINE_S, Server, balefire
from harness.wire import refusal

pytestmark = pytest.mark.timeout(240)


class World:
    """A server of its own, with a bucket in a directory and one that speaks as S3 does."""

    def __init__(self, store, directory, bucket):
        self.store = store
        self.exports = directory / "exports"
        self.exports.mkdir()
        self.config = directory / "balefire.toml"
        secret = directory / "bucket.secret"
        secret.write_text(SECRET)
        self.config.write_text(
            f"""
            [outside]
            allow = ["127.0.0.0/8"]
            [export.buckets.findings]
            to = "directory"
            path = "{self.exports}"
            [export.buckets.archive]
            to = "s3"
            endpoint = "{bucket.url}"
            region = "{BUCKET_REGION}"
            access_key_id = "{KEY}"
            secret_access_key = {{ file = "{secret}" }}
            """
        )
        self.serve()

    def serve(self):
        self.server = Server(self.store, "--config", self.config)
        self.account = self.server.administrator
        self.client = self.account.client("securityhub")

    def bring_in(self, path):
        done = balefire("import", path, account=self.account)
        assert done.returncode == 0, done.stderr

    def start(self, bucket="findings", prefix=None, name=None, **output):
        s3 = {
            "BucketArn": f"arn:aws:s3:::{bucket}",
            "KmsKeyArn": f"arn:aws:kms:{REGION}:{self.account.id}:key/1234abcd-12ab",
        }
        if prefix:
            s3["ObjectPrefix"] = prefix
        more = {"Name": name} if name else {}
        return self.client.start_export_job_v2(
            Destination={"S3": s3}, OutputConfiguration={"Findings": output}, **more
        )["ExportJobId"]

    def ended(self, job_id):
        """The export when it runs no more."""
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            job = self.client.get_export_job_v2(ExportJobId=job_id)
            if job["Status"] != "RUNNING":
                return job
            time.sleep(0.05)
        raise AssertionError(f"{job_id} has not ended within {DEADLINE_S} s: {self.server.log()}")

    def files(self):
        return sorted(path for path in self.exports.rglob("*") if path.is_file())


@pytest.fixture
def bucket():
    with Bucket() as bucket:
        yield bucket


@pytest.fixture
def world(fresh_store, tmp_path, bucket):
    world = World(fresh_store, tmp_path, bucket)
    try:
        world.client.enable_security_hub_v2()
        yield world
        world.server.stop()
    finally:
        if world.server.process.poll() is None:
            world.server.kill()


def lines(text):
    return sorted((json.loads(line) for line in text.splitlines()), key=lambda f: f["metadata"]["uid"])


def test_whole_findings_and_tables(world):
    world.bring_in(FIXTURES / "findings.json")
    job = world.ended(world.start(Format="OCSF_JSON", name="all of it", prefix="weekly/2026"))
    assert job["Status"] == "SUCCEEDED" and job["EndedAt"] >= job["StartedAt"]
    [path] = world.files()
    expected = f"weekly/2026/{world.account.id}/{REGION}/{job['ExportJobId']}.ndjson"
    assert str(path.relative_to(world.exports)) == expected
    found = sorted(all_findings(world.client), key=lambda f: f["metadata"]["uid"])
    assert lines(path.read_text()) == found

    critical = {"FieldName": "severity", "Filter": {"Value": "Critical", "Comparison": "EQUALS"}}
    output = {
        "Format": "CSV",
        "SelectedFields": ["severity", "finding_info.title", "comment"],
        "Filters": {"CompositeFilters": [{"StringFilters": [critical]}]},
    }
    uid = next(f["metadata"]["uid"] for f in found if f["severity"] == "Critical")
    world.client.batch_update_findings_v2(MetadataUids=[uid], Comment="=HYPERLINK(1)")
    job = world.ended(world.start(**output))
    assert job["OutputConfiguration"]["Findings"] == output
    [path] = [path for path in world.files() if path.suffix == ".csv"]
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))
    titles = [f["finding_info"]["title"] for f in found if f["severity"] == "Critical"]
    assert sorted(row["finding_info.title"] for row in rows) == sorted(titles)
    assert "'=HYPERLINK(1)" in {row["comment"] for row in rows}
    listed = world.client.list_export_jobs_v2(Status="SUCCEEDED")["Items"]
    assert [item.get("Name") for item in listed] == [None, "all of it"]


def test_what_is_refused(world):
    refusal(lambda: world.start(Format="CSV"), "ValidationException", 400)
    refusal(lambda: world.start(Format="OCSF_JSON", SelectedFields=["severity"]), "ValidationException", 400)
    refusal(lambda: world.start(Format="OCSF_JSON", prefix="../.."), "ValidationException", 400)
    refusal(lambda: world.client.get_export_job_v2(ExportJobId="a1"), "ResourceNotFoundException", 404)
    job = world.ended(world.start(bucket="unknown", Format="OCSF_JSON"))
    assert (job["Status"], job["FailureCode"]) == ("FAILED", "RESOURCE_NOT_FOUND")
    assert "balefire.toml" in job["FailureMessage"]
    cancel = lambda: world.client.cancel_export_job_v2(ExportJobId=job["ExportJobId"])  # noqa: E731
    refusal(cancel, "ConflictException", 409)


def test_objects_are_signed_and_large_ones_come_in_parts(world, bucket, tmp_path):
    wide = [made_up(number, message="x" * 100_000) for number in range(300)]
    world.bring_in(write_lines(tmp_path / "wide.jsonl", wide))
    job = world.ended(world.start(bucket="archive", prefix="a b/(ü)*", Format="OCSF_JSON"))
    assert job["Status"] == "SUCCEEDED", (job, bucket.refused)
    key = f"/archive/a b/(ü)*/{world.account.id}/{REGION}/{job['ExportJobId']}.ndjson"
    assert len(lines(bucket.objects[key].decode())) == 300
    assert len(bucket.parts) > 2 and min(map(len, bucket.parts.values())) > 1 << 20
    job = world.ended(world.start(bucket="archive", Format="CSV", SelectedFields=["severity"]))
    assert job["Status"] == "SUCCEEDED" and len(bucket.objects) == 2


def test_a_killed_server_goes_on_and_a_cancelled_export_stops(world, tmp_path):
    wide = [made_up(number, message="x" * 100_000) for number in range(600)]
    world.bring_in(write_lines(tmp_path / "wide.jsonl", wide))
    job_id = world.start(Format="OCSF_JSON")
    world.server.kill()
    world.serve()
    job = world.ended(job_id)
    assert job["Status"] == "SUCCEEDED"
    [path] = world.files()
    uids = [finding["metadata"]["uid"] for finding in lines(path.read_text())]
    assert len(uids) == len(set(uids)) == 600

    job_id = world.start(Format="OCSF_JSON")
    refusal(lambda: world.start(Format="OCSF_JSON"), "ServiceQuotaExceededException", 402)
    for _ in range(2):
        cancelled = world.client.cancel_export_job_v2(ExportJobId=job_id)
        assert cancelled["Status"] == "CANCELLED"
    next_id = world.start(Format="OCSF_JSON")
    assert world.ended(next_id)["Status"] == "SUCCEEDED"
    deadline = time.monotonic() + DEADLINE_S
    while any(path.suffix == ".partial" for path in world.files()) and time.monotonic() < deadline:
        time.sleep(0.05)
    names = {path.name for path in world.files()}
    assert f"{next_id}.ndjson" in names and not any(name.endswith(".partial") for name in names)
