-- How many jobs wait for others, for `/metrics`: without scanning finished jobs.
CREATE INDEX jobs_blocked ON jobs (owner, id) WHERE state = 'blocked';
