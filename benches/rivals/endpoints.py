"""GetFindings with a filter, of servers that speak the AWS protocol."""

import http.client
import json
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import servers
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from table import markdown, ratio

REGION = "us-east-1"
RUNS = 50
LABELS = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL"]
PRODUCT = f"arn:aws:securityhub:{REGION}:{servers.ACCOUNT}:product/{servers.ACCOUNT}/default"
# One in a hundred is critical; the rest share the other labels.
EVERY = 100


def equals(value):
    return [{"Value": value, "Comparison": "EQUALS"}]


CRITICAL = {"SeverityLabel": equals("CRITICAL"), "ProductArn": equals(PRODUCT)}
ONE = {"Id": equals("lantern-000001")}


def compare(count, named):
    questions = {
        "a label and a product": (CRITICAL, {finding(place)["Id"] for place in range(0, count, EVERY)}),
        "one id": (ONE, {finding(1)["Id"]}),
    }
    measured = []
    with tempfile.TemporaryDirectory(prefix="balefire-rivals-") as folder, ExitStack() as running:
        ours = running.enter_context(servers.balefire(Path(folder)))
        theirs = running.enter_context(servers.moto())
        for name, url in [ours, theirs, *named]:
            bring_in(url, count)
            for question, (filters, matching) in questions.items():
                measured.append((question, name, *measure(url, filters, matching, count)))
    # Of each question Balefire was asked first.
    ours_ms = {question: ms for question, _, ms, *_ in reversed(measured)}
    head = ["GetFindings by", "of", "first page, ms", "ratio", "rows of all pages", "wrong", "missed"]
    lines = [
        [question, name, f"{ms:.2f}", ratio(ms / ours_ms[question]), *(f"{rows:,}" for rows in counts)]
        for question, name, ms, *counts in sorted(measured, key=lambda line: list(questions).index(line[0]))
    ]
    print(f"{count:,} findings, pages of 100\n\n{markdown(head, lines)}")


def finding(place):
    label = "CRITICAL" if place % EVERY == 0 else LABELS[1 + place % 4]
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"lantern-{place:06}",
        "ProductArn": PRODUCT,
        "GeneratorId": f"check-{place % 50}",
        "AwsAccountId": servers.ACCOUNT,
        "Types": ["Software and Configuration Checks/Lanterns"],
        "CreatedAt": "2026-01-01T00:00:00Z",
        "UpdatedAt": "2026-01-01T00:00:00Z",
        "Title": f"Lantern {place % 50} should be locked",
        "Description": "The lantern can be opened by anyone who passes.",
        "Severity": {"Label": label},
        "Resources": [{"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::lantern-{place:06}"}],
    }


def bring_in(url, count):
    client = boto3.client(
        "securityhub",
        region_name=REGION,
        endpoint_url=url,
        aws_access_key_id=servers.ACCESS_KEY,
        aws_secret_access_key=servers.SECRET_KEY,
        config=Config(retries={"total_max_attempts": 1}),
    )
    try:
        client.enable_security_hub()
    except ClientError:
        # Some know no hubs and take findings all the same.
        pass
    for first in range(0, count, 100):
        batch = [finding(place) for place in range(first, min(first + 100, count))]
        answer = client.batch_import_findings(Findings=batch)
        if answer["SuccessCount"] != len(batch):
            raise SystemExit(f"{url} takes {answer['SuccessCount']} of {len(batch)}: {answer}")


def measure(url, filters, matching, count):
    """The fastest first page in ms; then, of all pages, the rows, the wrong and the missed ones."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    asked = {"Filters": filters, "MaxResults": 100}
    times = [get_findings(connection, url, asked)[0] for _ in range(RUNS)]
    ids, more = [], True
    # A server may answer the same page for ever.
    while more and len(ids) <= 2 * count:
        _, answer = get_findings(connection, url, asked)
        ids += [row["Id"] for row in answer["Findings"]]
        more = answer.get("NextToken")
        asked = asked | {"NextToken": more}
    connection.close()
    wrong = sum(id not in matching for id in ids)
    return min(times), len(ids), wrong, len(matching - set(ids))


def get_findings(connection, url, asked):
    """The milliseconds from sending until all of the answer is there, and the answer."""
    request = AWSRequest(
        "POST", f"{url}/findings", {"Content-Type": "application/json"}, json.dumps(asked).encode()
    )
    key = Credentials(servers.ACCESS_KEY, servers.SECRET_KEY)
    SigV4Auth(key, "securityhub", REGION).add_auth(request)
    start = time.perf_counter()
    connection.request("POST", "/findings", request.body, dict(request.headers))
    response = connection.getresponse()
    body = response.read()
    ms = (time.perf_counter() - start) * 1000
    if response.status != 200:
        raise SystemExit(f"{url} answers {response.status}: {body[:500]}")
    return ms, json.loads(body)
