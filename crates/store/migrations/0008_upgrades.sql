-- Upgrades of a license's count, and sessions of concurrent licenses.

-- One that was withdrawn stays: its id is never taken again.
CREATE TABLE upgrade (
  seq          INTEGER PRIMARY KEY,
  tenant       INTEGER NOT NULL REFERENCES tenant (id),
  license      INTEGER NOT NULL REFERENCES license (seq),
  id           TEXT NOT NULL,
  feature      TEXT NOT NULL,
  amount       INTEGER NOT NULL,
  start_day    TEXT,
  end_day      TEXT,
  on_virtual   INTEGER NOT NULL,
  match_rate   INTEGER NOT NULL,
  hal_servers  INTEGER,
  servers      TEXT NOT NULL,         -- JSON: for each server its host ids
  starts_at    INTEGER,               -- the midnights of its days: what falls due is found by them
  ends_at      INTEGER,
  added_at     INTEGER NOT NULL,
  withdrawn_at INTEGER,
  UNIQUE (tenant, id)
) STRICT;
CREATE INDEX upgrade_license ON upgrade (license, seq);
CREATE INDEX upgrade_starts ON upgrade (tenant, starts_at) WHERE withdrawn_at IS NULL AND starts_at IS NOT NULL;
CREATE INDEX upgrade_ends ON upgrade (tenant, ends_at) WHERE withdrawn_at IS NULL AND ends_at IS NOT NULL;

-- What a license says about its sessions. One without a row lends nothing out and shares nothing.
CREATE TABLE session_terms (
  license      INTEGER PRIMARY KEY REFERENCES license (seq),
  borrow_hours INTEGER,
  share_host   INTEGER NOT NULL,
  share_user   INTEGER NOT NULL,
  share_custom INTEGER NOT NULL,
  match_rate   INTEGER NOT NULL,
  servers      TEXT NOT NULL          -- JSON: for each server its host ids
) STRICT;

CREATE TABLE session (
  seq        INTEGER PRIMARY KEY,
  tenant     INTEGER NOT NULL REFERENCES tenant (id),
  license    INTEGER NOT NULL REFERENCES license (seq),
  id         TEXT NOT NULL,
  feature    TEXT NOT NULL,
  user_name  TEXT NOT NULL,
  host       TEXT NOT NULL,
  place      TEXT NOT NULL,
  since      INTEGER NOT NULL,
  renewed_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  borrowed   INTEGER NOT NULL,
  UNIQUE (tenant, id)
) STRICT;
CREATE INDEX session_places ON session (license, expires_at, place);
CREATE INDEX session_over ON session (tenant, expires_at);
CREATE INDEX license_concurrent ON license (tenant, product_id, seq) WHERE concurrent IS NOT NULL;
