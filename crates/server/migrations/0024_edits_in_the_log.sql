-- The newest log entry that an edit has, as its number in the shard of the finding's account.
ALTER TABLE finding_edit ADD COLUMN position BIGINT NOT NULL DEFAULT 0;

-- All that was logged before is in rows.
INSERT INTO log_cursor (name, shard, seq) SELECT 'findings.edits', shard, seq FROM log_head;
