"""Security Hub V2 through boto3: findings are filtered, sorted and paged."""

from datetime import UTC, datetime, timedelta

import pytest

from harness.account import REGION
from harness.filters import address, both, date, found, number, tag, text
from harness.findings import (
    BUCKET,
    FIXTURES,
    LAMP,
    LOGIN,
    ROOT,
    all_findings,
    bring_in,
    hub_of,
    made_up,
    write_lines,
)
from harness.incidents import pages
from harness.wire import refusal

MEMBERS = 24


@pytest.fixture
def hub(account):
    return hub_of(account)


def test_the_hub_is_turned_on_described_and_turned_off(account):
    client = account.client("securityhub")
    response = refusal(client.describe_security_hub_v2, "ResourceNotFoundException", 404)
    assert response["Error"]["Message"] and response.get("Code", "ResourceNotFoundException")
    refusal(client.get_findings_v2, "AccessDeniedException", 403)
    arn = client.enable_security_hub_v2(Tags={"team": "sec"})["HubV2Arn"]
    assert arn.startswith(f"arn:aws:securityhub:{REGION}:{account.id}:hubv2/")
    assert client.enable_security_hub_v2()["HubV2Arn"] == arn, "turning on what is on changes nothing"
    described = client.describe_security_hub_v2()
    assert described["HubV2Arn"] == arn
    since = datetime.fromisoformat(described["SubscribedAt"])
    assert abs(datetime.now(UTC) - since) < timedelta(minutes=1)
    elsewhere = account.client("securityhub", region="eu-central-1")
    refusal(elsewhere.get_findings_v2, "AccessDeniedException", 403)
    bring_in(account, FIXTURES / "findings.json")
    elsewhere.enable_security_hub_v2()
    assert len(all_findings(elsewhere)) == 4, "findings are seen from every region with a hub"
    client.disable_security_hub_v2()
    client.disable_security_hub_v2()
    refusal(client.get_findings_v2, "AccessDeniedException", 403)
    client.enable_security_hub_v2()
    assert len(all_findings(client)) == 4, "findings outlast the hub"


def test_text_filters(hub):
    all_four = sorted([BUCKET, LOGIN, LAMP, ROOT])
    for expected, filter in [
        ([BUCKET], text("finding_info.title", "Bucket can be read by anyone")),
        ([], text("finding_info.title", "bucket can be read by anyone")),
        ([BUCKET, LAMP, LOGIN], text("metadata.product.uid", "lantern-", "PREFIX")),
        ([ROOT], text("metadata.product.uid", "lantern-", "PREFIX_NOT_EQUALS")),
        ([LAMP, LOGIN, ROOT], text("metadata.product.uid", "lantern-posture", "NOT_EQUALS")),
        ([LOGIN], text("finding_info.title", "UNUSUAL", "CONTAINS_WORD")),
        ([], text("finding_info.title", "UNUS", "CONTAINS_WORD")),
        # Of several values, one that matches is enough, and one is enough to exclude.
        ([LAMP], text("resources.type", "AWS::EC2::Volume")),
        ([BUCKET, LOGIN, ROOT], text("resources.type", "AWS::EC2::Volume", "NOT_EQUALS")),
        ([LAMP], text("vulnerabilities.cve.uid", "CVE-2099-1001")),
        # A finding that lacks the field is matched by what excludes only.
        ([], text("vulnerabilities.cve.uid", "CVE-2099-9999")),
        (all_four, text("vulnerabilities.cve.uid", "CVE-2099-9999", "NOT_EQUALS")),
        ([LOGIN], text("cloud.region", "eu-central-1")),
        ([LOGIN], text("severity", "Critical")),
        ([BUCKET, LAMP, ROOT], text("status", "New")),
    ]:
        assert found(hub, filter) == sorted(expected), filter


def test_numbers_dates_flags_tags_and_addresses(hub):
    for expected, filter in [
        ([LOGIN], number("severity_id", Gte=5)),
        ([BUCKET, LAMP], number("severity_id", Gt=1, Lt=5)),
        ([BUCKET], number("severity_id", Eq=4)),
        ([BUCKET], number("compliance.status_id", Eq=3)),
        ([LAMP], number("vulnerabilities.cve.cvss.base_score", Gte=6.1, Lte=6.1)),
        (
            [BUCKET, LOGIN],
            date("finding_info.modified_time_dt", Start="2025-11-01T12:00:00Z", End="2025-11-02T12:00:00Z"),
        ),
        ([LAMP], date("finding_info.modified_time_dt", Start="2025-11-02T12:00:00.001Z")),
        # The last has no date as text, but the same time in milliseconds.
        ([BUCKET, ROOT], date("finding_info.created_time_dt", End="2025-11-01T00:00:00Z")),
        (
            [LAMP],
            {
                "BooleanFilters": [
                    {"FieldName": "vulnerabilities.is_fix_available", "Filter": {"Value": True}}
                ]
            },
        ),
        (
            [],
            {
                "BooleanFilters": [
                    {"FieldName": "vulnerabilities.is_exploit_available", "Filter": {"Value": True}}
                ]
            },
        ),
        ([BUCKET], tag("team", "web")),
        ([LAMP, LOGIN, ROOT], tag("team", "web", "NOT_EQUALS")),
        ([LOGIN], address("203.0.113.0/24")),
        ([LOGIN], address("203.0.113.77")),
        ([], address("203.0.113.0/28")),
        ([], address("2001:db8::/32")),
    ]:
        assert found(hub, filter) == sorted(expected), filter


