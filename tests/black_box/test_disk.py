"""What the server needs of the file system besides its data directory: nothing."""

import json
import subprocess

import pytest

from harness.incidents import create_plan, incident_client
from harness.process import Server
from harness.vulnerabilities import refresh
from harness.wire import send

# Remounts the root read-only, but for one directory, in a namespace of its own.
READ_ONLY_ROOT = """
mount --make-rprivate / && mount --bind "$1" "$1" && mount -o remount,ro,bind / && cd / && shift && exec "$@"
"""


@pytest.fixture
def read_only_root(fresh_store):
    """A command that runs another with nothing to write to but the store's directory."""
    fresh_store.directory.mkdir(parents=True, exist_ok=True)
    within = ["unshare", "--mount", "sh", "-c", READ_ONLY_ROOT, "sh", str(fresh_store.directory)]
    tried = subprocess.run([*within, "true"], capture_output=True, text=True)
    if tried.returncode != 0:
        pytest.skip(f"no mount namespace can be made here: {tried.stderr.strip()}")
    return within


def test_a_server_needs_no_temporary_directory(fresh_store, read_only_root, tmp_path):
    kev = tmp_path / "kev.json"
    with Server(fresh_store, within=read_only_root) as server:
        client = incident_client(server.administrator)
        for due in ["2099-03-01", "2099-04-01"]:
            kev.write_text(catalogue(due))
            done = refresh(server.administrator, "--kev", kev)
            assert done.returncode == 0, done.stderr
            create_plan(client, name=f"after-{due}")
            assert send(server.endpoint, "GET", "/health").status == 200


def catalogue(due):
    """As large as KEV and in no order: what touches few pages needs no temporary file anyway."""
    texts = ["vendorProject", "product", "vulnerabilityName", "requiredAction"]
    entries = [
        {"cveID": f"CVE-2099-{number:05}", "dateAdded": "2099-01-02", "dueDate": due}
        | dict.fromkeys(texts, "invented")
        | {"shortDescription": f"Invented entry {number}. " * 40}
        for number in sorted(range(1500), key=lambda number: number * 7919 % 1500)
    ]
    about = {"catalogVersion": due, "dateReleased": "2099-01-31T00:00:00Z", "count": len(entries)}
    return json.dumps(about | {"vulnerabilities": entries})
