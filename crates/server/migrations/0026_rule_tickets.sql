-- The ARN of the rule that asked for a ticket, nothing where a call did; and when it was asked for. A ticket of a test
-- finding names no finding.
ALTER TABLE ticket ADD COLUMN rule {{key}} NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN asked_ms BIGINT NOT NULL DEFAULT 0;

CREATE INDEX ticket_of_finding ON ticket (account, finding, connector);
CREATE INDEX ticket_of_rule ON ticket (account, rule, asked_ms);

-- How many findings of a rule got no ticket of a connector of late, and why the last of them did not.
CREATE TABLE connector_miss (
    account {{key}} NOT NULL,
    region {{key}} NOT NULL,
    connector {{key}} NOT NULL,
    rule {{key}} NOT NULL,
    rule_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    finding_count BIGINT NOT NULL,
    since_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, region, connector, rule)
);
