"""BatchUpdateFindingsV2 through boto3: what customers set, whose findings they are, and what stays."""

import pytest

from harness.filters import both, found, number, text
from harness.findings import (
    BUCKET,
    LAMP,
    LOGIN,
    ROOT,
    all_findings,
    bring_in,
    by_provider_uid,
    hub_of,
    made_up,
    write_lines,
)
from harness.wire import refusal

MEMBERS = 24


@pytest.fixture
def hub(account):
    return hub_of(account)


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
