-- What staff took back (HEX-06, re-host, D-11), and what they have asked for. A retired activation has a
-- `returned_at` as well: no device holds it any more.

ALTER TABLE activation ADD COLUMN retired_at INTEGER;
ALTER TABLE activation ADD COLUMN retired_how TEXT;
ALTER TABLE activation ADD COLUMN seat_waits INTEGER NOT NULL DEFAULT 0;  -- 1 = its seat is free with the proof only
ALTER TABLE activation ADD COLUMN seat_from INTEGER;                      -- its seat is free from then on
ALTER TABLE activation ADD COLUMN proven_at INTEGER;
CREATE INDEX activation_releases ON activation (license, seat_from) WHERE seat_from IS NOT NULL AND proven_at IS NULL;
CREATE INDEX activation_retired ON activation (tenant, retired_at) WHERE retired_at IS NOT NULL;

CREATE TABLE staff_action (
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant     INTEGER NOT NULL REFERENCES tenant (id),
  id         TEXT NOT NULL,
  action     TEXT NOT NULL,
  license    TEXT NOT NULL,
  activation TEXT NOT NULL,
  reason     TEXT,
  words      TEXT NOT NULL,
  asked_by   TEXT NOT NULL,
  asked_at   INTEGER NOT NULL,
  trace      TEXT NOT NULL,
  waits      TEXT,
  due_at     INTEGER,
  state      TEXT NOT NULL,
  decided_by TEXT,
  decided_at INTEGER,
  remark     TEXT NOT NULL,
  UNIQUE (tenant, id)
) STRICT;
CREATE INDEX staff_action_waiting ON staff_action (tenant, activation) WHERE state = 'waiting';
CREATE INDEX staff_action_by_state ON staff_action (tenant, state, seq);
