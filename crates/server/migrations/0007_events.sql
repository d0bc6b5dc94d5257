-- Rules of the default event bus. `body` is the wire form of the model's `Rule`.
CREATE TABLE event_rule (
    account {{key}} NOT NULL,
    region {{key}} NOT NULL,
    name {{key}} NOT NULL,
    body {{blob}} NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, region, name)
);

-- What a rule starts. `body` is the wire form of the model's `Target`.
CREATE TABLE event_target (
    account {{key}} NOT NULL,
    region {{key}} NOT NULL,
    rule {{key}} NOT NULL,
    id {{key}} NOT NULL,
    arn {{key}} NOT NULL,
    body {{blob}} NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, region, rule, id)
);

CREATE INDEX event_target_arn ON event_target (account, region, arn, rule);
