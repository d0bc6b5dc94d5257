-- Who left an event: reports name them.
ALTER TABLE timeline_event ADD COLUMN actor TEXT NOT NULL DEFAULT '';

-- A list is a merge of ranges of these, one for each status, impact and creator that passes its filters.
DROP INDEX incident_newest;

CREATE INDEX incident_by_state ON incident (account, status, impact, created_ms, id);

CREATE INDEX incident_by_creator ON incident (account, created_by, status, impact, created_ms, id);
