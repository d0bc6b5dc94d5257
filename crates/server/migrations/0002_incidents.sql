-- One replication set an account. `body` is the wire form of the model's structure.
CREATE TABLE replication_set (
    account {{key}} NOT NULL PRIMARY KEY,
    id {{key}} NOT NULL,
    body {{blob}} NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE response_plan (
    account {{key}} NOT NULL,
    name {{key}} NOT NULL,
    body {{blob}} NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, name)
);

-- `open_dedupe` holds the deduplication string only while the incident is open.
CREATE TABLE incident (
    account {{key}} NOT NULL,
    id {{key}} NOT NULL,
    plan {{key}} NOT NULL,
    status TEXT NOT NULL,
    impact BIGINT NOT NULL,
    created_by {{key}} NOT NULL,
    created_ms BIGINT NOT NULL,
    open_dedupe TEXT,
    body {{blob}} NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, id)
) {{clustered}};

CREATE INDEX incident_newest ON incident (account, created_ms, id);

CREATE INDEX incident_open_dedupe ON incident (account, open_dedupe) WHERE open_dedupe IS NOT NULL;

CREATE TABLE timeline_event (
    account {{key}} NOT NULL,
    incident {{key}} NOT NULL,
    event_ms BIGINT NOT NULL,
    id {{key}} NOT NULL,
    kind {{key}} NOT NULL,
    body {{blob}} NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, incident, event_ms, id)
) {{clustered}};

-- `id` sorts by the time of adding.
CREATE TABLE related_item (
    account {{key}} NOT NULL,
    incident {{key}} NOT NULL,
    id {{key}} NOT NULL,
    body {{blob}} NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, incident, id)
) {{clustered}};

-- Deployments and stack updates. What belongs to an incident follows from the times.
CREATE TABLE deployment (
    account {{key}} NOT NULL,
    name {{key}} NOT NULL,
    id {{key}} NOT NULL,
    kind TEXT NOT NULL,
    resource TEXT NOT NULL,
    deployment_id TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    ended_ms BIGINT,
    seen_ms BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, name)
);

CREATE INDEX deployment_started ON deployment (account, started_ms, id);

CREATE INDEX deployment_id ON deployment (account, id);
