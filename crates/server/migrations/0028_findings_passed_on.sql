-- What Inspector found before goes to Security Hub resource by resource.
INSERT INTO job (id, kind, subject, account, put_ms, due_ms, payload, attempts, lease_until_ms, lease_owner,
                 last_error, dead, dead_ms)
    SELECT 'migration-0028/' || account || '/' || region || '/' || arn, 'resource.findings_changed',
           region || '/' || arn, account, 0, 0, CAST('{}' AS {{blob}}), 0, 0, '', '', 0, 0
    FROM inspector_resource;
