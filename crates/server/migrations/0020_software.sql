-- Packages on resources: a row is one that findings name which are not over, and how many of them do. `id` is a
-- hash of region, resource and package. Texts that are not known are empty.
CREATE TABLE software (
    account {{key}} NOT NULL,
    id {{key}} NOT NULL,
    package_name TEXT NOT NULL,
    package_version TEXT NOT NULL,
    package_type TEXT NOT NULL,
    region TEXT NOT NULL,
    resource TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_provider TEXT NOT NULL,
    owner_account TEXT NOT NULL,
    owner_organization TEXT NOT NULL,
    cloud_partition TEXT NOT NULL,
    resource_region TEXT NOT NULL,
    finding_count BIGINT NOT NULL,
    PRIMARY KEY (account, id)
) {{clustered}};

-- While findings that came before this table are counted, the uid up to which they are; afterwards no row.
CREATE TABLE software_count (
    id BIGINT NOT NULL PRIMARY KEY,
    counted_to {{key}} NOT NULL
);

INSERT INTO software_count (id, counted_to) SELECT 1, '' WHERE EXISTS (SELECT 1 FROM finding);

INSERT INTO job (id, kind, subject, account, put_ms, due_ms, payload, attempts, lease_until_ms, lease_owner,
                 last_error, dead, dead_ms)
    SELECT 'migration-0020', 'software.count', 'software', '', 0, 0, CAST('{}' AS {{blob}}), 0, 0, '', '', 0, 0
    WHERE EXISTS (SELECT 1 FROM finding);
