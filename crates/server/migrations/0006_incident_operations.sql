-- The status stands beside the document, so that a read of an incident can ask for both at once.
ALTER TABLE replication_set ADD COLUMN status TEXT NOT NULL DEFAULT 'ACTIVE';

-- Events are found by id and by type as fast as by time.
CREATE INDEX timeline_event_id ON timeline_event (account, incident, id);

CREATE INDEX timeline_event_kind ON timeline_event (account, incident, kind, event_ms, id);

-- What events refer to. An automatic event refers to its incident without a row here.
CREATE TABLE timeline_reference (
    account {{key}} NOT NULL,
    incident {{key}} NOT NULL,
    reference {{key}} NOT NULL,
    event_ms BIGINT NOT NULL,
    id {{key}} NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, incident, reference, event_ms, id)
) {{clustered}};
