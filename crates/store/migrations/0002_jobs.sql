-- Work that is due at a time. Times are milliseconds since 1970; dead is 0 or 1.
CREATE TABLE job (
  id {{key}} NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  due_ms BIGINT NOT NULL,
  payload {{blob}} NOT NULL,
  attempts BIGINT NOT NULL,
  lease_until_ms BIGINT NOT NULL,
  lease_owner TEXT NOT NULL,
  last_error TEXT NOT NULL,
  dead BIGINT NOT NULL
);
CREATE INDEX job_due ON job (dead, due_ms, id);
