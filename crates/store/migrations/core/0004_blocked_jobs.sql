-- How many jobs wait for others, for `/metrics`: without scanning finished jobs.
CREATE INDEX jobs_blocked ON jobs (id) WHERE state = 'blocked';
