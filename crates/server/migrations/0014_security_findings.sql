-- A row is an account's Security Hub of the first version that is on, in a region.
CREATE TABLE hub_v1 (
    account {{key}} NOT NULL,
    region {{key}} NOT NULL,
    subscribed_ms BIGINT NOT NULL,
    auto_enable_controls BIGINT NOT NULL,
    control_finding_generator TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, region)
);

-- The ASFF document of a finding, as its provider sent it bit by bit. The row of `finding` has the same in OCSF.
-- It counts only while `finding_version` is the version of that row: what came as OCSF since then is newer.
CREATE TABLE security_finding (
    uid {{key}} NOT NULL PRIMARY KEY,
    account {{key}} NOT NULL,
    document {{blob}} NOT NULL,
    dictionary BIGINT NOT NULL,
    finding_version BIGINT NOT NULL,
    version BIGINT NOT NULL
);

-- What customers set in ASFF and OCSF's edits have no place for, as a JSON object by ASFF's names.
CREATE TABLE security_finding_edit (
    uid {{key}} NOT NULL PRIMARY KEY,
    account {{key}} NOT NULL,
    fields TEXT NOT NULL,
    version BIGINT NOT NULL
) {{clustered}};

-- Each change of a finding that a provider or a customer made in ASFF. Ids sort by time.
CREATE TABLE finding_history (
    uid {{key}} NOT NULL,
    id {{key}} NOT NULL,
    at_ms BIGINT NOT NULL,
    source TEXT NOT NULL,
    identity TEXT NOT NULL,
    created BIGINT NOT NULL,
    updates TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (uid, id)
) {{clustered}};

CREATE TABLE insight (
    account {{key}} NOT NULL,
    region {{key}} NOT NULL,
    id {{key}} NOT NULL,
    name TEXT NOT NULL,
    filters TEXT NOT NULL,
    group_by TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, region, id)
);

CREATE TABLE action_target (
    account {{key}} NOT NULL,
    region {{key}} NOT NULL,
    id {{key}} NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, region, id)
);

-- Products whose findings an account takes in a region: company and product, as in the product's ARN.
CREATE TABLE product_subscription (
    account {{key}} NOT NULL,
    region {{key}} NOT NULL,
    product {{key}} NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, region, product)
);
