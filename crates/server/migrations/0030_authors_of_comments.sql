-- Who wrote the comment of an edit, and when. Of older ones it is only known who edited last.
ALTER TABLE finding_edit ADD COLUMN commented_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE finding_edit ADD COLUMN commented_by TEXT NOT NULL DEFAULT '';
ALTER TABLE finding_edit_version ADD COLUMN commented_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE finding_edit_version ADD COLUMN commented_by TEXT NOT NULL DEFAULT '';

UPDATE finding_edit SET commented_ms = edited_ms, commented_by = edited_by WHERE comment IS NOT NULL;
UPDATE finding_edit_version SET commented_ms = edited_ms, commented_by = edited_by WHERE comment IS NOT NULL;
