"""Security Hub V2 through boto3: findings are filtered, sorted, paged and updated."""

from datetime import UTC, datetime, timedelta

import pytest

from harness.account import REGION
from harness.findings import FIXTURES, all_findings, by_provider_uid, made_up, write_lines
from harness.incidents import pages
from harness.process import balefire
from harness.wire import refusal

MEMBERS = 40

BUCKET, LOGIN, LAMP, ROOT = "posture/bucket-open/1", "watch/login/7", "scan/CVE-2099-1001/i-0abc", "audit-4"


def bring_in(account, *paths):
    done = balefire("import", *paths, account=account)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def hub(account):
    """A client of an account that has the findings of the fixture."""
    client = account.client("securityhub")
    client.enable_security_hub_v2()
    bring_in(account, FIXTURES / "findings.json")
    return client


def text(field, value, comparison="EQUALS"):
    return {"StringFilters": [{"FieldName": field, "Filter": {"Value": value, "Comparison": comparison}}]}


def number(field, **bounds):
    return {"NumberFilters": [{"FieldName": field, "Filter": bounds}]}


def date(field, **filter):
    return {"DateFilters": [{"FieldName": field, "Filter": filter}]}


def both(*filters, operator="AND"):
    """One composite of several filters."""
    joined = {"Operator": operator}
    for one in filters:
        for kind, entries in one.items():
            joined.setdefault(kind, []).extend(entries)
    return joined


def found(client, *composites, operator="AND"):
    filters = {"CompositeFilters": list(composites), "CompositeOperator": operator}
    return sorted(by_provider_uid(all_findings(client, Filters=filters)))


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


def tag(key, value, comparison="EQUALS"):
    return {
        "MapFilters": [
            {"FieldName": "resources.tags", "Filter": {"Key": key, "Value": value, "Comparison": comparison}}
        ]
    }


def address(cidr):
    return {"IpFilters": [{"FieldName": "evidences.src_endpoint.ip", "Filter": {"Cidr": cidr}}]}


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


def uids(client):
    return {finding["finding_info"]["uid"]: finding["metadata"]["uid"] for finding in all_findings(client)}


def identifier(account, product, uid):
    return {"CloudAccountUid": account.id, "MetadataProductUid": product, "FindingInfoUid": uid}


def test_update_by_uid_is_shown_field_by_field(hub):
    before = by_provider_uid(all_findings(hub))
    uid = before[BUCKET]["metadata"]["uid"]
    answer = hub.batch_update_findings_v2(
        MetadataUids=[uid], SeverityId=2, StatusId=3, Comment="Known: ünïcode 🔥"
    )
    assert answer["ProcessedFindings"] == [{"MetadataUid": uid}]
    assert answer["UnprocessedFindings"] == []
    after = by_provider_uid(all_findings(hub))
    expected = before[BUCKET] | {
        "severity_id": 2,
        "severity": "Low",
        "status_id": 3,
        "status": "Suppressed",
        "comment": "Known: ünïcode 🔥",
        "vendor_attributes": {"severity_id": 4, "severity": "High"},
    }
    assert after[BUCKET] == expected, "nothing else moved, no time either"
    for other in [LOGIN, LAMP, ROOT]:
        assert after[other] == before[other]
    assert found(hub, text("vendor_attributes.severity", "High")) == [BUCKET]
    assert found(hub, both(text("severity", "Low"), text("status", "Suppressed"))) == [BUCKET]
    assert found(hub, text("comment", "Known:", "PREFIX")) == [BUCKET]
    # One field at a time: the others stay, and the vendor's severity is still the vendor's.
    hub.batch_update_findings_v2(MetadataUids=[uid], SeverityId=5)
    hub.batch_update_findings_v2(MetadataUids=[uid], StatusId=4)
    expected |= {"severity_id": 5, "severity": "Critical", "status_id": 4, "status": "Resolved"}
    assert by_provider_uid(all_findings(hub))[BUCKET] == expected


def test_update_by_identifier(account, hub):
    known = identifier(account, "lantern-watch", LOGIN)
    unknown = known | {"FindingInfoUid": "watch/login/8"}
    other_product = known | {"MetadataProductUid": "lantern"}
    answer = hub.batch_update_findings_v2(FindingIdentifiers=[unknown, known, other_product], StatusId=4)
    assert answer["ProcessedFindings"] == [{"FindingIdentifier": known}]
    refused = [(u["FindingIdentifier"], u["ErrorCode"]) for u in answer["UnprocessedFindings"]]
    assert refused == [(unknown, "ResourceNotFoundException"), (other_product, "ResourceNotFoundException")]
    assert all(entry["ErrorMessage"] for entry in answer["UnprocessedFindings"])
    assert found(hub, text("status", "Resolved")) == [LOGIN]


def test_every_finding_named_is_answered_for(hub):
    known = uids(hub)
    answer = hub.batch_update_findings_v2(
        MetadataUids=[known[LAMP], "no such uid", known[LAMP], known[ROOT]], Comment="seen"
    )
    assert [entry["MetadataUid"] for entry in answer["ProcessedFindings"]] == [known[LAMP], known[ROOT]]
    codes = [(entry["MetadataUid"], entry["ErrorCode"]) for entry in answer["UnprocessedFindings"]]
    assert codes == [("no such uid", "ResourceNotFoundException"), (known[LAMP], "ConflictException")]
    assert found(hub, text("comment", "seen")) == sorted([LAMP, ROOT])


