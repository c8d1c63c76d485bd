-- Instants are seconds since 1970 in UTC, days are 'YYYY-MM-DD', digests and keys are their bytes, ids are
-- text, nested values are JSON. Rows are found through the UNIQUE index that begins with the tenant.

CREATE TABLE tenant (
  id         INTEGER PRIMARY KEY,
  slug       TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL,
  host       TEXT UNIQUE,
  portal     TEXT NOT NULL,
  zone       TEXT NOT NULL,
  root       BLOB NOT NULL,
  keyring    TEXT,
  theme      TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE product (
  seq     INTEGER PRIMARY KEY,
  tenant  INTEGER NOT NULL REFERENCES tenant (id),
  id      TEXT NOT NULL,
  name    TEXT NOT NULL,
  version TEXT,
  UNIQUE (tenant, id)
) STRICT;

CREATE TABLE license (
  seq             INTEGER PRIMARY KEY,
  tenant          INTEGER NOT NULL REFERENCES tenant (id),
  id              TEXT NOT NULL,
  key             TEXT NOT NULL,
  vendor_id       TEXT NOT NULL,
  vendor_name     TEXT NOT NULL,
  product_id      TEXT NOT NULL,
  product_name    TEXT NOT NULL,
  product_version TEXT,
  customer_name   TEXT,
  customer_order  TEXT,
  features        TEXT NOT NULL,
  concurrent      INTEGER,           -- sessions; NULL = node-locked
  seats_total     INTEGER NOT NULL,
  transfer_limit  INTEGER,
  transfers       INTEGER NOT NULL,
  repair_limit    INTEGER NOT NULL,
  start_day       TEXT,
  end_day         TEXT,
  zone            TEXT NOT NULL,
  evaluation      INTEGER NOT NULL,
  maintenance_end TEXT,
  match_rate      INTEGER NOT NULL,
  lease_days      INTEGER,
  lease_grace     INTEGER,
  policy_offline  INTEGER NOT NULL,
  allow_offline   INTEGER,
  enabled         INTEGER NOT NULL,
  revision        INTEGER NOT NULL,
  blocked         TEXT NOT NULL,
  seats_used      INTEGER NOT NULL DEFAULT 0,  -- activations with returned_at IS NULL
  UNIQUE (tenant, id),
  UNIQUE (tenant, key)
) STRICT;

-- Lifetime usage of a license.
CREATE TABLE license_total (
  license INTEGER NOT NULL REFERENCES license (seq),
  counter TEXT NOT NULL,
  total   INTEGER NOT NULL,
  PRIMARY KEY (license, counter)
) STRICT, WITHOUT ROWID;

CREATE TABLE activation (
  seq             INTEGER PRIMARY KEY,
  tenant          INTEGER NOT NULL REFERENCES tenant (id),
  id              TEXT NOT NULL,
  license         INTEGER NOT NULL REFERENCES license (seq),
  device          TEXT NOT NULL,     -- key id
  device_key      BLOB NOT NULL,
  device_name     TEXT NOT NULL,
  fingerprint     TEXT NOT NULL,
  returned_at     INTEGER,           -- NULL = the seat is taken
  activated_at    INTEGER NOT NULL,
  request         BLOB NOT NULL,
  requested_at    INTEGER NOT NULL,
  generation      INTEGER NOT NULL,
  newest          BLOB,
  revision        INTEGER NOT NULL,
  acknowledged    INTEGER NOT NULL,
  issued_at       INTEGER NOT NULL,
  repairs         TEXT NOT NULL,
  booked          INTEGER NOT NULL,
  totals          TEXT NOT NULL,
  received_number INTEGER,
  received_digest BLOB,
  clone_suspected INTEGER NOT NULL,
  UNIQUE (tenant, id)
) STRICT;
CREATE INDEX activation_by_device ON activation (license, device);
CREATE INDEX activation_by_age ON activation (license, activated_at, seq);
CREATE INDEX activation_taken ON activation (license, activated_at, seq) WHERE returned_at IS NULL;
CREATE INDEX activation_returned ON activation (license, activated_at, seq) WHERE returned_at IS NOT NULL;

-- Hardware parts of the devices: finds the machine whose system was installed anew (D-10).
CREATE TABLE hardware (
  license    INTEGER NOT NULL,
  hash       BLOB NOT NULL,
  activation INTEGER NOT NULL REFERENCES activation (seq),
  PRIMARY KEY (license, hash, activation)
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
  seq        INTEGER PRIMARY KEY,
  tenant     INTEGER NOT NULL REFERENCES tenant (id),
  id         TEXT NOT NULL,
  digest     BLOB NOT NULL,
  kind       TEXT NOT NULL,
  at         INTEGER NOT NULL,
  activation TEXT NOT NULL,
  report     INTEGER,
  answer     BLOB NOT NULL,
  envelope   TEXT NOT NULL,
  UNIQUE (tenant, id),
  UNIQUE (tenant, digest)
) STRICT;
CREATE INDEX document_by_report ON document (tenant, activation, report) WHERE report IS NOT NULL;

CREATE TABLE issued (
  seq        INTEGER PRIMARY KEY,
  tenant     INTEGER NOT NULL REFERENCES tenant (id),
  digest     BLOB NOT NULL,
  kind       TEXT NOT NULL,
  activation TEXT NOT NULL,
  at         INTEGER NOT NULL,
  text       TEXT NOT NULL,
  UNIQUE (tenant, digest)
) STRICT;

CREATE TABLE desk_case (
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant     INTEGER NOT NULL REFERENCES tenant (id),
  id         TEXT NOT NULL,
  kind       TEXT NOT NULL,
  activation TEXT NOT NULL,
  digest     BLOB NOT NULL,
  at         INTEGER NOT NULL,
  closed_at  INTEGER,
  findings   TEXT NOT NULL,
  envelope   TEXT NOT NULL,
  UNIQUE (tenant, id),
  UNIQUE (tenant, digest, kind)
) STRICT;
CREATE INDEX desk_case_open ON desk_case (tenant, seq) WHERE closed_at IS NULL;

CREATE TABLE log (
  id     INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL REFERENCES tenant (id),
  seq    INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  event  TEXT NOT NULL,
  data   TEXT NOT NULL,
  hash   BLOB NOT NULL,
  UNIQUE (tenant, seq)
) STRICT;

-- The end of each tenant's chain: entries cut off at the end are missed too.
CREATE TABLE log_head (
  tenant INTEGER PRIMARY KEY REFERENCES tenant (id),
  seq    INTEGER NOT NULL,
  hash   BLOB NOT NULL
) STRICT;

CREATE TRIGGER document_stays BEFORE UPDATE ON document BEGIN SELECT RAISE(ABORT, 'a document stays'); END;
CREATE TRIGGER document_kept BEFORE DELETE ON document BEGIN SELECT RAISE(ABORT, 'a document is kept'); END;
CREATE TRIGGER issued_stays BEFORE UPDATE ON issued BEGIN SELECT RAISE(ABORT, 'an issued file stays'); END;
CREATE TRIGGER issued_kept BEFORE DELETE ON issued BEGIN SELECT RAISE(ABORT, 'an issued file is kept'); END;
CREATE TRIGGER log_stays BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'a log entry stays'); END;
CREATE TRIGGER log_kept BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'a log entry is kept'); END;
