-- Policies, users who claim licenses, and consumption by period.

CREATE TABLE policy (
  seq           INTEGER PRIMARY KEY,
  tenant        INTEGER NOT NULL REFERENCES tenant (id),
  id            TEXT NOT NULL,
  name          TEXT NOT NULL,
  allow_offline INTEGER NOT NULL,
  terms         TEXT NOT NULL,
  revision      INTEGER NOT NULL,
  UNIQUE (tenant, id)
) STRICT;

ALTER TABLE license ADD COLUMN policy_id TEXT;
CREATE INDEX license_claimed ON license (tenant, claimed_by, id) WHERE claimed_by IS NOT NULL;

-- People who sign in to claim their licenses. The login is unique without regard to case.
CREATE TABLE claimant (
  seq        INTEGER PRIMARY KEY,
  tenant     INTEGER NOT NULL REFERENCES tenant (id),
  id         TEXT NOT NULL,
  login      TEXT NOT NULL,
  folded     TEXT NOT NULL,
  name       TEXT NOT NULL,
  password   TEXT NOT NULL,          -- Argon2id, as a PHC string
  disabled   INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  revision   INTEGER NOT NULL,
  UNIQUE (tenant, id),
  UNIQUE (tenant, folded)
) STRICT;

-- Usage of a license by the periods after which its counters start anew (LSP-27).
CREATE TABLE license_period (
  license INTEGER NOT NULL REFERENCES license (seq),
  counter TEXT NOT NULL,
  first   TEXT NOT NULL,
  total   INTEGER NOT NULL,
  PRIMARY KEY (license, counter, first)
) STRICT, WITHOUT ROWID;
