-- What an incident's causes said last. A cause is named by who triggers: an alert group, a key of a pipeline.
CREATE TABLE incident_cause (
    account {{key}} NOT NULL,
    incident {{key}} NOT NULL,
    cause {{key}} NOT NULL,
    fingerprint TEXT,
    firing BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, incident, cause)
);
