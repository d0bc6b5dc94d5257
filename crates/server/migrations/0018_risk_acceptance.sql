-- Findings that are suppressed because somebody accepted their risk, and what ends that. `id` is new with each
-- acceptance, so that a job of an earlier one finds that it is over. `cves` is a JSON list.
CREATE TABLE risk_acceptance (
    account {{key}} NOT NULL,
    uid {{key}} NOT NULL,
    id TEXT NOT NULL,
    reason TEXT NOT NULL,
    accepted_by TEXT NOT NULL,
    accepted_ms BIGINT NOT NULL,
    expires_ms BIGINT,
    unless_exploited BIGINT NOT NULL,
    epss_billionths_max BIGINT,
    cves TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, uid)
);
