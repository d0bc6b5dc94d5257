-- While what trends lack of an account's findings is added part by part, the account. Otherwise no row.
CREATE TABLE trend_standing (
    account {{key}} NOT NULL PRIMARY KEY
);

-- Findings that came before trends were counted, or whose fields were once written in other words.
INSERT INTO job (id, kind, subject, account, put_ms, due_ms, payload, attempts, lease_until_ms, lease_owner,
                 last_error, dead, dead_ms)
    SELECT 'migration-0034/trends', 'trends.standing', 'trends', '', 0, 0, CAST('{}' AS {{blob}}), 0, 0, '', '', 0, 0
    WHERE EXISTS (SELECT 1 FROM finding);

-- Earlier versions wrote numbers in the places of texts in other words, so what findings name is counted anew.
DELETE FROM software WHERE scanned = 0;
UPDATE software SET finding_count = 0;
INSERT INTO software_count (id, counted_to) SELECT 1, '' WHERE EXISTS (SELECT 1 FROM finding)
    ON CONFLICT (id) DO UPDATE SET counted_to = '';
INSERT INTO job (id, kind, subject, account, put_ms, due_ms, payload, attempts, lease_until_ms, lease_owner,
                 last_error, dead, dead_ms)
    SELECT 'migration-0034/software', 'software.count', 'software', '', 0, 0, CAST('{}' AS {{blob}}), 0, 0, '', '', 0, 0
    WHERE EXISTS (SELECT 1 FROM finding);

-- Which analyses of a repository report a finding: the uid of the category of each, and when it did so last.
CREATE TABLE finding_analysis (
    uid {{key}} NOT NULL,
    category {{key}} NOT NULL,
    named_ms BIGINT NOT NULL,
    PRIMARY KEY (uid, category)
) {{clustered}};
