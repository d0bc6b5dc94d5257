-- Since when a rule judges as it does: what it does or what it is about changed then, or it was turned on. Where there
-- is none, that is its last change.
ALTER TABLE automation_rule ADD COLUMN judges_since_ms BIGINT;
