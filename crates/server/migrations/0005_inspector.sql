-- Which kinds of resources are scanned, for each account and region, and since when.
CREATE TABLE inspector_scan_type (
    account {{key}} NOT NULL,
    region {{key}} NOT NULL,
    scan_type {{key}} NOT NULL,
    enabled_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, region, scan_type)
);

-- Scanned resources. tags is JSON; packages is the inventory of the last scan, as JSON in zstd.
CREATE TABLE inspector_resource (
    account {{key}} NOT NULL,
    region {{key}} NOT NULL,
    arn {{key}} NOT NULL,
    tags {{blob}} NOT NULL,
    packages_bytes BIGINT NOT NULL,
    packages {{blob}} NOT NULL,
    scanned_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, region, arn)
);

-- One vulnerability of one resource. What is known of the vulnerability stays with the feeds.
CREATE TABLE inspector_finding (
    arn {{key}} NOT NULL PRIMARY KEY,
    account {{key}} NOT NULL,
    region {{key}} NOT NULL,
    resource {{key}} NOT NULL,
    resource_id {{key}} NOT NULL,
    resource_type {{key}} NOT NULL,
    repository {{key}} NOT NULL,
    vulnerability {{key}} NOT NULL,
    source {{key}} NOT NULL,
    vendor_severity {{key}} NOT NULL,
    severity_rank BIGINT NOT NULL,
    score_tenths BIGINT NOT NULL,
    status {{key}} NOT NULL,
    first_observed_ms BIGINT NOT NULL,
    last_observed_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    closed_ms BIGINT NOT NULL,
    match_body {{blob}} NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX inspector_finding_resource ON inspector_finding (account, region, resource);
CREATE INDEX inspector_finding_severity ON inspector_finding (region, severity_rank, arn);
CREATE INDEX inspector_finding_closed ON inspector_finding (status, closed_ms);
