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

-- Policies of response plans, as their owners gave them.
CREATE TABLE resource_policy (
    account {{key}} NOT NULL,
    plan {{key}} NOT NULL,
    id {{key}} NOT NULL,
    document TEXT NOT NULL,
    region TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, plan, id)
);

-- What each policy allows whom. `actions` holds names, each between spaces.
CREATE TABLE plan_share (
    consumer {{key}} NOT NULL,
    account {{key}} NOT NULL,
    plan {{key}} NOT NULL,
    policy {{key}} NOT NULL,
    actions TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (consumer, account, plan, policy)
);

CREATE INDEX plan_share_policy ON plan_share (account, plan, policy);
