-- What a deployment touched, itself among it: incidents that involve the same are nearer to it.
CREATE TABLE deployment_resource (
    account {{key}} NOT NULL,
    deployment {{key}} NOT NULL,
    resource {{key}} NOT NULL,
    PRIMARY KEY (account, deployment, resource)
) {{clustered}};

INSERT INTO deployment_resource (account, deployment, resource)
SELECT account, name, resource FROM deployment;

-- An event of a stack without a token asks for the update that has not ended.
CREATE INDEX deployment_unfinished ON deployment (account, resource, started_ms) WHERE ended_ms IS NULL;
