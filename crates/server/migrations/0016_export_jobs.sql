-- Exports of findings. The request is kept as it was sent. What is written of the output ends with the
-- finding `after_uid`: `written` says where it lies, and `pending` is what was formed and not written yet.
CREATE TABLE export_job (
    account {{key}} NOT NULL,
    region {{key}} NOT NULL,
    id {{key}} NOT NULL,
    status {{key}} NOT NULL,
    started_ms BIGINT NOT NULL,
    ended_ms BIGINT,
    organization BIGINT NOT NULL,
    request {{blob}} NOT NULL,
    after_uid TEXT NOT NULL,
    findings BIGINT NOT NULL,
    written {{blob}} NOT NULL,
    pending {{blob}} NOT NULL,
    failure_code TEXT,
    failure_message TEXT,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, region, id)
);

CREATE INDEX export_job_by_status ON export_job (account, region, status, id);
