-- The finished state of each public feed. Readers see only the rows of `number`.
CREATE TABLE feed (
    name {{key}} NOT NULL PRIMARY KEY,
    generation TEXT NOT NULL,
    number BIGINT NOT NULL,
    as_of TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    refreshed_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);

-- Generations with rows: those that are being put, the finished one, and those not swept yet.
CREATE TABLE feed_generation (
    feed {{key}} NOT NULL,
    generation {{key}} NOT NULL,
    number BIGINT NOT NULL,
    started_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (feed, generation)
);

-- Known exploited vulnerabilities. Dates are as the catalogue writes them; cwes is a JSON list.
CREATE TABLE kev_entry (
    generation BIGINT NOT NULL,
    cve {{key}} NOT NULL,
    vendor TEXT NOT NULL,
    product TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    date_added TEXT NOT NULL,
    date_due TEXT NOT NULL,
    action TEXT NOT NULL,
    ransomware BIGINT NOT NULL,
    cwes TEXT NOT NULL,
    notes TEXT NOT NULL,
    PRIMARY KEY (generation, cve)
) {{clustered}};

-- Scores and percentiles in billionths.
CREATE TABLE epss_score (
    generation BIGINT NOT NULL,
    cve {{key}} NOT NULL,
    score_billionths BIGINT NOT NULL,
    percentile_billionths BIGINT NOT NULL,
    PRIMARY KEY (generation, cve)
) {{clustered}};

-- Advisories as OSV records, in zstd; `generation` is the load that brought them last.
CREATE TABLE advisory (
    id {{key}} NOT NULL PRIMARY KEY,
    generation BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL,
    withdrawn BIGINT NOT NULL,
    document_bytes BIGINT NOT NULL,
    document {{blob}} NOT NULL
);
CREATE INDEX advisory_generation ON advisory (generation);

-- Where to look for the advisories of an installed package. Withdrawn ones are not here.
CREATE TABLE advisory_package (
    ecosystem {{key}} NOT NULL,
    name {{key}} NOT NULL,
    advisory {{key}} NOT NULL,
    PRIMARY KEY (ecosystem, name, advisory)
) {{clustered}};
CREATE INDEX advisory_package_advisory ON advisory_package (advisory);

-- Every id of a vulnerability, the advisory's own included.
CREATE TABLE advisory_alias (
    alias {{key}} NOT NULL,
    advisory {{key}} NOT NULL,
    PRIMARY KEY (alias, advisory)
) {{clustered}};
CREATE INDEX advisory_alias_advisory ON advisory_alias (advisory);
