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
