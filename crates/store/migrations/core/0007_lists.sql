-- Documents of an owner, page by page.
CREATE INDEX documents_of_owner ON documents (owner, id);
-- What administrators list of everybody's jobs: an owner's internal ones, which are not in `jobs_list`, those that ended
-- with a code, and those that were stopped.
CREATE INDEX jobs_internal ON jobs (owner, id) WHERE subject = '';
CREATE INDEX jobs_by_error ON jobs (error_code, id) WHERE error_code IS NOT NULL;
CREATE INDEX jobs_stopped ON jobs (state, id) WHERE state IN ('dead', 'cancelled', 'expired');
