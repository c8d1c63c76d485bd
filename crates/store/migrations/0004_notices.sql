-- How far each job has come, and how it failed last.
CREATE TABLE schedule (
  seq        INTEGER PRIMARY KEY,
  tenant     INTEGER NOT NULL REFERENCES tenant (id),
  job        TEXT NOT NULL,
  done_until INTEGER NOT NULL,
  part_at    INTEGER,              -- an instant that is done in part
  part       TEXT,                 -- how far
  failures   INTEGER NOT NULL,     -- since the last success
  failed_at  INTEGER,
  error      TEXT,
  UNIQUE (tenant, job)
) STRICT;

CREATE TABLE message (
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant     INTEGER NOT NULL REFERENCES tenant (id),
  id         TEXT NOT NULL,
  key        TEXT NOT NULL,
  code       TEXT NOT NULL,
  license    TEXT,
  activation TEXT,
  facts      TEXT NOT NULL,
  audience   TEXT NOT NULL,        -- names with commas between
  at         INTEGER NOT NULL,
  addressed  INTEGER NOT NULL,     -- 1 = its deliveries have been made
  UNIQUE (tenant, key),
  UNIQUE (tenant, id)
) STRICT;
CREATE INDEX message_of_license ON message (tenant, license, seq) WHERE license IS NOT NULL;
CREATE INDEX message_to_address ON message (tenant, seq) WHERE addressed = 0;

CREATE TABLE webhook (
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant     INTEGER NOT NULL REFERENCES tenant (id),
  id         TEXT NOT NULL,
  url        TEXT NOT NULL,
  secret     TEXT NOT NULL,        -- readable: it signs
  codes      TEXT,                 -- names with commas between; NULL = all
  created_at INTEGER NOT NULL,
  UNIQUE (tenant, id)
) STRICT;

-- A message on its way to one address. Claiming one moves `due` to the end of the claim.
CREATE TABLE delivery (
  seq      INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant   INTEGER NOT NULL REFERENCES tenant (id),
  message  INTEGER NOT NULL REFERENCES message (seq),
  channel  TEXT NOT NULL,
  target   TEXT NOT NULL,          -- e-mail address, or id of a webhook
  state    TEXT NOT NULL,
  made_at  INTEGER NOT NULL,
  due      INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  ended_at INTEGER,
  error    TEXT,                   -- of the last attempt
  UNIQUE (message, channel, target)
) STRICT;
CREATE INDEX delivery_waiting ON delivery (channel, tenant, target, seq) WHERE state = 'waiting';
CREATE INDEX delivery_of_tenant ON delivery (tenant, seq);
