-- A command that began and whose outcome is not written yet.
CREATE TABLE begun_command (
    job {{key}} NOT NULL PRIMARY KEY,
    begun_ms BIGINT NOT NULL
);

-- The PagerDuty incident of an incident. `pager_duty_id` is empty until it is open; `steps` counts the rows of
-- `pager_duty_step`, so that of two writers one sees the other's.
CREATE TABLE pager_duty_incident (
    account {{key}} NOT NULL,
    incident {{key}} NOT NULL,
    secret_id TEXT NOT NULL,
    service_id TEXT NOT NULL,
    pager_duty_id TEXT NOT NULL,
    steps BIGINT NOT NULL,
    notes BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, incident)
);

-- What is still to be told to PagerDuty. `id` sorts by the time of adding.
CREATE TABLE pager_duty_step (
    account {{key}} NOT NULL,
    incident {{key}} NOT NULL,
    id {{key}} NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, incident, id)
);
