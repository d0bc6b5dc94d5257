"""Changes of incidents on the operator's own bus."""

import pytest

from harness.incidents import create_plan, incident_client, start, write
from harness.process import Server
from harness.receiver import Receiver

pytestmark = pytest.mark.timeout(120)


def test_each_change_is_published(fresh_store, tmp_path):
    with Receiver() as receiver:
        config = tmp_path / "balefire.toml"
        config.write_text(
            f"""
            [outside]
            allow = ["127.0.0.0/8"]
            [events_out]
            to = "webhook"
            url = "{receiver.url}"
            """
        )
        server = Server(fresh_store, "--config", config)
        try:
            client = incident_client(server.administrator)
            arn = start(client, create_plan(client))
            events = [receiver.take().event]
            client.update_incident_record(arn=arn, status="RESOLVED")
            events.append(receiver.take().event)
            write(client, arn)
            events.append(receiver.take().event)
            client.delete_incident_record(arn=arn)
            events.append(receiver.take().event)
        finally:
            server.kill()
    assert [(event["detail-type"], event["detail"]["kind"]) for event in events] == [
        ("SSM Incident Start", "incident.opened"),
        ("SSM Incident Record Update", "incident.updated"),
        ("SSM Incident Timeline Event", "timeline_event.created"),
        ("SSM Incident Deletion", "incident.deleted"),
    ]
    for event in events:
        assert event["source"] == "balefire.incidents"
        assert event["resources"] == [arn]
        assert event["account"] == server.administrator.id
        assert event["detail"]["changedBy"].startswith(f"arn:aws:iam::{server.administrator.id}:user/")
