-- When a customer set the severity of an edit. Of older ones it is not known.
ALTER TABLE finding_edit ADD COLUMN severity_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE finding_edit_version ADD COLUMN severity_ms BIGINT NOT NULL DEFAULT 0;
