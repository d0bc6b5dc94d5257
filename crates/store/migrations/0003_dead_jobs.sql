-- Whose a job is, empty where it is nobody's, and when it was put and given up (0 while it lives).
ALTER TABLE job ADD COLUMN account {{key}} NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN put_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN dead_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX job_dead ON job (account, id) WHERE dead = 1;
