-- A row is a hub that is on: one for each account and region.
CREATE TABLE hub (
    account {{key}} NOT NULL,
    region {{key}} NOT NULL,
    id TEXT NOT NULL,
    subscribed_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, region)
);

-- The uid begins with the account, so the primary key finds one account's findings too.
-- Not clustered: uids come in no order, and documents are better appended than spread.
CREATE TABLE finding (
    uid {{key}} NOT NULL PRIMARY KEY,
    account {{key}} NOT NULL,
    document {{blob}} NOT NULL,
    dictionary BIGINT NOT NULL,
    imported_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);

-- What customers set. Apart from the document, which stays the provider's and is not rewritten.
CREATE TABLE finding_edit (
    uid {{key}} NOT NULL PRIMARY KEY,
    severity_id BIGINT,
    status_id BIGINT,
    comment TEXT,
    edited_ms BIGINT NOT NULL,
    edited_by TEXT NOT NULL,
    version BIGINT NOT NULL
) {{clustered}};

-- Dictionaries of the compressed documents. Without its row a document cannot be read.
CREATE TABLE finding_dictionary (
    id BIGINT NOT NULL PRIMARY KEY,
    bytes {{blob}} NOT NULL,
    trained_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
