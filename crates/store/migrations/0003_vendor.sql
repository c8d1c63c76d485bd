-- The vendor's own systems: their tokens, the answers they got, and what can be licensed of a product.

CREATE TABLE api_token (
  seq        INTEGER PRIMARY KEY,
  tenant     INTEGER NOT NULL REFERENCES tenant (id),
  id         TEXT NOT NULL,
  name       TEXT NOT NULL,
  hash       BLOB NOT NULL,          -- SHA-256 of the token's text, which is nowhere
  scopes     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  used_at    INTEGER,                -- to the hour
  revoked_at INTEGER,
  UNIQUE (tenant, id),
  UNIQUE (tenant, hash)
) STRICT;

-- The answer to a change, by the caller's idempotency key.
CREATE TABLE kept_answer (
  seq        INTEGER PRIMARY KEY,
  tenant     INTEGER NOT NULL REFERENCES tenant (id),
  token      TEXT NOT NULL,
  key        TEXT NOT NULL,
  request    BLOB NOT NULL,
  status     INTEGER NOT NULL,
  headers    TEXT NOT NULL,
  body       BLOB NOT NULL,
  at         INTEGER NOT NULL,
  UNIQUE (tenant, token, key)
) STRICT;
CREATE INDEX kept_answer_by_age ON kept_answer (tenant, at);

ALTER TABLE product ADD COLUMN features TEXT NOT NULL DEFAULT '[]';
ALTER TABLE product ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
