-- The change log, the head of each of its 16 shards, and how far its readers are.
CREATE TABLE log_head (
  shard BIGINT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL
);
INSERT INTO log_head (shard, seq) VALUES
  (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0),
  (8, 0), (9, 0), (10, 0), (11, 0), (12, 0), (13, 0), (14, 0), (15, 0);
CREATE TABLE log (
  shard BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  account {{key}} NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  body {{blob}} NOT NULL,
  PRIMARY KEY (shard, seq)
) {{clustered}};
CREATE TABLE log_cursor (
  name {{key}} NOT NULL,
  shard BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (name, shard)
) {{clustered}};