def test_recent_findings_by_a_range_of_days(account, hub, tmp_path):
    now = datetime.now(UTC)
    for days in [0, 1, 3, 10]:
        created = (now - timedelta(days=days, hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        info = {"uid": f"age-{days}", "title": "Aged", "created_time_dt": created}
        bring_in(account, write_lines(tmp_path / f"{days}.jsonl", [made_up(1, finding_info=info)]))
    aged = text("finding_info.title", "Aged")
    within = {"Value": 2, "Unit": "DAYS", "Comparison": "WITHIN"}
    assert found(hub, both(aged, date("finding_info.created_time_dt", DateRange=within))) == [
        "age-0",
        "age-1",
    ]
    older = within | {"Comparison": "OLDER_THAN"}
    assert found(hub, both(aged, date("finding_info.created_time_dt", DateRange=older))) == [
        "age-10",
        "age-3",
    ]


def test_filters_are_joined(hub):
    high, login = number("severity_id", Gte=4), text("finding_info.uid", LOGIN)
    lamp = text("finding_info.uid", LAMP)
    assert found(hub, both(high, login)) == [LOGIN]
    assert found(hub, both(high, lamp)) == []
    assert found(hub, both(high, lamp, operator="OR")) == [BUCKET, LAMP, LOGIN]
    assert found(hub, high, lamp) == []
    assert found(hub, high, lamp, operator="OR") == [BUCKET, LAMP, LOGIN]
    # Values of one field: those that include are alternatives, those that exclude all hold.
    assert found(hub, both(login, lamp)) == [LAMP, LOGIN]
    without = both(
        text("finding_info.uid", LOGIN, "NOT_EQUALS"), text("finding_info.uid", LAMP, "NOT_EQUALS")
    )
    assert found(hub, without) == sorted([BUCKET, ROOT])
    nested = {"Operator": "AND", "NestedCompositeFilters": [both(login, operator="OR")]} | high
    assert found(hub, nested) == [LOGIN]


def test_filters_that_contradict_or_exceed_are_refused(hub, account):
    raw = account.client("securityhub", validate=False)
    equals, other = text("severity", "High"), text("severity", "Low", "NOT_EQUALS")
    deep = {"NestedCompositeFilters": [{"NestedCompositeFilters": [equals]}]}
    for composites in [
        [both(equals, other)],
        [equals] * 11,
        [both(*[equals] * 21)],
        [deep],
        [text("no.such.field", "x")],
        [text("severity", "High", "ALMOST")],
        [address("300.0.0.1")],
        [date("finding_info.created_time_dt", Start="last week")],
        [both(text("severity", "High", "CONTAINS"), text("severity", "Low", "NOT_CONTAINS"))],
        [both(text("severity", "High"), text("severity", "L", "PREFIX_NOT_EQUALS"))],
        [both(tag("team", "web"), tag("team", "shop", "NOT_EQUALS"))],
    ]:
        filters = {"CompositeFilters": composites}
        response = refusal(raw.get_findings_v2, "ValidationException", 400, Filters=filters)
        assert "Filters" in response["Error"]["Message"], composites


def test_sorting(hub):
    def order(*criteria):
        given = [{"Field": field, "SortOrder": way} for field, way in criteria]
        return [finding["finding_info"]["uid"] for finding in all_findings(hub, SortCriteria=given)]

    assert order(("severity_id", "desc")) == [LOGIN, BUCKET, LAMP, ROOT]
    assert order(("severity_id", "asc")) == [ROOT, LAMP, BUCKET, LOGIN]
    assert order(("finding_info.title", "asc")) == [BUCKET, LAMP, LOGIN, ROOT]
    assert order(("status_id", "desc"), ("severity_id", "asc")) == [LOGIN, ROOT, LAMP, BUCKET]
    # Without criteria what was changed last comes first, and what says nothing of it comes last.
    assert [finding["finding_info"]["uid"] for finding in all_findings(hub)] == [LAMP, LOGIN, BUCKET, ROOT]
    wrong = [{"Field": "beauty", "SortOrder": "asc"}]
    response = refusal(hub.get_findings_v2, "ValidationException", 400, SortCriteria=wrong)
    assert "beauty" in response["Error"]["Message"]


def test_paging(account, hub, tmp_path, new_account):
    path = write_lines(tmp_path / "many.jsonl", [made_up(n, severity_id=n % 3 + 1) for n in range(23)])
    bring_in(account, path)
    order = [{"Field": "severity_id", "SortOrder": "desc"}]
    whole = all_findings(hub, SortCriteria=order)
    assert len(whole) == 27
    listed = pages(hub.get_findings_v2, "Findings", SortCriteria=order, MaxResults=4)
    assert [len(page) for page in listed] == [4] * 6 + [3]
    assert [finding for page in listed for finding in page] == whole, "no finding twice and none missing"
    token = hub.get_findings_v2(MaxResults=4, SortCriteria=order)["NextToken"]
    stranger = new_account().client("securityhub")
    stranger.enable_security_hub_v2()
    for client, parameters in [
        (hub, {"NextToken": token}),
        (hub, {"NextToken": token, "SortCriteria": [{"Field": "severity_id", "SortOrder": "asc"}]}),
        (
            hub,
            {
                "NextToken": token,
                "SortCriteria": order,
                "Filters": {"CompositeFilters": [text("severity", "High")]},
            },
        ),
        (hub, {"NextToken": "made up"}),
        (stranger, {"NextToken": token, "SortCriteria": order}),
    ]:
        refusal(client.get_findings_v2, "ValidationException", 400, **parameters)
    raw = account.client("securityhub", validate=False)
    for size in [0, 101]:
        refusal(raw.get_findings_v2, "ValidationException", 400, MaxResults=size)
