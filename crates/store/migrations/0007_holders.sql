-- Who holds licenses: customers, users' seats, transfers, what devices and remote sources say.

CREATE TABLE customer (
  seq        INTEGER PRIMARY KEY,
  tenant     INTEGER NOT NULL REFERENCES tenant (id),
  id         TEXT NOT NULL,
  name       TEXT NOT NULL,
  company    TEXT,
  email      TEXT,
  address    TEXT,
  refs       TEXT NOT NULL,          -- a JSON list
  folded     TEXT NOT NULL,          -- all of it in small letters, a line each: for searching
  created_at INTEGER NOT NULL,
  revision   INTEGER NOT NULL,
  UNIQUE (tenant, id)
) STRICT;
CREATE INDEX license_customer ON license (tenant, customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX license_maintenance ON license (tenant, maintenance_end, id) WHERE maintenance_end IS NOT NULL;

-- Users of a license. A row stays when its seat is freed, so that no trial begins twice.
CREATE TABLE seat_user (
  seq          INTEGER PRIMARY KEY,
  tenant       INTEGER NOT NULL REFERENCES tenant (id),
  license      INTEGER NOT NULL REFERENCES license (seq),
  account      TEXT NOT NULL,
  first_access INTEGER NOT NULL,
  last_access  INTEGER NOT NULL,
  full_seat    INTEGER NOT NULL,
  trial_since  INTEGER,
  UNIQUE (license, account)
) STRICT;
CREATE INDEX seat_user_full ON seat_user (license) WHERE full_seat = 1;
CREATE INDEX seat_user_trial ON seat_user (tenant, license) WHERE full_seat = 0 AND trial_since IS NOT NULL;

-- Transfers to another device, with what was said for those beyond the limit (ICE-25).
CREATE TABLE transfer (
  seq           INTEGER PRIMARY KEY,
  tenant        INTEGER NOT NULL REFERENCES tenant (id),
  license       INTEGER NOT NULL REFERENCES license (seq),
  activation    TEXT NOT NULL,
  at            INTEGER NOT NULL,
  justification TEXT
) STRICT;
CREATE INDEX transfer_by_time ON transfer (license, at);

-- What a device said in its last report.
CREATE TABLE device_word (
  activation     INTEGER PRIMARY KEY REFERENCES activation (seq),
  license        INTEGER NOT NULL REFERENCES license (seq),
  at             INTEGER NOT NULL,
  mismatch_since INTEGER,            -- the machine is not the licensed one (ICE-03)
  seats_used     INTEGER             -- users that it counts
) STRICT;
CREATE INDEX device_word_license ON device_word (license);

-- Where used seats of a license are counted elsewhere (ICE-05), and what was read there last.
CREATE TABLE seat_source (
  license INTEGER PRIMARY KEY REFERENCES license (seq),
  url     TEXT NOT NULL,
  used    INTEGER,
  read_at INTEGER
) STRICT;

-- Readings of a source, one running for each license.
CREATE TABLE seat_reading (
  seq        INTEGER PRIMARY KEY,
  tenant     INTEGER NOT NULL REFERENCES tenant (id),
  license    INTEGER NOT NULL REFERENCES license (seq),
  id         TEXT NOT NULL,
  url        TEXT NOT NULL,
  state      TEXT NOT NULL,          -- waiting, reading, done, failed, cancelled
  pages      INTEGER NOT NULL,
  used       INTEGER NOT NULL,
  failure    TEXT,
  asked_at   INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,       -- the last sign of life of whoever reads
  UNIQUE (tenant, id)
) STRICT;
CREATE INDEX seat_reading_open ON seat_reading (tenant, license) WHERE state = 'waiting' OR state = 'reading';
