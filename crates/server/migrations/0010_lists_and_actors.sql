-- Who left an event: reports name them.
ALTER TABLE timeline_event ADD COLUMN actor TEXT NOT NULL DEFAULT '';

-- Lists are filtered within the index, so that only the incidents of the page are read.
DROP INDEX incident_newest;

CREATE INDEX incident_listed ON incident (account, created_ms, id, status, impact, created_by);
