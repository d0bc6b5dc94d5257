-- How the numbers of findings changed on each day of UTC, by what trends can be asked for. The state at the
-- end of a day is the sum of all rows up to it. `dimension` is a hash of `fields`, a JSON object.
CREATE TABLE finding_trend (
    account {{key}} NOT NULL,
    day BIGINT NOT NULL,
    dimension {{key}} NOT NULL,
    fields TEXT NOT NULL,
    severity_unknown BIGINT NOT NULL,
    severity_informational BIGINT NOT NULL,
    severity_low BIGINT NOT NULL,
    severity_medium BIGINT NOT NULL,
    severity_high BIGINT NOT NULL,
    severity_critical BIGINT NOT NULL,
    severity_fatal BIGINT NOT NULL,
    severity_other BIGINT NOT NULL,
    PRIMARY KEY (account, day, dimension)
) {{clustered}};
