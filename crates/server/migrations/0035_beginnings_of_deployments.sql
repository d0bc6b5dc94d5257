-- Whether a deployment's beginning was told: one without may have begun before all that is known of it.
-- Of those that are there already, one is without where its end is all that is known, or where it goes on.
ALTER TABLE deployment ADD COLUMN start_told BIGINT NOT NULL DEFAULT 1;

UPDATE deployment SET start_told = 0 WHERE ended_ms IS NULL OR ended_ms = started_ms;
