-- Settings of the store itself, such as the secret that seals page tokens.
CREATE TABLE setting (
    name {{key}} NOT NULL PRIMARY KEY,
    value {{blob}} NOT NULL
);

CREATE TABLE account (
    id {{key}} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    administrator BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);

-- The secret is sealed with a key that is not in the store.
CREATE TABLE access_key (
    id {{key}} NOT NULL PRIMARY KEY,
    account {{key}} NOT NULL,
    user_name TEXT NOT NULL,
    sealed_secret {{blob}} NOT NULL,
    active BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE client_token (
    account {{key}} NOT NULL,
    operation {{key}} NOT NULL,
    token {{key}} NOT NULL,
    request {{blob}} NOT NULL,
    output {{blob}} NOT NULL,
    at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, operation, token)
);

CREATE INDEX client_token_at ON client_token (at_ms);

CREATE TABLE tag (
    account {{key}} NOT NULL,
    resource {{key}} NOT NULL,
    tag_key {{key}} NOT NULL,
    tag_value TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, resource, tag_key)
);
