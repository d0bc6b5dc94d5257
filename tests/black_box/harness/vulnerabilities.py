"""Feeds and scans: the fixtures, the commands that bring them in, and a server to download from."""

import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .findings import FIXTURES
from .process import balefire

KEV, EPSS, OSV = FIXTURES / "kev.json", FIXTURES / "epss.csv", FIXTURES / "advisories.json"
SBOM = FIXTURES / "shop.cdx.json"
SBOM_PACKAGES = ["@ember/ash", "ember-lamp", "example.com/flint", "tindercrate", "wick-wire"]
# What the advisories of the fixture are about.
LAMP, WICK, TINDER, FLINT = (f"CVE-2099-100{number}" for number in (1, 2, 3, 4))
INSTANCE = "arn:aws:ec2:us-east-1:{account}:instance/i-0123456789abcdef0"


def day(text):
    """The start of a day, as feeds give days."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def refresh(administrator, *sources):
    """Refreshes feeds and gives the command's end."""
    return balefire("feeds", "refresh", "--format", "json", *sources, account=administrator)


def refresh_all(administrator):
    done = refresh(administrator, "--kev", KEV, "--epss", EPSS, "--osv", OSV)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def scan(account, sbom=SBOM, resource=INSTANCE):
    """Scans for a resource of the account; gives the command's summary."""
    resource = resource.format(account=account.id)
    done = balefire("scan", sbom, "--resource", resource, "--format", "json", account=account)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def without_packages(path, *names):
    """Writes the SBOM of the fixture without some packages."""
    bill = json.loads(SBOM.read_text())
    bill["components"] = [component for component in bill["components"] if component["name"] not in names]
    path.write_text(json.dumps(bill))
    return path


def list_findings(client, **parameters):
    pages = client.get_paginator("list_findings").paginate(**parameters)
    return [finding for page in pages for finding in page["findings"]]


def by_vulnerability(findings):
    return {finding["packageVulnerabilityDetails"]["vulnerabilityId"]: finding for finding in findings}


def details_of(client, findings):
    """The details of findings, by vulnerability."""
    arns = {finding["findingArn"]: name for name, finding in by_vulnerability(findings).items()}
    answer = client.batch_get_finding_details(findingArns=list(arns))
    assert answer["errors"] == []
    return {arns[details.pop("findingArn")]: details for details in answer["findingDetails"]}


@contextmanager
def web_server(pages):
    """Serves pages by path; one whose path ends in `.cut` breaks off half-way. Gives the address."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            content = pages.get(self.path)
            if content is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            end = len(content) // 2 if self.path.endswith(".cut") else len(content)
            self.wfile.write(content[:end])
            self.close_connection = True

        def log_message(self, *arguments):
            """Says nothing: what matters is in the assertions."""

    served = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{served.server_port}"
    finally:
        served.shutdown()
        thread.join()
        served.server_close()
