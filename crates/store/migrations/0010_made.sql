-- How many activations a license has ever had, kept beside its taken seats: decisions count nothing.

ALTER TABLE license ADD COLUMN seats_made INTEGER NOT NULL DEFAULT 0;
UPDATE license SET seats_made = (SELECT count(*) FROM activation WHERE activation.license = license.seq);
