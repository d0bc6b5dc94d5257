-- The documents that findings had, each until the next one came; `n` is the version of the finding's row with it.
CREATE TABLE finding_version (
    uid {{key}} NOT NULL,
    n BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    document {{blob}} NOT NULL,
    dictionary BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (uid, n)
);

CREATE INDEX finding_version_until ON finding_version (until_ms);

-- What was set in findings right after an import had set something, as a row of `finding_edit`; `n` is the version of
-- that row. What customers set since then is in the log.
CREATE TABLE finding_edit_version (
    uid {{key}} NOT NULL,
    n BIGINT NOT NULL,
    from_ms BIGINT NOT NULL,
    severity_id BIGINT,
    status_id BIGINT,
    comment TEXT,
    edited_ms BIGINT NOT NULL,
    edited_by TEXT NOT NULL,
    by_rules BIGINT NOT NULL,
    position BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (uid, n)
) {{clustered}};

-- What is known of the time before: what is set now, and up to where the log is in it.
INSERT INTO finding_edit_version (uid, n, from_ms, severity_id, status_id, comment, edited_ms, edited_by, by_rules,
                                  position, version)
SELECT uid, version, 0, severity_id, status_id, comment, edited_ms, edited_by, by_rules, position, 1 FROM finding_edit;

INSERT INTO log_cursor (name, shard, seq)
SELECT 'findings.history', shard, seq FROM log_cursor WHERE name = 'findings.edits';
