-- Whether the last scan of the resource found the package, whatever findings name.
ALTER TABLE software ADD COLUMN scanned BIGINT NOT NULL DEFAULT 0;

-- What was scanned before comes into the inventory resource by resource.
INSERT INTO job (id, kind, subject, account, put_ms, due_ms, payload, attempts, lease_until_ms, lease_owner,
                 last_error, dead, dead_ms)
    SELECT 'migration-0027/' || account || '/' || region || '/' || arn, 'resource.scanned', region || '/' || arn,
           account, 0, 0, CAST('{}' AS {{blob}}), 0, 0, '', '', 0, 0
    FROM inspector_resource;