def test_updates_that_make_no_sense_are_refused_whole(account, hub):
    uid = uids(hub)[LAMP]
    named = identifier(account, "lantern-scan", LAMP)
    raw = account.client("securityhub", validate=False)
    for parameters in [
        {"Comment": "x"},
        {"MetadataUids": [], "Comment": "x"},
        {"MetadataUids": [uid], "FindingIdentifiers": [named], "Comment": "x"},
        {"MetadataUids": [uid]},
        {"MetadataUids": [uid] * 101, "Comment": "x"},
        {"FindingIdentifiers": [named] * 101, "Comment": "x"},
        {"MetadataUids": [uid], "Comment": ""},
        {"MetadataUids": [uid], "Comment": "   "},
        {"MetadataUids": [uid], "Comment": "x" * 513},
        {"MetadataUids": [uid], "SeverityId": 7},
        {"MetadataUids": [uid], "SeverityId": -1},
        {"MetadataUids": [uid], "StatusId": 6},
        {"MetadataUids": [uid], "Comment": "good", "StatusId": 42},
    ]:
        response = refusal(raw.batch_update_findings_v2, "ValidationException", 400, **parameters)
        assert response.get("Code") in (None, "ValidationException"), parameters
    shown = by_provider_uid(all_findings(hub))[LAMP]
    assert "comment" not in shown and shown["status"] == "New", "a refused request changes nothing"
    hundred = [uid] + [f"unknown-{number}" for number in range(99)]
    answer = hub.batch_update_findings_v2(MetadataUids=hundred, Comment="x" * 512, SeverityId=99, StatusId=99)
    assert (len(answer["ProcessedFindings"]), len(answer["UnprocessedFindings"])) == (1, 99)
    shown = by_provider_uid(all_findings(hub))[LAMP]
    assert (shown["severity"], shown["status"], len(shown["comment"])) == ("Other", "Other", 512)


@pytest.mark.parametrize(
    "field, ids", [("severity", [0, 1, 2, 3, 4, 5, 6, 99]), ("status", [0, 1, 2, 3, 4, 5, 99])]
)
def test_every_value_has_its_caption(hub, field, ids):
    captions = {
        "severity": ["Unknown", "Informational", "Low", "Medium", "High", "Critical", "Fatal", "Other"],
        "status": ["Unknown", "New", "In Progress", "Suppressed", "Resolved", "Archived", "Other"],
    }[field]
    uid = uids(hub)[ROOT]
    for id, caption in zip(ids, captions, strict=True):
        hub.batch_update_findings_v2(MetadataUids=[uid], **{f"{field.title()}Id": id})
        shown = by_provider_uid(all_findings(hub))[ROOT]
        assert (shown[f"{field}_id"], shown[field]) == (id, caption)


def test_a_provider_does_not_undo_what_customers_set(account, hub, tmp_path):
    def send(**members):
        bring_in(account, write_lines(tmp_path / "update.jsonl", [made_up(1, **members)]))
        return by_provider_uid(all_findings(hub))["finding-00001"]

    shown = send()
    uid = shown["metadata"]["uid"]
    hub.batch_update_findings_v2(MetadataUids=[uid], SeverityId=1, StatusId=4, Comment="ours")
    shown = send(severity_id=5, severity="Critical", message="worse")
    assert shown["message"] == "worse", "the provider's own fields move"
    assert (shown["severity"], shown["status"], shown["comment"]) == ("Informational", "Resolved", "ours")
    assert shown["vendor_attributes"] == {"severity_id": 5, "severity": "Critical"}
    # The provider closes the finding and later opens it again: then it is new for customers too.
    assert send(activity_id=3, activity_name="Close", status_id=4, status="Resolved")["status"] == "Resolved"
    assert send(message="it is back")["status"] == "New"
    hub.batch_update_findings_v2(MetadataUids=[uid], StatusId=3)
    send(activity_id=3, activity_name="Close", status_id=4, status="Resolved")
    assert send(message="back again")["status"] == "Suppressed", "what is suppressed stays so"


def test_administrator_and_member_share_one_finding(server, account, hub, new_account):
    administrator = server.administrator.client("securityhub")
    administrator.enable_security_hub_v2()
    stranger = new_account().client("securityhub")
    stranger.enable_security_hub_v2()
    known = uids(hub)
    own = text("cloud.account.uid", account.id)
    assert found(administrator, own) == sorted(known)
    assert found(stranger) == [] and found(stranger, own) == []
    answer = administrator.batch_update_findings_v2(MetadataUids=[known[LAMP]], Comment="from above")
    assert answer["UnprocessedFindings"] == []
    assert found(hub, text("comment", "from above")) == [LAMP]
    hub.batch_update_findings_v2(MetadataUids=[known[LAMP]], Comment="from below")
    assert found(administrator, both(own, text("comment", "from below"))) == [LAMP]
    named = identifier(account, "lantern-scan", LAMP)
    for parameters in [{"MetadataUids": [known[LAMP]]}, {"FindingIdentifiers": [named]}]:
        answer = stranger.batch_update_findings_v2(**parameters, Comment="from aside")
        assert answer["ProcessedFindings"] == []
        assert [u["ErrorCode"] for u in answer["UnprocessedFindings"]] == ["ResourceNotFoundException"]
    assert found(hub, text("comment", "from below")) == [LAMP]


def test_scopes_are_for_the_administrator(server, hub):
    somewhere = {"AwsOrganizations": [{"OrganizationId": "o-0123456789"}]}
    refusal(hub.get_findings_v2, "AccessDeniedException", 403, Scopes=somewhere)
    administrator = server.administrator.client("securityhub")
    administrator.enable_security_hub_v2()
    refusal(administrator.get_findings_v2, "OrganizationNotFoundException", 400, Scopes=somewhere)
    unit = {"AwsOrganizations": [{"OrganizationalUnitId": "ou-ab12-cdefghij"}]}
    refusal(administrator.get_findings_v2, "OrganizationalUnitNotFoundException", 400, Scopes=unit)
