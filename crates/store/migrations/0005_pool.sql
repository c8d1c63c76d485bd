-- The pool: what is known of a license beside its terms, who holds it, and what was asked and answered.

-- The instants between which a license can be used, from its days and zone: what falls due is found by them.
ALTER TABLE license ADD COLUMN starts_at INTEGER;
ALTER TABLE license ADD COLUMN ends_at INTEGER;
ALTER TABLE license ADD COLUMN bounds_known INTEGER NOT NULL DEFAULT 0;
CREATE INDEX license_unbounded ON license (tenant, seq) WHERE bounds_known = 0;
CREATE INDEX license_starts ON license (tenant, starts_at) WHERE status = 'pending' AND starts_at IS NOT NULL;
CREATE INDEX license_ends ON license (tenant, ends_at) WHERE status <> 'blocked' AND ends_at IS NOT NULL;
CREATE INDEX license_replaces ON license (tenant, replaces) WHERE replaces IS NOT NULL;
CREATE INDEX license_order ON license (tenant, customer_order) WHERE customer_order IS NOT NULL;

-- A license without a row here is in the pool, and there is nothing to say of it.
CREATE TABLE pool_entry (
  license       INTEGER PRIMARY KEY REFERENCES license (seq),
  tenant        INTEGER NOT NULL REFERENCES tenant (id),
  in_pool       INTEGER NOT NULL,
  since         INTEGER NOT NULL,    -- its status
  reason        TEXT,                -- name; why it is inactive or blocked
  reason_about  TEXT,                -- a site, a code, a license
  reason_at     INTEGER,
  site_bound    INTEGER NOT NULL,    -- only one site may hold it
  held          INTEGER NOT NULL,    -- this site holds it at its authority
  releasing     INTEGER NOT NULL,    -- the authority is to be told that it no longer does
  ask_at        INTEGER,             -- when the authority is to be asked next
  verified_at   INTEGER,
  failure_first INTEGER,
  failure_last  INTEGER,
  attempts      INTEGER NOT NULL,
  started_at    INTEGER,             -- services were started by hand
  told_until    INTEGER,             -- notices up to then have been posted
  notice_at     INTEGER              -- the next one
) STRICT;
CREATE INDEX pool_ask ON pool_entry (tenant, ask_at) WHERE ask_at IS NOT NULL;
CREATE INDEX pool_notice ON pool_entry (tenant, notice_at) WHERE notice_at IS NOT NULL;

-- At an authority: which site holds a license.
CREATE TABLE pool_hold (
  license INTEGER PRIMARY KEY REFERENCES license (seq),
  tenant  INTEGER NOT NULL REFERENCES tenant (id),
  site    TEXT NOT NULL,             -- id of the site's key
  name    TEXT NOT NULL,
  since   INTEGER NOT NULL
) STRICT;

-- At an authority: the sites that asked, and how many files each was given.
CREATE TABLE pool_site (
  seq     INTEGER PRIMARY KEY,
  tenant  INTEGER NOT NULL REFERENCES tenant (id),
  site    TEXT NOT NULL,
  name    TEXT NOT NULL,
  portal  TEXT NOT NULL,
  number  INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  UNIQUE (tenant, site)
) STRICT;

-- At a site: the pool files that it has taken in.
CREATE TABLE pool_file (
  seq    INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL REFERENCES tenant (id),
  digest BLOB NOT NULL,
  site   TEXT,                       -- the key that it is for; NULL = every site
  number INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  UNIQUE (tenant, digest)
) STRICT;
