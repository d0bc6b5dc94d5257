-- What findings say of a resource. `uid` begins with the account of the findings, and then follows from the
-- resource's own id. `facts` is JSON; `config` is the provider's own description as JSON, empty where there is none.
CREATE TABLE resource (
    uid {{key}} NOT NULL PRIMARY KEY,
    account {{key}} NOT NULL,
    facts {{blob}} NOT NULL,
    config {{blob}} NOT NULL,
    first_seen_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);

-- As `finding_trend`, of resources.
CREATE TABLE resource_trend (
    account {{key}} NOT NULL,
    day BIGINT NOT NULL,
    dimension {{key}} NOT NULL,
    fields TEXT NOT NULL,
    resources BIGINT NOT NULL,
    PRIMARY KEY (account, day, dimension)
) {{clustered}};
