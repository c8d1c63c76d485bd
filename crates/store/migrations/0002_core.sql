-- Status in the pool, and what the rules of all five systems need to know of a license and its tenant.

ALTER TABLE tenant ADD COLUMN rules TEXT NOT NULL DEFAULT '{}';

ALTER TABLE license ADD COLUMN status TEXT NOT NULL DEFAULT 'active';
UPDATE license SET status = CASE WHEN enabled = 1 THEN 'active' ELSE 'inactive' END;
ALTER TABLE license DROP COLUMN enabled;
ALTER TABLE license ADD COLUMN edition TEXT;
ALTER TABLE license ADD COLUMN customer_id TEXT;
ALTER TABLE license ADD COLUMN previous_order TEXT;
ALTER TABLE license ADD COLUMN replaces TEXT;           -- id of the license that this one renews
ALTER TABLE license ADD COLUMN claimed_by TEXT;         -- id of a user; NULL = whoever has the key
ALTER TABLE license ADD COLUMN subscription INTEGER NOT NULL DEFAULT 0;
ALTER TABLE license ADD COLUMN pooling TEXT NOT NULL DEFAULT 'exclusive';
ALTER TABLE license ADD COLUMN revalidate_days INTEGER;
ALTER TABLE license ADD COLUMN revalidate_grace INTEGER;
ALTER TABLE license ADD COLUMN trial_seats INTEGER NOT NULL DEFAULT 0;
