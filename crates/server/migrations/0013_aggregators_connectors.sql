-- A feature of a hub that was turned on or off since the hub was turned on.
CREATE TABLE hub_feature (
    account {{key}} NOT NULL,
    region {{key}} NOT NULL,
    name {{key}} NOT NULL,
    is_on BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, region, name)
);

-- An account has one at most, in the region that is its home.
CREATE TABLE aggregator (
    account {{key}} NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    id TEXT NOT NULL,
    body {{blob}} NOT NULL,
    version BIGINT NOT NULL
);

-- `latest_check` names the only health check that still counts. `id` sorts by the time of making.
CREATE TABLE connector (
    account {{key}} NOT NULL,
    region {{key}} NOT NULL,
    id {{key}} NOT NULL,
    name {{key}} NOT NULL,
    provider TEXT NOT NULL,
    status TEXT NOT NULL,
    latest_check TEXT NOT NULL,
    body {{blob}} NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, region, id),
    UNIQUE (account, region, name)
);

-- A ticket that was asked for. `ticket_id` and `url` are the other system's, empty until it is made; `reason`
-- says why it was not.
CREATE TABLE ticket (
    account {{key}} NOT NULL,
    id {{key}} NOT NULL,
    connector TEXT NOT NULL,
    finding TEXT NOT NULL,
    state TEXT NOT NULL,
    ticket_id TEXT NOT NULL,
    url TEXT NOT NULL,
    reason TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);
