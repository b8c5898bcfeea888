-- What is due is found by an index of its own, not by a look at every job that waits.
DROP INDEX jobs_waiting;
CREATE INDEX jobs_deadlines ON jobs (wait_deadline) WHERE state = 'waiting';
CREATE INDEX jobs_polls ON jobs (next_poll) WHERE state = 'waiting';
