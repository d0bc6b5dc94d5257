-- Rules over findings. `body` is the wire form of the model's `GetAutomationRuleV2Response`.
CREATE TABLE automation_rule (
    account {{key}} NOT NULL,
    region {{key}} NOT NULL,
    id {{key}} NOT NULL,
    enabled BIGINT NOT NULL,
    body {{blob}} NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, region, id)
);

-- Which fields of the edit rules set: 1 the severity, 2 the status, 4 the comment.
ALTER TABLE finding_edit ADD COLUMN by_rules BIGINT NOT NULL DEFAULT 0;
