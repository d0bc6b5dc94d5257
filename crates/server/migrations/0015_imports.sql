-- A complete report while it comes in, batch by batch: what was taken, what refused, and what it covers.
CREATE TABLE import_run (
    account {{key}} NOT NULL,
    id {{key}} NOT NULL,
    started_ms BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    covers TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, id)
) {{clustered}};

-- Which complete report has named a finding last. Findings that none has named have no row.
CREATE TABLE finding_named (
    uid {{key}} NOT NULL PRIMARY KEY,
    account {{key}} NOT NULL,
    run {{key}} NOT NULL,
    run_started_ms BIGINT NOT NULL
) {{clustered}};
