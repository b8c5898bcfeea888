-- How many more requests a provider said it takes, and until when that holds.
ALTER TABLE providers ADD COLUMN quota_left INTEGER CHECK (quota_left >= 0);
ALTER TABLE providers ADD COLUMN quota_until INTEGER;

-- What an attempt's calls cost is summed up when it ends: without this, by a walk over all calls there ever were.
CREATE INDEX calls_job ON calls (job, lease);
